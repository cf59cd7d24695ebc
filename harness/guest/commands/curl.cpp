// curl(1) 7.88: what a transfer (curl_transfer.hpp) writes where.
#include <algorithm>
#include <sstream>

#include "emulator/base/encoding.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/curl_options.hpp"
#include "harness/guest/commands/curl_transfer.hpp"

namespace squall::guest {
namespace {

using Outcome = CurlOutcome;

bool quiet(const CurlOptions& options) { return options.silent && !options.show_error; }

void show_progress(program::Context& context, const CurlOptions& options, const Outcome& outcome) {
  if (options.progress_bar) {
    if (outcome.status != 0) context.err("\r" + std::string(72, '#') + " 100.0%\n");
    return;
  }
  context.err(
      "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
      "                                 Dload  Upload   Total   Spent    Left  Speed\n"
      "\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0");
  if (outcome.exit_code == 0 || outcome.status != 0) {
    char line[120];
    auto size = static_cast<unsigned>(outcome.body.size());
    std::snprintf(line, sizeof line,
                  "\r100 %5u  100 %5u    0     0  %5u      0 --:--:-- --:--:-- --:--:-- %5u\n", size, size,
                  size, size);
    context.err(line);
  }
}

// -J: the name of a Content-Disposition header, without its folders; empty when it has none.
std::string offered_name(const std::string& disposition) {
  const std::size_t at = disposition.find("filename=");
  if (at == std::string::npos) return "";
  std::string name = disposition.substr(at + 9);
  const bool quoted = name.starts_with('"');
  if (quoted) name.erase(0, 1);
  name = name.substr(0, name.find(quoted ? '"' : ';'));
  return name.substr(name.find_last_of("/\\") + 1);
}

// Where the body of the n-th address goes; empty: standard output.
std::string output_of(const CurlOptions& options, std::size_t n, const Url& url,
                      const std::string& disposition) {
  std::string output = n < options.outputs.size() ? options.outputs[n] : options.remote_name_all ? "\n" : "";
  if (output == "\n") {
    const std::string offered = options.remote_header_name ? offered_name(disposition) : "";
    output = offered.empty() ? remote_name(url) : offered;
  }
  if (!output.empty() && output != "-" && !options.output_folder.empty())
    output = options.output_folder + "/" + output;
  return output == "-" ? "" : output;
}

bool put_file(program::Context& context, const CurlOptions& options, const std::string& path,
              const std::string& content, Outcome& outcome) {
  std::string resolved = context.resolve(path);
  if (resolved == "/dev/null") return true;
  if (resolved == "/dev/stdout") {
    context.out(content);
    return true;
  }
  try {
    std::string folder = resolved.substr(0, resolved.find_last_of('/'));
    if (options.create_folders && !folder.empty()) context.disk().make_directories(folder, 0755);
    context.disk().write(resolved, content, 0644);
    return true;
  } catch (const world::DiskError&) {
    context.err("Warning: Failed to open the file " + path + ": No such file or directory\n");
    outcome.exit_code = 23;
    outcome.error = "Failure writing output to destination";
    return false;
  }
}

// -T FILE to an address that ends in a slash: the file's name is the rest.
void add_upload_name(const CurlOptions& options, Url& url) {
  if (options.upload.empty() || options.upload == "-" || !url.target.ends_with('/')) return;
  url.target += base::percent_encode(options.upload.substr(options.upload.find_last_of('/') + 1));
}

// Braces and ranges stand for several addresses unless -g is given; brackets around a host do not.
bool has_glob(const std::string& address) {
  const std::size_t scheme = address.find("://");
  std::size_t from = scheme == std::string::npos ? 0 : scheme + 3;
  if (address.compare(from, 1, "[") == 0) from = std::min(address.find(']', from), address.size());
  return address.find_first_of("{[", from) != std::string::npos;
}

world::Task<Outcome> fetch_address(program::Context& context, const CurlOptions& options, std::size_t n) {
  const std::string& text = options.urls[n];
  auto url = parse_url(text);
  Outcome outcome;
  if (options.glob && has_glob(text)) {
    outcome.exit_code = 3;
    outcome.error = "braces and ranges in an address are not served by Squall's guests: " + text;
  } else if (!options.cookie.empty() && options.cookie.find('=') == std::string::npos) {
    outcome.exit_code = 26;
    outcome.error = "a file of cookies (-b " + options.cookie + ") is not served by Squall's guests";
  } else if (!url) {
    outcome.exit_code = 3;
    outcome.error = "URL using bad/illegal format or missing URL";
  } else if (!options.protocols.allow(url->scheme)) {
    curl_forbid(url->scheme, outcome);
  } else {
    add_upload_name(options, *url);
    outcome = co_await curl_fetch(context, options, *url);
  }
  outcome.asked = text;
  outcome.number = n;
  outcome.file = url ? output_of(options, n, *url, outcome.disposition) : "";
  co_return outcome;
}

// -v: each line of a head with its mark.
void tell_lines(program::Context& context, const std::string& mark, const std::string& head) {
  std::istringstream lines(head);
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with('\r')) line.pop_back();
    context.err(mark + line + "\n");
  }
}

