#include "harness/vault/cli/client.hpp"

#include "emulator/base/ascii.hpp"
#include "emulator/world/await.hpp"
#include "harness/vault/cli/table.hpp"
#include "harness/vault/go/tls_problem.hpp"

namespace squall::vault::cli {

namespace {

std::string verb(const std::string& method) {
  return method.substr(0, 1) + base::ascii_lower(method.substr(1));  // Go writes Get, Put, Post
}

// The text of api.ResponseError.
std::string error_text(const std::string& method, const std::string& url, const http::Response& response) {
  const ParsedValue parsed = parse_json(response.body);
  const bool raw = !parsed.value || !parsed.value->is(Value::Kind::object);
  std::string text = "Error making API request.\n\nURL: " + method + " " + url +
                     "\nCode: " + std::to_string(response.status) + (raw ? ". Raw Message" : ". Errors") +
                     ":\n\n";
  if (raw) return text + response.body;
  for (const std::string& error : parsed.value->texts_of("errors")) text += "* " + error;
  return text;
}

std::string name_server(Session& session) {
  const auto file = session.context().disk().read("/etc/resolv.conf");
  for (const std::string& line : split(file.value_or(""), '\n')) {
    if (line.starts_with("nameserver ")) return trimmed(line.substr(11)) + ":53";
  }
  return "127.0.0.1:53";
}

bool worth_another_try(const world::Reply& reply) {
  if (std::holds_alternative<world::NetError>(reply)) {
    const world::NetFault fault = std::get<world::NetError>(reply).fault;
    return fault != world::NetFault::tls_untrusted && fault != world::NetFault::tls_name_mismatch &&
           fault != world::NetFault::tls_expired && fault != world::NetFault::tls_not_tls;
  }
  const int status = std::get<http::Response>(reply).status;
  return status == 412 || (status >= 500 && status != 501);
}

// Without control characters, those of Latin-1 among them, and other spaces than " ".
bool printable_token(const std::string& token) {
  for (std::size_t i = 0; i < token.size(); ++i) {
    const auto byte = static_cast<unsigned char>(token[i]);
    const auto next = static_cast<unsigned char>(i + 1 < token.size() ? token[i + 1] : 0);
    if (byte < 0x20 || byte == 0x7f || (byte == 0xc2 && (next <= 0xa0 || next == 0xad))) return false;
  }
  return true;
}

bool is_redirect(int status) { return status == 301 || status == 302 || status == 307; }

}  // namespace

std::string url_of(const world::Call& call) {
  const std::string authority(call.request.headers.get("Host"));
  return (call.scheme.empty() ? "" : call.scheme + "://") + authority + call.request.target;
}

world::Call Client::call_for(const ApiRequest& request) const {
  world::Call call;
  call.scheme = address_.scheme;
  call.host = address_.host;
  call.port = address_.port;
  call.tls = trust_;
  call.total_timeout = timeout_;
  call.request.method = request.method;
  call.request.target =
      escaped_path(joined_path({address_.path.empty() ? "/" : address_.path, "v1", request.path}));
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    call.request.target += separator + escaped_query(name) + "=" + escaped_query(value);
    separator = '&';
  }
  call.request.headers.add("Host", address_.authority);
  call.request.headers.add("User-Agent", "Go-http-client/1.1");
  call.request.headers.add("X-Vault-Request", "true");
  if (request.with_token && !token_.empty()) call.request.headers.add("X-Vault-Token", token_);
  const std::string& wrap_ttl =
      request.wraps == Wraps::as_asked && !wrap_flag_.empty() ? wrap_flag_ : wrap_variable_;
  if (request.wraps != Wraps::never && !wrap_ttl.empty()) {
    call.request.headers.add("X-Vault-Wrap-TTL", wrap_ttl);
  } else if (request.path == "sys/wrapping/wrap" && request.method == "PUT") {
    call.request.headers.add("X-Vault-Wrap-TTL", "5m");  // that path wraps always
  }
  for (const auto& [name, value] : extra_headers_) call.request.headers.add(name, value);
  if (request.body) {
    call.request.body = compact_json(*request.body) + "\n";
    if (request.method == "PATCH") call.request.headers.add("Content-Type", "application/merge-patch+json");
  }
  return call;
}

