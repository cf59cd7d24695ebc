// wget(1) 1.21 over the world's network: -q -O -P -N -S --header --post-data --method --body-data --tries
// --timeout
// --no-check-certificate --ca-certificate --user --password, exit codes 1 (usage), 4 (network), 5 (TLS), 8
// (server).
#include <cstdlib>

#include "emulator/base/encoding.hpp"
#include "emulator/world/await.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/web.hpp"

namespace squall::guest {
namespace {

struct WgetOptions {
  std::vector<std::string> urls, headers;
  std::string output, folder, method = "GET", body, ca_file, user, password, user_agent = "Wget/1.21.3";
  bool quiet = false, insecure = false, server_response = false, has_body = false;
  int tries = 20;
  double timeout_s = 900;
};

// The option's value: attached with '=' or the next word. False when there is none.
bool take_value(const std::vector<std::string>& argv, std::size_t& at, const std::string& name,
                std::string& value) {
  const std::string& word = argv[at];
  if (word == name) {
    if (at + 1 >= argv.size()) return false;
    value = argv[++at];
    return true;
  }
  if (name.starts_with("--") && word.starts_with(name + "=")) {
    value = word.substr(name.size() + 1);
    return true;
  }
  if (name.size() == 2 && name[1] != '-' && word.starts_with(name) && word.size() > 2) {
    value = word.substr(2);
    return true;
  }
  return false;
}

// Answers the word that is not understood; empty: all are.
std::string parse(const std::vector<std::string>& argv, WgetOptions& options) {
  for (std::size_t at = 1; at < argv.size(); ++at) {
    const std::string& word = argv[at];
    std::string value;
    auto is = [&](const char* one, const char* other) {
      return take_value(argv, at, one, value) || take_value(argv, at, other, value);
    };
    if (word.size() < 2 || word[0] != '-')
      options.urls.push_back(word);
    else if (word == "-q" || word == "--quiet")
      options.quiet = true;
    else if (word == "-qO-")
      options.quiet = true, options.output = "-";
    else if (word == "-qO")
      options.quiet = true, options.output = at + 1 < argv.size() ? argv[++at] : "";
    else if (word == "-S" || word == "--server-response")
      options.server_response = true;
    else if (word == "-nv" || word == "--no-verbose" || word == "-N" || word == "-nc" || word == "-c" ||
             word == "--no-proxy" || word == "--show-progress" || word.starts_with("--progress") ||
             word == "-4")
      continue;
    else if (word == "--no-check-certificate")
      options.insecure = true;
    else if (is("-O", "--output-document"))
      options.output = value;
    else if (is("-P", "--directory-prefix"))
      options.folder = value;
    else if (is("-t", "--tries"))
      options.tries = std::max(1, std::atoi(value.c_str()));
    else if (is("-T", "--timeout"))
      options.timeout_s = std::atof(value.c_str());
    else if (is("-U", "--user-agent"))
      options.user_agent = value;
    else if (is("--header", "--header"))
      options.headers.push_back(value);
    else if (is("--method", "--method"))
      options.method = value;
    else if (is("--post-data", "--post-data"))
      options.method = "POST", options.body = value, options.has_body = true;
    else if (is("--body-data", "--body-data"))
      options.body = value, options.has_body = true;
    else if (is("--ca-certificate", "--ca-certificate"))
      options.ca_file = value;
    else if (is("--user", "--user"))
      options.user = value;
    else if (is("--password", "--password"))
      options.password = value;
    else
      return word;
  }
  return "";
}

world::Call make_call(program::Context& context, const WgetOptions& options, const Url& url) {
  world::Call call{.scheme = url.scheme, .host = url.host, .port = url.port};
  call.request.method = options.method;
  call.request.target = url.target;
  call.request.body = options.body;
  http::Headers& headers = call.request.headers;
  headers.set("Host", host_header(url));
  headers.set("User-Agent", options.user_agent);
  headers.set("Accept", "*/*");
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
  call.tls.ca_pem = options.ca_file.empty() ? added_certificates(context)
                                            : read_certificates(context, options.ca_file).value_or("");
  call.connect_timeout = call.total_timeout = std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>(options.timeout_s > 0 ? options.timeout_s : 900));
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

int save(program::Context& context, const WgetOptions& options, const Url& url, const std::string& body) {
  if (options.output == "-") {
    context.out(body);
    return 0;
  }
  std::string name = options.output;
  if (name.empty()) {
    name = remote_name(url).empty() ? "index.html" : remote_name(url);
    if (!options.folder.empty()) name = options.folder + "/" + name;
  }
  std::string path = context.resolve(name);
  if (path == "/dev/null") return 0;
  try {
    if (!options.folder.empty()) context.disk().make_directories(context.resolve(options.folder), 0755);
    context.disk().write(path, body, 0644);
  } catch (const world::DiskError&) {
    context.err(name + ": No such file or directory\n");
    return 1;
  }
  if (!options.quiet) {
    std::string size = std::to_string(body.size());
    context.err("Saving to: \xe2\x80\x98" + name + "\xe2\x80\x99\n\n");
    context.err(base::format_utc(context.scheduler().now(), "%Y-%m-%d %H:%M:%S") + " - \xe2\x80\x98" + name +
                "\xe2\x80\x99 saved [" + size + "/" + size + "]\n\n");
  }
  return 0;
}

world::Task<int> get(program::Context& context, const WgetOptions& options, Url url) {
  auto say = [&](const std::string& text) {
    if (!options.quiet) context.err(text);
  };
  int redirects = 0;
  for (int attempt = 1;; ++attempt) {
    say("--" + base::format_utc(context.scheduler().now(), "%Y-%m-%d %H:%M:%S") + "--  " + url.text() + "\n");
    world::Reply reply = co_await context.network().send(make_call(context, options, url));
    if (const auto* error = std::get_if<world::NetError>(&reply)) {
      Failure failure = explain(*error, url);
      say(failure.text);
      if (!failure.worth_retrying || attempt >= options.tries) co_return failure.exit_code;
      say("Retrying.\n\n");
      co_await world::sleep(context.scheduler(), std::chrono::seconds(std::min(attempt, 10)));
      continue;
    }
    const auto& response = std::get<http::Response>(reply);
    std::string reason =
        response.reason.empty() ? std::string(http::reason_phrase(response.status)) : response.reason;
    say("HTTP request sent, awaiting response... " + std::to_string(response.status) + " " + reason + "\n");
    auto next = follow(url, std::string(response.headers.get("Location")));
    if (response.status >= 300 && response.status < 400 && response.headers.has("Location") && next) {
      if (++redirects > 20) {
        say("20 redirections exceeded.\n");
        co_return 8;
      }
      say("Location: " + next->text() + " [following]\n");
      url = *next;
      continue;
    }
    if (response.status >= 400) {
      say(base::format_utc(context.scheduler().now(), "%Y-%m-%d %H:%M:%S") + " ERROR " +
          std::to_string(response.status) + ": " + reason + ".\n\n");
      co_return 8;
    }
    co_return save(context, options, url, response.body);
  }
}

world::Task<int> run_wget(program::Context& context) {
  WgetOptions options;
  std::string odd = parse(context.invocation().argv, options);
  if (!odd.empty() || options.urls.empty()) {
    context.err(odd.empty() ? "wget: missing URL\n" : "wget: unrecognized option '" + odd + "'\n");
    context.err("Usage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n");
    co_return odd.empty() ? 1 : 2;
  }
  int status = 0;
  for (const std::string& text : options.urls) {
    auto url = parse_url(text);
    if (!url) {
      context.err(text + ": Invalid host name.\n");
      status = 1;
      continue;
    }
    int one = co_await get(context, options, *url);
    if (one != 0) status = one;
  }
  co_return status;
}

}  // namespace

program::Program wget_command() { return run_wget; }

}  // namespace squall::guest
