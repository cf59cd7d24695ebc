// -output-curl-string and -output-policy: the request as a curl command, or the policy that it needs, instead
// of the request itself (api/output_string.go, api/output_policy.go).
#include <algorithm>
#include <array>

#include "harness/vault/cli/client.hpp"
#include "harness/vault/cli/table.hpp"

namespace squall::vault::cli {

namespace {

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

}  // namespace

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
  return out + url_of(call);
}

void Client::show_instead(const ApiRequest& request, const world::Call& call) const {
  if (request.preparing) return;
  if (session_.flags().on("output-curl-string")) throw RequestShown{curl_command(call)};
  if (session_.flags().on("output-policy")) throw RequestShown{sample_policy(request)};
}

}  // namespace squall::vault::cli