// Retries wait 1.0 to 1.5 s times the number of the try (retryablehttp.LinearJitterBackoff).
world::Task<world::Reply> Client::attempt(world::Call call) {
  world::Network& network = session_.context().network();
  for (int tried = 1;; ++tried) {
    world::Reply reply = co_await network.send(call);
    if (tried > retries_ || !worth_another_try(reply)) co_return reply;
    const std::string drawn = session_.context().entropy().bytes(2);
    const int jitter =
        (static_cast<unsigned char>(drawn[0]) << 8 | static_cast<unsigned char>(drawn[1])) % 500;
    const Duration wait = std::chrono::milliseconds((1000 + jitter) * tried);
    co_await world::sleep(session_.context().scheduler(), wait);
  }
}

world::Task<ApiAnswer> Client::exchange(ApiRequest request) {
  if (!printable_token(token_))
    throw Failure(
        request.exit_status,
        request.failure + "configured Vault token contains non-printable characters and cannot be used");
  world::Call call = call_for(request);
  show_instead(request, call);
  if (!address_.useless.empty())
    throw Failure(request.exit_status, request.failure + verb(request.method) + " " + quoted(url_of(call)) +
                                           ": " + address_.useless);
  for (int redirects = 0;; ++redirects) {
    const world::Reply reply = co_await attempt(call);
    if (const auto* error = std::get_if<world::NetError>(&reply)) {
      throw Failure(request.exit_status, request.failure + verb(request.method) + " " + quoted(url_of(call)) +
                                             ": " + failure_text(*error, call));
    }
    const http::Response& response = std::get<http::Response>(reply);
    const std::string location(response.headers.get("Location"));
    if (is_redirect(response.status) && follow_redirect_ && redirects == 0 && !location.empty()) {
      // One redirect, as the real client: a standby names the active node.
      const Address target = parse_address(location);
      if (!target.error.empty()) throw Failure(request.exit_status, request.failure + target.error);
      if (call.scheme == "https" && target.scheme != "https") {
        throw Failure(request.exit_status, request.failure + "redirect would cause protocol downgrade");
      }
      call.scheme = target.scheme;
      call.host = target.host;
      call.port = target.port;
      call.request.target = target_of(location);
      call.request.headers.set("Host", target.authority);
      continue;
    }
    ApiAnswer answer{response.status, response.body, {}};
    if (!answer.ok()) answer.error = error_text(request.method, url_of(call), response);
    co_return answer;
  }
}

world::Task<ApiAnswer> Client::send(ApiRequest request) {
  const std::string failure = request.failure;
  const int exit_status = request.exit_status;
  ApiAnswer answer = co_await exchange(std::move(request));
  if (!answer.ok()) throw Failure(exit_status, failure + answer.error);
  co_return answer;
}

world::Task<Value> Client::send_for_json(ApiRequest request) {
  const std::string failure = request.failure;
  const int exit_status = request.exit_status;
  const ApiAnswer answer = co_await send(std::move(request));
  if (trimmed(answer.body).empty()) co_return Value();
  ParsedValue parsed = parse_json(answer.body);
  if (!parsed.value) throw Failure(exit_status, failure + parsed.error);
  co_return std::move(*parsed.value);
}

std::string Client::failure_text(const world::NetError& error, const world::Call& call) const {
  const std::string dialled =
      error.detail.empty() ? call.host + ":" + std::to_string(call.port) : error.detail;
  switch (error.fault) {
    case world::NetFault::name_not_found:
      return "dial tcp: lookup " + call.host + " on " + name_server(session_) + ": no such host";
    case world::NetFault::refused:
      return "dial tcp " + dialled + ": connect: connection refused";
    case world::NetFault::unreachable:
      return "dial tcp " + dialled + ": connect: no route to host";
    case world::NetFault::timed_out:
      if (error.connected || timeout_ <= call.connect_timeout) return "context deadline exceeded";
      return "dial tcp " + dialled + ": i/o timeout";
    case world::NetFault::reset:
      return "EOF";
    case world::NetFault::tls_not_tls:
    case world::NetFault::tls_untrusted:
    case world::NetFault::tls_name_mismatch:
    case world::NetFault::tls_expired:
      return go_tls_problem(error, call.tls.server_name.empty() ? call.host : call.tls.server_name,
                            session_.context().scheduler().now());
  }
  return "unknown network fault";
}

}  // namespace squall::vault::cli
