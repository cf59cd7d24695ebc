// wget(1) 1.21 over the world's network; exit codes 1 (usage, files), 2 (options), 4 (network), 5 (TLS),
// 8 (server).
#include <cmath>
#include <optional>

#include "emulator/base/encoding.hpp"
#include "emulator/world/await.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/web.hpp"
#include "harness/guest/commands/wget_options.hpp"

namespace squall::guest {
namespace {

world::Call make_call(program::Context& context, const WgetOptions& options, const Url& url) {
  world::Call call{.scheme = url.scheme, .host = url.host, .port = url.port};
  call.request.method = options.spider && options.method == "GET" ? "HEAD" : options.method;
  call.request.target = url.target;
  call.request.body = options.body;
  http::Headers& headers = call.request.headers;
  headers.set("Host", host_header(url));
  headers.set("User-Agent", options.user_agent);
  headers.set("Accept", "*/*");
  if (!options.referer.empty()) headers.set("Referer", options.referer);
  if (options.has_body) headers.set("Content-Type", "application/x-www-form-urlencoded");
  if (options.has_body) headers.set("Content-Length", std::to_string(options.body.size()));
  if (!options.user.empty())
    headers.set("Authorization", "Basic " + base::base64_encode(options.user + ":" + options.password));
  for (const std::string& header : options.headers) {
    std::size_t colon = header.find(':');
    if (colon == std::string::npos) continue;
    std::size_t value = header.find_first_not_of(' ', colon + 1);
    headers.set(header.substr(0, colon), value == std::string::npos ? "" : header.substr(value));
  }
  call.tls.skip_verify = options.insecure;
  const std::string& ca = options.ca_file.empty() ? options.ca_folder : options.ca_file;
  call.tls.ca_pem = ca.empty() ? added_certificates(context) : read_certificates(context, ca).value_or("");
  if (!options.certificate.empty()) {
    const std::string& key = options.key.empty() ? options.certificate : options.key;
    call.tls.client_certificate_pem = read_certificates(context, options.certificate).value_or("");
    call.tls.client_key_pem = read_certificates(context, key).value_or("");
  }
  call.connect_timeout = call.total_timeout =
      std::chrono::duration_cast<Duration>(std::chrono::duration<double>(options.timeout_s));
  return call;
}

struct Failure {
  std::string text;
  int exit_code;
  bool worth_retrying;
};

Failure explain(const world::NetError& error, const Url& url) {
  using world::NetFault;
  std::string place = url.host + ":" + std::to_string(url.port);
  switch (error.fault) {
    case NetFault::name_not_found:
      return {"wget: unable to resolve host address \xe2\x80\x98" + url.host + "\xe2\x80\x99\n", 4, false};
    case NetFault::refused:
      return {"Connecting to " + place + "... failed: Connection refused.\n", 4, false};
    case NetFault::unreachable:
      return {"Connecting to " + place + "... failed: No route to host.\n", 4, false};
    case NetFault::timed_out:
      return {"Connecting to " + place + "... failed: Connection timed out.\n", 4, true};
    case NetFault::reset:
      return {"Read error (Connection reset by peer) in headers.\n", 4, true};
    case NetFault::tls_not_tls:
      return {
          "OpenSSL: error:0A00010B:SSL routines::wrong version number\nUnable to establish SSL connection.\n",
          4, false};
    case NetFault::tls_untrusted:
    case NetFault::tls_expired:
    case NetFault::tls_name_mismatch:
      break;
  }
  return {"ERROR: cannot verify " + url.host + "'s certificate: " + error.detail + "\nTo connect to " +
              url.host + " insecurely, use `--no-check-certificate'.\n",
          5, false};
}

std::string stamp(program::Context& context) {
  return base::format_utc(context.scheduler().now(), "%Y-%m-%d %H:%M:%S");
}

std::string in_quotes(const std::string& name) { return "\xe2\x80\x98" + name + "\xe2\x80\x99"; }

// One address of the command line.
class Download {
 public:
  Download(program::Context& context, const WgetOptions& options) : context_(context), options_(options) {}

  world::Task<int> run(Url url) {
    if (options_.spider) say("Spider mode enabled. Check if remote file exists.\n");
    if (auto code = look_at_old_file(url)) co_return *code;
    const std::string proxy = options_.use_proxy ? environment_proxy(context_, url) : "";
    if (!proxy.empty()) {
      context_.err("wget: the proxy " + proxy + " is not served by Squall's guests\n");
      co_return 4;
    }
    int redirects = 0;
    for (int attempt = 1;; ++attempt) {
      say("--" + stamp(context_) + "--  " + url.text() + "\n");
      world::Call call = make_call(context_, options_, url);
      world::Reply reply = co_await context_.network().send(std::move(call));
      if (const auto* error = std::get_if<world::NetError>(&reply)) {
        const Failure failure = explain(*error, url);
        say(failure.text, options_.brief);
        const bool again =
            failure.worth_retrying || (options_.retry_refused && error->fault == world::NetFault::refused);
        if (!again || attempt == options_.tries) co_return failure.exit_code;
        say("Retrying.\n\n");
        const double wait_s = std::min(static_cast<double>(attempt), options_.longest_wait_s);
        co_await world::sleep(context_.scheduler(), Duration(std::llround(wait_s * 1e9)));
        continue;
      }
      const auto& response = std::get<http::Response>(reply);
      tell_answer(response);
      const std::string location(response.headers.get("Location"));
      auto next = follow(url, location);
      if (response.status >= 300 && response.status < 400 && !location.empty() && next) {
        if (++redirects > options_.max_redirects) {
          say(std::to_string(options_.max_redirects) + " redirections exceeded.\n", options_.brief);
          co_return 8;
        }
        say("Location: " + location + " [following]\n");
        url = *next;
        continue;
      }
      co_return finish(url, response);
    }
  }

