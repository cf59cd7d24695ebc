#include "harness/vault/cli/client.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "emulator/world/await.hpp"
#include "harness/vault/cli/address.hpp"
#include "harness/vault/cli/table.hpp"
#include "harness/vault/go/tls_problem.hpp"

namespace squall::vault::cli {

namespace {

// What the real client would obey and this one does not: refused, so that nobody believes it was heeded.
constexpr const char* kRefusedVariables[] = {"VAULT_HTTP_PROXY", "VAULT_PROXY_ADDR", "VAULT_RATE_LIMIT",
                                             "VAULT_SRV_LOOKUP", "VAULT_CAPATH"};
constexpr const char* kRefusedFlags[] = {"unlock-key", "ca-path"};

std::string verb(const std::string& method) {
  return method.substr(0, 1) + lower_case(method.substr(1));  // Go writes Get, Put, Post
}

std::string url_of(const world::Call& call, const std::string& authority) {
  return call.scheme + "://" + authority + call.request.target;
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

std::string loaded_pem(Session& session, const std::string& path, int exit_status) {
  const auto pem = session.context().disk().read(session.context().resolve(path));
  const std::string context = std::string(session.flags().has("ca-cert") ? "failed to setup TLS config"
                                                                         : "failed to read environment") +
                              ": Error loading CA File: ";
  if (!pem) throw Failure(exit_status, context + "open " + path + ": no such file or directory");
  if (pem->find("-----BEGIN CERTIFICATE-----") == std::string::npos) {
    throw Failure(exit_status, context + "Couldn't parse PEM in: " + path);
  }
  return *pem;
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

bool printable_token(const std::string& token) {
  return std::all_of(token.begin(), token.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// The paths that need sudo, as the client knows them (api/plugin_helpers.go); a '*' is anything but nothing.
bool is_sudo_path(const std::string& path) {
  constexpr std::array<std::string_view, 19> paths = {"auth/token/accessors",
                                                      "auth/token/accessors/",
                                                      "sys/audit",
                                                      "sys/audit/*",
                                                      "sys/auth/*",
                                                      "sys/config/auditing/request-headers",
                                                      "sys/config/auditing/request-headers/*",
                                                      "sys/config/cors",
                                                      "sys/config/ui/headers",
                                                      "sys/config/ui/headers/*",
                                                      "sys/leases",
                                                      "sys/leases/lookup",
                                                      "sys/leases/lookup/*",
                                                      "sys/leases/revoke-force/*",
                                                      "sys/leases/revoke-prefix/*",
                                                      "sys/raw",
                                                      "sys/raw/*",
                                                      "sys/remount",
                                                      "sys/rotate"};
  return std::any_of(paths.begin(), paths.end(), [&](std::string_view known) {
    if (!known.ends_with('*')) return path == known;
    known.remove_suffix(1);
    return path.starts_with(known) && path.size() > known.size();
  });
}

// As api.OutputPolicyError builds it.
std::string sample_policy(const ApiRequest& request) {
  const bool lists = std::find(request.query.begin(), request.query.end(),
                               std::pair<std::string, std::string>("list", "true")) != request.query.end();
  std::string capabilities = "read";
  if (request.method == "PUT" || request.method == "POST") capabilities = R"(create", "update)";
  if (request.method == "PATCH") capabilities = "patch";
  if (request.method == "DELETE") capabilities = "delete";
  if (lists) capabilities = "list";
  if (is_sudo_path(request.path)) capabilities += R"(", "sudo)";
  return "path \"" + request.path + "\" {\n  capabilities = [\"" + capabilities + "\"]\n}";
}

bool is_redirect(int status) { return status == 301 || status == 302 || status == 307; }

}  // namespace

std::string token_file(Session& session) {
  const std::string home = session.context().env("HOME", "/");
  return (home.ends_with('/') ? home : home + "/") + ".vault-token";
}

Client::Client(Session& session, int exit_status) : session_(session) {
  program::Context& context = session.context();
  for (const char* name : kRefusedVariables) {
    if (!context.env(name).empty())
      throw Failure(1, std::string(name) + " is not served by the Squall stand-in");
  }
  for (const char* name : kRefusedFlags) {
    if (session.flags().has(name))
      throw Failure(1, std::string("-") + name + " is not served by the Squall stand-in");
  }
  read_trust(exit_status);
  read_client_options(exit_status);
  read_headers(exit_status);

  address_ = context.env("VAULT_ADDR", "https://127.0.0.1:8200");
  if (address_.empty()) address_ = "https://127.0.0.1:8200";
  if (const std::string given = session.flags().text("address"); !given.empty()) address_ = given;
  const std::string agent = session.flags().text("agent-address", context.env("VAULT_AGENT_ADDR"));
  const Address parsed = parse_address(agent.empty() ? address_ : agent);
  if (!parsed.error.empty()) throw Failure(exit_status, "failed to create client: " + parsed.error);
  scheme_ = parsed.scheme;
  host_ = parsed.host;
  authority_ = parsed.authority;
  base_path_ = parsed.path;
  port_ = parsed.port;

  wrap_ttl_ = context.env("VAULT_WRAP_TTL");
  if (const auto ttl = session.flags().duration("wrap-ttl"); ttl && *ttl != Duration(0))
    wrap_ttl_ = base::go_duration(*ttl);
  token_ = context.env("VAULT_TOKEN");
  if (token_.empty()) token_ = trimmed(context.disk().read(token_file(session)).value_or(""));
}

// What the user adds to every request (command/base.go).
void Client::read_headers(int exit_status) {
  const Flags& flags = session_.flags();
  std::string name_space = session_.context().env("VAULT_NAMESPACE");
  if (flags.has("ns")) name_space = flags.text("ns");
  if (flags.has("namespace")) name_space = flags.text("namespace");
  while (name_space.starts_with('/')) name_space.erase(0, 1);
  if (!name_space.empty() && !name_space.ends_with('/')) name_space += '/';
  if (!name_space.empty() && name_space != "root/")
    extra_headers_.emplace_back("X-Vault-Namespace", name_space);
  std::vector<std::string> methods = flags.list("mfa");
  if (methods.empty() && !session_.context().env("VAULT_MFA").empty())
    methods = {session_.context().env("VAULT_MFA")};
  for (const std::string& method : methods) extra_headers_.emplace_back("X-Vault-MFA", method);
  if (flags.on("policy-override")) extra_headers_.emplace_back("X-Vault-Policy-Override", "true");
  for (const auto& [name, value] : flags.map("header")) {
    if (lower_case(name).starts_with("x-vault-"))
      throw Failure(exit_status, "failed to setup Headers[" + name +
                                     "]: Header starting by 'X-Vault-' are for internal usage only");
    extra_headers_.emplace_back(name, value);
  }
}

void Client::read_trust(int exit_status) {
  program::Context& context = session_.context();
  const Flags& flags = session_.flags();
  const std::string skip = context.env("VAULT_SKIP_VERIFY");
  if (!skip.empty()) {
    const auto parsed = parse_go_bool(skip);
    if (!parsed) throw Failure(exit_status, "failed to read environment: could not parse VAULT_SKIP_VERIFY");
    trust_.skip_verify = *parsed;
  }
  trust_.skip_verify = flags.on("tls-skip-verify", trust_.skip_verify);
  const std::string ca = flags.text("ca-cert", context.env("VAULT_CACERT"));
  if (!ca.empty()) trust_.ca_pem = loaded_pem(session_, ca, exit_status);
  trust_.alternative_names_only = true;
  trust_.server_name = flags.text("tls-server-name", context.env("VAULT_TLS_SERVER_NAME"));

  const std::string certificate = flags.text("client-cert", context.env("VAULT_CLIENT_CERT"));
  const std::string key = flags.text("client-key", context.env("VAULT_CLIENT_KEY"));
  if (certificate.empty() != key.empty()) {
    throw Failure(exit_status,
                  "failed to read environment: both client cert and client key must be provided");
  }
  if (certificate.empty()) return;
  for (const std::string& path : {certificate, key}) {
    const auto pem = context.disk().read(context.resolve(path));
    if (!pem)
      throw Failure(exit_status, "failed to read environment: open " + path + ": no such file or directory");
    (path == certificate ? trust_.client_certificate_pem : trust_.client_key_pem) = *pem;
  }
}

void Client::read_client_options(int exit_status) {
  program::Context& context = session_.context();
  const std::string timeout = context.env("VAULT_CLIENT_TIMEOUT");
  if (!timeout.empty()) {
    const auto parsed = parse_seconds_or_duration(timeout);
    if (!parsed) {
      throw Failure(exit_status, "failed to read environment: could not parse \"VAULT_CLIENT_TIMEOUT\"");
    }
    timeout_ = *parsed;
  }
  const std::string retries = context.env("VAULT_MAX_RETRIES");
  if (!retries.empty()) {
    const auto parsed = parse_go_integer(retries);
    if (!parsed || *parsed < 0 || *parsed > 1000) {
      throw Failure(exit_status, "failed to read environment: strconv.ParseUint: parsing " + quoted(retries) +
                                     ": invalid syntax");
    }
    retries_ = static_cast<int>(*parsed);
  }
}

world::Call Client::call_for(const ApiRequest& request) const {
  world::Call call;
  call.scheme = scheme_;
  call.host = host_;
  call.port = port_;
  call.tls = trust_;
  call.total_timeout = timeout_;
  call.request.method = request.method;
  call.request.target =
      escaped_path(joined_path({base_path_.empty() ? "/" : base_path_, "v1", request.path}));
  if (request.path.ends_with('/')) call.request.target += '/';
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    call.request.target += separator + escaped_query(name) + "=" + escaped_query(value);
    separator = '&';
  }
  call.request.headers.add("Host", authority_);
  call.request.headers.add("User-Agent", "Go-http-client/1.1");
  call.request.headers.add("X-Vault-Request", "true");
  if (request.with_token && !token_.empty()) call.request.headers.add("X-Vault-Token", token_);
  if (request.may_wrap && !wrap_ttl_.empty()) {
    call.request.headers.add("X-Vault-Wrap-TTL", wrap_ttl_);
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

// As api.OutputStringError builds it; the original's headers come in no order of their own.
std::string Client::curl_command(const world::Call& call) const {
  const auto single_quoted = [](const std::string& text) {
    std::string out;
    for (const char c : text) out += c == '\'' ? "'\"'\"'" : std::string(1, c);
    return "'" + out + "' ";
  };
  const Flags& flags = session_.flags();
  const program::Context& context = session_.context();
  std::string out = "curl ";
  if (trust_.skip_verify) out += "--insecure ";
  if (call.request.method != "GET") out += "-X " + call.request.method + " ";
  const std::string ca = flags.text("ca-cert", context.env("VAULT_CACERT"));
  const std::string certificate = flags.text("client-cert", context.env("VAULT_CLIENT_CERT"));
  const std::string key = flags.text("client-key", context.env("VAULT_CLIENT_KEY"));
  if (!ca.empty()) out += "--cacert " + single_quoted(ca);
  if (!certificate.empty()) out += "--cert " + single_quoted(certificate);
  if (!key.empty()) out += "--key " + single_quoted(key);
  for (const auto& [name, value] : call.request.headers.fields()) {
    if (name == "Host" || name == "User-Agent") continue;  // curl has its own
    out += "-H \"" + name + ": " + (name == "X-Vault-Token" ? "$(vault print token)" : value) + "\" ";
  }
  if (!call.request.body.empty()) out += "-d " + single_quoted(trimmed(call.request.body));
  return out + url_of(call, authority_);
}

void Client::show_instead(const ApiRequest& request, const world::Call& call) const {
  if (request.preparing) return;
  if (session_.flags().on("output-curl-string")) throw RequestShown{curl_command(call)};
  if (session_.flags().on("output-policy")) throw RequestShown{sample_policy(request)};
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
  std::string authority = authority_;
  for (int redirects = 0;; ++redirects) {
    const world::Reply reply = co_await attempt(call);
    if (const auto* error = std::get_if<world::NetError>(&reply)) {
      throw Failure(request.exit_status, request.failure + verb(request.method) + " " +
                                             quoted(url_of(call, authority)) + ": " +
                                             failure_text(*error, call));
    }
    const http::Response& response = std::get<http::Response>(reply);
    const std::string location(response.headers.get("Location"));
    if (is_redirect(response.status) && redirects == 0 && !location.empty()) {
      // One redirect, as the real client: a standby names the active node.
      const Address target = parse_address(location);
      if (!target.error.empty()) throw Failure(request.exit_status, request.failure + target.error);
      if (call.scheme == "https" && target.scheme != "https") {
        throw Failure(request.exit_status, request.failure + "redirect would cause protocol downgrade");
      }
      call.scheme = target.scheme;
      call.host = target.host;
      call.port = target.port;
      call.request.target = target.path.empty() ? "/" : target.path;
      call.request.headers.set("Host", target.authority);
      authority = target.authority;
      continue;
    }
    ApiAnswer answer{response.status, response.body, {}};
    if (!answer.ok()) answer.error = error_text(request.method, url_of(call, authority), response);
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
