// See curl_transfer.hpp: requests, redirects, retries, exit codes and error texts of curl(1) 7.88 over the
// world's network.
#include <algorithm>
#include <cmath>
#include <sstream>

#include "emulator/base/ascii.hpp"
#include "emulator/base/encoding.hpp"
#include "emulator/world/await.hpp"
#include "harness/guest/commands/curl_transfer.hpp"
#include "harness/guest/commands/web.hpp"

namespace squall::guest {
namespace {

using Outcome = CurlOutcome;

Duration seconds(double value) {
  constexpr double most = 100.0 * 365 * 86400;  // curl itself refuses more than its milliseconds can count
  return Duration(
      static_cast<std::int64_t>(std::llround((value < most ? std::max(value, -most) : most) * 1e9)));
}

std::string milliseconds(Duration took) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
}

std::string in_place(const Url& url) { return url.host + " port " + std::to_string(url.port); }

constexpr char certificate_help[] =
    "\nMore details here: https://curl.se/docs/sslcerts.html\n\n"
    "curl failed to verify the legitimacy of the server and therefore could not\n"
    "establish a secure connection to it. To learn more about this situation and\n"
    "how to fix it, please visit the web page mentioned above.";

void explain(const world::NetError& failure, Outcome& outcome) {
  using world::NetFault;
  auto say = [&](int code, std::string text) {
    outcome.exit_code = code;
    outcome.error = std::move(text);
  };
  std::string connecting =
      "Failed to connect to " + in_place(outcome.url) + " after " + milliseconds(outcome.took) + " ms: ";
  switch (failure.fault) {
    case NetFault::name_not_found:
      return say(6, "Could not resolve host: " + outcome.url.host);
    case NetFault::refused:
      outcome.refused = true;
      return say(7, connecting + "Couldn't connect to server");
    case NetFault::unreachable:
      return say(7, connecting + "No route to host");
    case NetFault::timed_out:
      outcome.transient = true;
      if (!failure.connected) return say(28, connecting + "Timeout was reached");
      return say(28, "Operation timed out after " + milliseconds(outcome.took) +
                         " milliseconds with 0 bytes received");
    case NetFault::reset:
      if (failure.connected) return say(52, "Empty reply from server");
      return say(56, "Recv failure: Connection reset by peer");
    case NetFault::tls_not_tls:
      return say(35, "error:0A00010B:SSL routines::wrong version number");
    case NetFault::tls_untrusted:
      return say(60, std::string("SSL certificate problem: unable to get local issuer certificate") +
                         certificate_help);
    case NetFault::tls_name_mismatch:
      return say(60, "SSL: no alternative certificate subject name matches target host name '" +
                         outcome.url.host + "'" + certificate_help);
    case NetFault::tls_expired:
      return say(60, std::string("SSL certificate problem: certificate has expired") + certificate_help);
  }
}

// -d and its kin, as one body.
world::Task<std::optional<std::string>> make_body(program::Context& context, const CurlOptions& options,
                                                  Outcome& outcome) {
  std::string body;
  for (const CurlData& data : options.data) {
    std::string text = data.text, name;
    if (data.kind == CurlData::url_encoded) {
      std::size_t split = text.find_first_of("=@");
      if (split != std::string::npos) {
        name = text.substr(0, split);
        text = text.substr(text[split] == '@' ? split : split + 1);
      }
    }
    if (data.kind != CurlData::raw && text.starts_with('@')) {
      std::optional<std::string> content;
      if (text == "@-")
        content = co_await context.read_input();
      else
        content = context.disk().read(context.resolve(text.substr(1)));
      if (!content) {
        outcome.exit_code = 26;
        outcome.error = "Failed to open " + text.substr(1);
        co_return std::nullopt;
      }
      text = *content;
      if (data.kind == CurlData::plain) std::erase_if(text, [](char c) { return c == '\n' || c == '\r'; });
    }
    if (data.kind == CurlData::url_encoded)
      text = (name.empty() ? "" : name + "=") + base::percent_encode(text);
    if (!body.empty() && data.kind != CurlData::json) body += "&";
    body += text;
  }
  co_return body;
}

// -H's own headers; "@FILE" stands for the lines of a file. False, with the outcome filled: there is none.
bool read_headers(program::Context& context, const CurlOptions& options, std::vector<std::string>& headers,
                  Outcome& outcome) {
  for (const std::string& header : options.headers) {
    if (!header.starts_with('@')) {
      headers.push_back(header);
      continue;
    }
    const auto content = context.disk().read(context.resolve(header.substr(1)));
    if (!content) {
      outcome.exit_code = 26;
      outcome.error = "Failed to open " + header.substr(1);
      return false;
    }
    std::istringstream lines(*content);
    for (std::string line; std::getline(lines, line);) {
      if (line.ends_with('\r')) line.pop_back();
      if (!line.empty()) headers.push_back(line);
    }
  }
  return true;
}

// `stranger`: another host than the one that was asked first gets no credentials (--location-trusted does).
void add_headers(const CurlOptions& options, const std::vector<std::string>& own, const Url& url,
                 bool has_body, bool stranger, http::Request& request) {
  request.headers.set("Host", host_header(url));
  std::string user = options.user.empty() ? base::percent_decode(url.user_info) : options.user;
  if (!user.empty() && !stranger) request.headers.set("Authorization", "Basic " + base::base64_encode(user));
  if (!options.user_agent.empty()) request.headers.set("User-Agent", options.user_agent);
  request.headers.set("Accept", "*/*");
  if (!options.referer.empty()) request.headers.set("Referer", options.referer);
  if (!options.cookie.empty() && !stranger) request.headers.set("Cookie", options.cookie);
  if (!options.range.empty()) request.headers.set("Range", "bytes=" + options.range);
  bool is_json = std::any_of(options.data.begin(), options.data.end(),
                             [](const CurlData& data) { return data.kind == CurlData::json; });
  if (is_json) request.headers.set("Accept", "application/json");
  if (has_body && options.upload.empty())
    request.headers.set("Content-Type", is_json ? "application/json" : "application/x-www-form-urlencoded");
  for (const std::string& header : own) {
    std::size_t colon = header.find_first_of(":;");
    if (colon == std::string::npos) continue;
    std::string name = header.substr(0, colon), value = header.substr(colon + 1);
    value.erase(0, std::min(value.find_first_not_of(' '), value.size()));
    if (stranger && (base::ascii_lower(name) == "authorization" || base::ascii_lower(name) == "cookie"))
      continue;
    if (value.empty() && header[colon] == ':')
      request.headers.remove(name);
    else
      request.headers.set(name, value);
  }
  if (has_body) request.headers.set("Content-Length", std::to_string(request.body.size()));
}

// False, with the outcome filled, when a file that was named is not there.
bool add_trust(program::Context& context, const CurlOptions& options, world::Call& call, Outcome& outcome) {
  call.tls.skip_verify = options.insecure;
  call.tls.ca_pem = added_certificates(context);
  const std::string& ca = options.ca_file.empty() ? options.ca_folder : options.ca_file;
  if (!ca.empty()) {
    auto certificates = read_certificates(context, ca);
    if (!certificates || certificates->find("-----BEGIN") == std::string::npos) {
      outcome.exit_code = 77;
      outcome.error = "error setting certificate file: " + ca;
      return false;
    }
    call.tls.ca_pem = *certificates;
  }
  if (options.certificate.empty()) return true;
  auto certificate = read_certificates(context, options.certificate);
  auto key = read_certificates(context, options.key.empty() ? options.certificate : options.key);
  if (!certificate || !key) {
    outcome.exit_code = 58;
    outcome.error =
        "could not load PEM client certificate from " + options.certificate +
        ", OpenSSL error error:80000002:system library::No such file or directory, (no key found, wrong "
        "pass phrase, or wrong file format?)";
    return false;
  }
  call.tls.client_certificate_pem = *certificate;
  call.tls.client_key_pem = *key;
  return true;
}

// --resolve HOST:PORT:ADDRESS
void resolve_by_hand(const CurlOptions& options, world::Call& call) {
  for (const std::string& entry : options.resolves) {
    std::string wanted = call.host + ":" + std::to_string(call.port) + ":";
    if (!entry.starts_with(wanted)) continue;
    call.tls.server_name = call.host;
    call.host = entry.substr(wanted.size());
    return;
  }
}

std::string show_head(const http::Response& response) {
  std::string reason =
      response.reason.empty() ? std::string(http::reason_phrase(response.status)) : response.reason;
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " " + reason + "\r\n";
  for (const auto& [name, value] : response.headers.fields()) head += name + ": " + value + "\r\n";
  return head + "\r\n";
}

std::string show_request(const http::Request& request) {
  std::string head = request.method + " " + request.target + " HTTP/1.1\n";
  for (const auto& [name, value] : request.headers.fields()) head += name + ": " + value + "\n";
  return head + "\n";
}

std::string method_of(const CurlOptions& options, bool has_body) {
  if (!options.method.empty()) return options.method;
  if (options.head) return "HEAD";
  if (!options.upload.empty()) return "PUT";
  return has_body ? "POST" : "GET";
}

// A proxy of the environment would be asked, and this world has none. Empty: the way is free.
std::string unserved_way(program::Context& context, const CurlOptions& options, const Url& url) {
  const std::string proxy = environment_proxy(context, url, options.no_proxy);
  return proxy.empty() ? "" : "the proxy " + proxy + " is not served by Squall's guests";
}

world::Task<Outcome> fetch_once(program::Context& context, const CurlOptions& options, Url url) {
  Outcome outcome;
  outcome.url = url;
  Time begun = context.scheduler().now();
  std::optional<std::string> body = co_await make_body(context, options, outcome);
  if (body && !options.upload.empty()) {
    if (options.upload == "-")
      body = co_await context.read_input();
    else
      body = context.disk().read(context.resolve(options.upload));
    if (!body) {
      outcome.exit_code = 26;
      outcome.error = "Failed to open/read local data from file/application";
    }
  }
  std::vector<std::string> headers;
  if (!body || !read_headers(context, options, headers, outcome)) co_return outcome;
  outcome.uploaded_bytes = options.get ? 0 : body->size();
  const Url first = url;
  bool has_body = (!options.data.empty() && !options.get) || !options.upload.empty();
  if (options.get && !body->empty())
    url.target += (url.target.find('?') == std::string::npos ? "?" : "&") + *body;
  std::string method = method_of(options, has_body);
  for (;;) {
    outcome.url = url;
    outcome.method = method;
    if (std::string why = unserved_way(context, options, url); !why.empty()) {
      outcome.exit_code = 5;
      outcome.error = why;
      co_return outcome;
    }
    world::Call call{.scheme = url.scheme, .host = url.host, .port = url.port};
    call.request.method = method;
    call.request.target = url.target;
    if (has_body) call.request.body = *body;
    const bool stranger = !options.trusted_follow && (url.host != first.host || url.port != first.port);
    add_headers(options, headers, url, has_body, stranger, call.request);
    outcome.request = show_request(call.request);
    if (url.scheme == "https" && !add_trust(context, options, call, outcome)) co_return outcome;
    resolve_by_hand(options, call);
    outcome.address = context.network().resolve(call.host).value_or("");
    call.connect_timeout = seconds(options.connect_timeout_s.value_or(300));
    if (options.max_time_s) {
      Duration left = seconds(*options.max_time_s) - (context.scheduler().now() - begun);
      call.total_timeout = std::max(left, Duration(1ms));
      call.connect_timeout = std::min(call.connect_timeout, call.total_timeout);
    }
    world::Reply reply = co_await context.network().send(std::move(call));
    outcome.took = context.scheduler().now() - begun;
    if (const auto* failure = std::get_if<world::NetError>(&reply)) {
      explain(*failure, outcome);
      co_return outcome;
    }
    auto& response = std::get<http::Response>(reply);
    outcome.status = response.status;
    outcome.head += show_head(response);
    outcome.content_type = response.headers.get("Content-Type");
    outcome.disposition = response.headers.get("Content-Disposition");
    std::string location(response.headers.get("Location"));
    bool redirected = response.status >= 300 && response.status < 400 && !location.empty();
    auto next = redirected ? follow(url, location) : std::nullopt;
    outcome.redirect_url = next ? next->text() : "";
    if (!options.follow || !next) {
      outcome.body = method == "HEAD" ? "" : std::move(response.body);
      break;
    }
    if (++outcome.redirects > options.max_redirects && options.max_redirects >= 0) {
      outcome.exit_code = 47;
      outcome.error = "Maximum (" + std::to_string(options.max_redirects) + ") redirects followed";
      co_return outcome;
    }
    bool becomes_get = options.method.empty() && method == "POST" && response.status <= 303;
    if (becomes_get) method = "GET", has_body = false;
    url = *next;
    if (!options.protocols.allow(url.scheme) || !options.redirect_protocols.allow(url.scheme)) {
      curl_forbid(url.scheme, outcome);
      co_return outcome;
    }
  }
  outcome.transient = outcome.status == 408 || outcome.status == 429 || outcome.status == 500 ||
                      outcome.status == 502 || outcome.status == 503 || outcome.status == 504;
  if ((options.fail || options.fail_with_body) && outcome.status >= 400) {
    outcome.exit_code = 22;
    outcome.error = "The requested URL returned error: " + std::to_string(outcome.status);
  }
  co_return outcome;
}

}  // namespace