 private:
  // Under -nv only what is said of the end, and of mistakes.
  void say(const std::string& text, bool always = false) {
    if (!options_.quiet && (always || !options_.brief)) tell(text);
  }
  void tell(const std::string& text) {
    if (options_.log.empty() || options_.log == "-")
      context_.err(text);
    else if (const std::string path = context_.resolve(options_.log); path != "/dev/null")
      context_.disk().append(path, text, 0644);
  }

  std::string plain_name(const Url& url) const {
    if (!options_.output.empty()) return options_.output;
    std::string name = remote_name(url).empty() ? "index.html" : remote_name(url);
    return options_.folder.empty() ? name : options_.folder + "/" + name;
  }
  bool there(const std::string& name) { return context_.disk().exists(context_.resolve(name)); }

  // -nc leaves it, -c and -N would ask for what is new. A number: wget ends with it.
  std::optional<int> look_at_old_file(const Url& url) {
    const std::string name = plain_name(url);
    if (options_.spider || name == "-" || !there(name)) return std::nullopt;
    if (options_.keep) {
      say("File " + in_quotes(name) + " already there; not retrieving.\n\n", options_.brief);
      return options_.output.empty() ? 0 : 1;
    }
    if (!options_.resume && !options_.timestamps) return std::nullopt;
    context_.err(std::string("wget: ") + (options_.resume ? "-c" : "-N") + " of a file that is there (" +
                 name + ") is not served by Squall's guests\n");
    return 1;
  }

  static std::string reason_of(const http::Response& response) {
    return response.reason.empty() ? std::string(http::reason_phrase(response.status)) : response.reason;
  }

  void tell_answer(const http::Response& response) {
    const std::string line = std::to_string(response.status) + " " + reason_of(response) + "\n";
    if (!options_.server_response) return say("HTTP request sent, awaiting response... " + line);
    say("HTTP request sent, awaiting response... \n");
    std::string head = "  HTTP/1.1 " + line;
    for (const auto& [name, value] : response.headers.fields()) head += "  " + name + ": " + value + "\n";
    tell(head);
  }

  int finish(const Url& url, const http::Response& response) {
    const bool bad = response.status >= 400;
    if (options_.spider) {
      say(bad ? "Remote file does not exist -- broken link!!!\n\n" : "Remote file exists.\n\n",
          options_.brief);
      return bad ? 8 : 0;
    }
    if (bad && options_.content_on_error) save(url, response.body);
    if (!bad) return save(url, response.body);
    if (options_.brief) say(url.text() + ":\n", true);
    say(stamp(context_) + " ERROR " + std::to_string(response.status) + ": " + reason_of(response) + ".\n" +
            (options_.brief ? "" : "\n"),
        true);
    return 8;
  }

  int save(const Url& url, const std::string& body) {
    if (options_.output == "-") {
      context_.out(body);
      return 0;
    }
    const std::string plain = plain_name(url);
    std::string name = plain;
    for (int n = 1; options_.output.empty() && there(name); ++n) name = plain + "." + std::to_string(n);
    const std::string path = context_.resolve(name);
    if (path == "/dev/null") return 0;
    try {
      if (!options_.folder.empty()) context_.disk().make_directories(context_.resolve(options_.folder), 0755);
      context_.disk().write(path, body, 0644);
    } catch (const world::DiskError&) {
      context_.err(name + ": No such file or directory\n");
      return options_.output.empty() ? 3 : 1;
    }
    const std::string size = std::to_string(body.size()) + "/" + std::to_string(body.size());
    if (options_.brief)
      say(stamp(context_) + " URL:" + url.text() + " [" + size + "] -> \"" + name + "\" [1]\n", true);
    else
      say("Saving to: " + in_quotes(name) + "\n\n" + stamp(context_) + " - " + in_quotes(name) + " saved [" +
          size + "]\n\n");
    return 0;
  }

  program::Context& context_;
  const WgetOptions& options_;
};

// --post-file, --body-file: false, and told, when there is none.
bool read_body(program::Context& context, WgetOptions& options) {
  if (options.body_file.empty()) return true;
  auto content = context.disk().read(context.resolve(options.body_file));
  if (content) options.body = std::move(*content);
  if (!content)
    context.err("BODY data file " + in_quotes(options.body_file) + " missing: No such file or directory\n");
  return content.has_value();
}

world::Task<int> run_wget(program::Context& context) {
  WgetOptions options;
  const WgetMistake mistake = parse_wget(context.invocation().argv, options);
  if (!mistake.text.empty()) {
    context.err(mistake.text);
    co_return mistake.exit_code;
  }
  if (!read_body(context, options)) co_return 3;
  const std::string log = context.resolve(options.log);
  if (options.new_log && options.log != "-" && log != "/dev/null") context.disk().write(log, "", 0644);
  int status = 0;
  for (const std::string& text : options.urls) {
    auto url = parse_url(text);
    if (!url) {
      context.err(text + ": Invalid host name.\n");
      status = 1;
      continue;
    }
    Download download(context, options);
    int one = co_await download.run(*url);
    if (one != 0) status = one;
  }
  co_return status;
}

}  // namespace

program::Program wget_command() { return run_wget; }

}  // namespace squall::guest