void tell_exchange(program::Context& context, const Outcome& outcome) {
  if (outcome.status == 0) return;
  context.err("* Connected to " + outcome.url.host + " (" + outcome.address + ") port " +
              std::to_string(outcome.url.port) + " (#0)\n");
  tell_lines(context, "> ", outcome.request);
  tell_lines(context, "< ", outcome.head);
}

void tell_write_out(program::Context& context, const CurlOptions& options, const Outcome& outcome) {
  if (!options.write_out.starts_with('@')) return curl_write_out(context, options.write_out, outcome);
  const auto format = context.disk().read(context.resolve(options.write_out.substr(1)));
  if (format) curl_write_out(context, *format, outcome);
}

world::Task<int> run_one(program::Context& context, const CurlOptions& options, std::size_t n) {
  Outcome outcome = co_await fetch_address(context, options, n);
  const std::string& output = outcome.file;
  if (!options.silent && options.progress_meter &&
      (!output.empty() || !context.invocation().output_is_terminal))
    show_progress(context, options, outcome);
  bool has_answer =
      outcome.status != 0 && !(options.fail && outcome.exit_code == 22) && outcome.exit_code != 47;
  std::string shown =
      (options.include || options.head ? outcome.head : "") + (has_answer ? outcome.body : "");
  if (outcome.status != 0 && !options.dump_header.empty()) {
    if (options.dump_header == "-")
      context.out(outcome.head);
    else
      put_file(context, options, options.dump_header, outcome.head, outcome);
  }
  if (has_answer) {
    if (output.empty())
      context.out(shown);
    else
      put_file(context, options, output, shown, outcome);
  }
  if (options.verbose) tell_exchange(context, outcome);
  tell_write_out(context, options, outcome);
  if (outcome.exit_code != 0 && !quiet(options))
    context.err("curl: (" + std::to_string(outcome.exit_code) + ") " + outcome.error + "\n");
  co_return outcome.exit_code;
}

world::Task<int> run_curl(program::Context& context) {
  auto parsed = parse_curl(context.invocation().argv);
  if (const auto* mistake = std::get_if<CurlMistake>(&parsed)) {
    if (!mistake->message.empty()) context.err("curl: " + mistake->message + "\n");
    context.err("curl: try 'curl --help' or 'curl --manual' for more information\n");
    co_return mistake->exit_code;
  }
  const CurlOptions options = std::get<CurlOptions>(parsed);
  if (options.version) {
    context.out("curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1 (Squall's guest)\nProtocols: http https\n");
    co_return 0;
  }
  int last = 0;
  for (std::size_t n = 0; n < options.urls.size() && (last == 0 || !options.fail_early); ++n)
    last = co_await run_one(context, options, n);
  co_return last;
}

}  // namespace

program::Program curl_command() { return run_curl; }

}  // namespace squall::guest