world::Task<CurlOutcome> curl_fetch(program::Context& context, const CurlOptions& options, Url url) {
  Time begun = context.scheduler().now();
  double delay_s = options.retry_delay_s.value_or(1);
  for (int left = options.retries;; --left) {
    Outcome outcome = co_await fetch_once(context, options, url);
    bool again = outcome.transient || outcome.exit_code == 6 || (outcome.refused && options.retry_refused) ||
                 (outcome.exit_code != 0 && options.retry_all);
    bool in_time =
        !options.retry_max_time_s || context.scheduler().now() - begun < seconds(*options.retry_max_time_s);
    if (left <= 0 || !again || !in_time) co_return outcome;
    std::string why = outcome.status >= 400     ? "HTTP error"
                      : outcome.exit_code == 28 ? "timeout"
                      : outcome.refused         ? "connection refused"
                      : outcome.exit_code == 6  ? "timeout"
                                                : "(retrying all errors)";
    if (!options.silent)
      context.err("Warning: Problem: " + why + ". Will retry in " + std::to_string(std::lround(delay_s)) +
                  " seconds. " + std::to_string(left) + " " + (left == 1 ? "retry" : "retries") + " left.\n");
    co_await world::sleep(context.scheduler(), seconds(delay_s));
    if (!options.retry_delay_s) delay_s = std::min(delay_s * 2, 600.0);
  }
}

void curl_forbid(const std::string& scheme, CurlOutcome& outcome) {
  outcome.exit_code = 1;
  outcome.error = "Protocol \"" + scheme + "\" not supported or disabled in libcurl";
}

}  // namespace squall::guest
