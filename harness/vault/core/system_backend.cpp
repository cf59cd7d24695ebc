#include "harness/vault/core/system_backend.hpp"

#include "emulator/base/ascii.hpp"
#include "harness/vault/core/core.hpp"
#include "harness/vault/logical/fields.hpp"

namespace squall::vault {
namespace {

// "mounts/secret" of "mounts": "secret"; nothing when the path is not below it.
std::optional<std::string> below(const std::string& path, const std::string& area) {
  if (path == area) return "";
  if (path.starts_with(area + "/") && path.size() > area.size() + 1) return path.substr(area.size() + 1);
  return std::nullopt;
}

}  // namespace

bool SystemBackend::unauthenticated(const Request& request) const {
  const std::string path = request.relative();
  return path == "replication/status" || path == "wrapping/lookup" ||
         below(path, "internal/ui/mounts").has_value();
}

bool SystemBackend::needs_sudo(const Request& request) const {
  const std::string path = request.relative();
  return path == "rotate" || path.starts_with("audit") || path.starts_with("auth/") || path == "raw" ||
         path.starts_with("raw/") || path.starts_with("remount");
}

world::Task<Answer> SystemBackend::handle(Request request) {
  const std::string path = request.relative();
  if (const auto rest = below(path, "mounts"))
    co_return co_await handle_mounts(std::move(request), *rest, false);
  if (const auto rest = below(path, "auth"))
    co_return co_await handle_mounts(std::move(request), *rest, true);
  if (const auto rest = below(path, "internal/ui/mounts"))
    co_return co_await visible_mounts(std::move(request), *rest);
  const bool legacy = path == "policy" || path.starts_with("policy/");
  const std::string policies = legacy ? "policy" : "policies/acl";
  if (path == policies + "/" && request.operation == Operation::list)
    co_return co_await handle_policies(std::move(request), "", legacy);
  if (const auto rest = below(path, policies))
    co_return co_await handle_policies(std::move(request), *rest, legacy);
  if (path == "capabilities-self" || path == "capabilities" || path == "capabilities-accessor") {
    if (!request.writes()) throw unsupported_operation();
    co_return co_await capabilities(std::move(request), path);
  }
  if (path == "version-history" || path == "version-history/")
    co_return co_await version_history(std::move(request));
  Answer answer;
  if (path == "rotate") {
    if (!request.writes()) throw unsupported_operation();
    co_await core_.barrier().rotate();
    const std::string module = "system_" + core_.mounts().find("sys/")->accessor.substr(7);
    core_.world().log.named("secrets.system." + module).info("installed new encryption key");
    co_return answer;
  }
  const bool reads = request.operation == Operation::read;
  if (path == "ha-status" || path == "key-status" || path == "replication/status") {
    if (!reads) throw unsupported_operation();
    if (path == "ha-status") co_return ha_status();
    if (path == "key-status") co_return key_status();
    answer.data = {{"mode", "disabled"}};
    co_return answer;
  }
  if (const auto rest = below(path, "audit")) co_return co_await handle_audit(std::move(request), *rest);
  if (const auto rest = below(path, "audit-hash")) co_return audit_hash(request, *rest);
  if (path.starts_with("wrapping/")) {
    std::string operation = path.substr(9);
    if (operation != "wrap" && operation != "unwrap" && operation != "lookup" && operation != "rewrap")
      throw unsupported_path();
    co_return co_await core_.wrapping().handle(std::move(request), std::move(operation));
  }
  if (const auto rest = raw_path(request)) co_return co_await handle_raw(std::move(request), *rest);
  if (path == "remount") co_return co_await remount(std::move(request));
  if (path.starts_with("remount/status/")) co_return remount_status(request, path.substr(15));
  if (const auto rest = below(path, "locked-users"))
    co_return co_await locked_users(std::move(request), *rest);
  if (path == "license/status") throw LogicalError(404, "enterprise-only feature");
  throw unsupported_path();
}

world::Task<Answer> SystemBackend::handle_policies(Request request, std::string name, bool legacy) {
  Answer answer;
  PolicyStore& policies = core_.policies();
  if (name.empty()) {
    const bool lists =
        request.operation == Operation::list || (legacy && request.operation == Operation::read);
    if (!lists) throw unsupported_operation();
    answer.data = {{"keys", policies.names()}};
    if (legacy) answer.data["policies"] = policies.names();
    co_return answer;
  }
  name = base::ascii_lower(name);
  if (request.operation == Operation::read) {
    const Policy* policy = policies.find(name);
    if (policy == nullptr && name != "root") throw LogicalError(404, "");
    answer.data = {{"name", name}, {legacy ? "rules" : "policy", policy == nullptr ? "" : policy->text}};
    co_return answer;
  }
  if (request.operation == Operation::remove) {
    co_await policies.remove(name);
    co_return answer;
  }
  if (!request.writes()) throw unsupported_operation();
  std::string text = text_field(request.data, "policy").value_or("");
  if (text.empty() && legacy) text = text_field(request.data, "rules").value_or("");
  if (text.empty()) throw LogicalError(400, "'policy' parameter not supplied or empty");
  co_await policies.put(name, text);
  co_return answer;
}

world::Task<Answer> SystemBackend::capabilities(Request request, std::string path_of_request) {
  std::vector<std::string> paths = list_field(request.data, "paths").value_or(std::vector<std::string>{});
  if (paths.empty()) paths = list_field(request.data, "path").value_or(std::vector<std::string>{});
  if (paths.empty()) throw LogicalError(400, "paths must be supplied");
  std::optional<TokenEntry> token;
  if (path_of_request == "capabilities-accessor") {
    const std::string accessor = text_field(request.data, "accessor").value_or("");
    if (accessor.empty()) throw one_error(400, "missing accessor");
    token = co_await core_.tokens().find_accessor(accessor);
    if (!token) throw one_error(400, "invalid accessor");
  } else {
    const bool self = path_of_request == "capabilities-self";
    const std::string id = self ? request.client_token : text_field(request.data, "token").value_or("");
    token = co_await core_.tokens().find(id);
    if (!token) throw one_error(400, "invalid token");
  }
  const Acl acl = core_.policies().acl(token->policies);
  Answer answer;
  answer.data = Json::object();
  for (const std::string& path : paths)
    answer.data[path] = acl.root() ? std::vector<std::string>{"root"} : acl.on(path, Operation::read).names();
  if (paths.size() == 1) answer.data["capabilities"] = answer.data[paths[0]];
  co_return answer;
}

world::Task<Answer> SystemBackend::version_history(Request request) {
  if (request.operation != Operation::list) throw unsupported_operation();
  Answer answer;
  answer.data = {{"keys", Json::array()}, {"key_info", Json::object()}};
  const std::vector<std::string> versions = co_await core_.barrier().list("core/versions/");
  for (const std::string& version : versions) {
    const std::optional<std::string> stored = co_await core_.barrier().get("core/versions/" + version);
    if (!stored) continue;
    const Json entry = Json::parse(*stored);
    const std::string installed = entry.at("timestamp").get<std::string>().substr(0, 19) + "Z";
    answer.data["keys"].push_back(version);
    answer.data["key_info"][version] = {{"build_date", entry.at("build_date")},
                                        {"previous_version", nullptr},
                                        {"timestamp_installed", installed}};
  }
  co_return answer;
}

Answer SystemBackend::ha_status() const {
  const CoreConfig& config = core_.config();
  const nlohmann::ordered_json node = {{"hostname", config.hostname},
                                       {"api_address", config.api_address},
                                       {"cluster_address", config.cluster_address},
                                       {"active_node", true},
                                       {"last_echo", nullptr},
                                       {"version", vault_version}};
  Answer answer;
  answer.data_text = nlohmann::ordered_json{{"nodes", nlohmann::ordered_json::array({node})}}.dump();
  answer.data = Json::parse(answer.data_text);
  return answer;
}

Answer SystemBackend::key_status() const {
  const Keyring& ring = core_.barrier().keyring();
  const Keyring::Key& key = ring.keys.at(ring.active_term());
  Answer answer;
  answer.data = {{"term", ring.active_term()},
                 {"install_time", base::rfc3339_nano(key.installed)},
                 {"encryptions", key.encryptions}};
  return answer;
}

}  // namespace squall::vault
