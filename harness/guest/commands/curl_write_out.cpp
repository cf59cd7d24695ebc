// See curl_transfer.hpp. Follows curl's manual page, --write-out.
#include "harness/guest/commands/curl_transfer.hpp"

#include <optional>
#include <sstream>

#include "emulator/base/ascii.hpp"
#include "emulator/base/time.hpp"

namespace squall::guest {
namespace {

std::string fixed6(Duration took) {
  char text[40];
  std::snprintf(text, sizeof text, "%.6f", base::to_seconds(took));
  return text;
}

// %header{NAME}: of the last answer.
std::string header(const CurlOutcome& outcome, const std::string& name) {
  std::istringstream lines(outcome.head);
  std::string value;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("HTTP/")) value.clear();
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos || base::ascii_lower(line.substr(0, colon)) != base::ascii_lower(name))
      continue;
    value = line.substr(colon + 2);
    if (value.ends_with('\r')) value.pop_back();
  }
  return value;
}

std::string file_name(const std::string& path) { return path == "\n" ? "" : path; }

// Nothing for a variable that is not served.
std::optional<std::string> variable(const std::string& name, const CurlOutcome& outcome) {
  auto three = [](int value) {
    std::string text = std::to_string(value);
    return std::string(text.size() < 3 ? 3 - text.size() : 0, '0') + text;
  };
  if (name == "http_code" || name == "response_code") return three(outcome.status);
  if (name == "http_connect") return "000";
  if (name == "exitcode") return std::to_string(outcome.exit_code);
  if (name == "errormsg") return outcome.error;
  if (name == "url_effective") return outcome.url.text();
  if (name == "url") return outcome.asked;
  if (name == "urlnum") return std::to_string(outcome.number);
  if (name == "redirect_url") return outcome.redirect_url;
  if (name == "num_redirects") return std::to_string(outcome.redirects);
  if (name == "size_download") return std::to_string(outcome.body.size());
  if (name == "size_upload") return std::to_string(outcome.uploaded_bytes);
  if (name == "size_header") return std::to_string(outcome.head.size());
  if (name == "content_type") return outcome.content_type;
  if (name == "filename_effective") return file_name(outcome.file);
  if (name == "method") return outcome.method;
  if (name == "scheme") return outcome.url.scheme == "https" ? "HTTPS" : "HTTP";
  if (name == "http_version") return outcome.status == 0 ? "0" : "1.1";
  if (name == "remote_ip") return outcome.address;
  if (name == "remote_port") return std::to_string(outcome.url.port);
  if (name == "time_total" || name == "time_starttransfer") return fixed6(outcome.took);
  for (const char* moment :
       {"time_namelookup", "time_connect", "time_appconnect", "time_pretransfer", "time_redirect"})
    if (name == moment) return fixed6(Duration{0});
  return std::nullopt;
}

bool is_curls(const std::string& name) {
  for (const char* known : {"certs", "ftp_entry_path", "header_json", "json", "local_ip", "local_port",
                            "num_certs", "num_connects", "num_headers", "proxy_ssl_verify_result", "referer",
                            "size_request", "speed_download", "speed_upload", "ssl_verify_result"})
    if (name == known) return true;
  return false;
}

class Writer {
 public:
  Writer(program::Context& context, const CurlOutcome& outcome) : context_(context), outcome_(outcome) {}

  void run(const std::string& format) {
    for (std::size_t i = 0; i < format.size() && !ended_; ++i) {
      if (format[i] == '\\' && i + 1 < format.size()) {
        const char next = format[++i];
        text_ += next == 'n' ? "\n" : next == 't' ? "\t" : next == 'r' ? "\r" : std::string("\\") + next;
      } else if (format.compare(i, 2, "%%") == 0) {
        text_ += format[i++];
      } else if (const std::size_t open = opening(format, i); open != 0) {
        const std::size_t close = format.find('}', i);
        if (close == std::string::npos) break;
        const std::string name = format.substr(i + open, close - i - open);
        open == 2 ? take(name) : say(header(outcome_, name));
        i = close;
      } else {
        text_ += format[i];
      }
    }
    flush();
  }

 private:
  // How long "%{" or "%header{" is; 0: neither is there.
  static std::size_t opening(const std::string& format, std::size_t at) {
    for (std::string_view start : {"%{", "%header{"})
      if (format.compare(at, start.size(), start) == 0) return start.size();
    return 0;
  }
  void say(const std::string& text) { text_ += text; }
  void flush() {
    to_error_ ? context_.err(text_) : context_.out(text_);
    text_.clear();
  }
  void take(const std::string& name) {
    if (name == "stderr" || name == "stdout") {
      flush();
      to_error_ = name == "stderr";
    } else if (name == "onerror") {
      ended_ = outcome_.exit_code == 0;
    } else if (auto value = variable(name, outcome_)) {
      say(*value);
    } else {
      flush();
      context_.err(is_curls(name)
                       ? "curl: the --write-out variable '" + name + "' is not served by Squall's guests\n"
                       : "curl: unknown --write-out variable: '" + name + "'\n");
    }
  }

  program::Context& context_;
  const CurlOutcome& outcome_;
  std::string text_;
  bool to_error_ = false, ended_ = false;
};

}  // namespace

void curl_write_out(program::Context& context, const std::string& format, const CurlOutcome& outcome) {
  Writer(context, outcome).run(format);
}

}  // namespace squall::guest
