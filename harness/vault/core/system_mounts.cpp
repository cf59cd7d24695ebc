// sys/mounts, sys/auth and sys/internal/ui/mounts.
#include "harness/vault/core/core.hpp"
#include "harness/vault/core/system_backend.hpp"
#include "harness/vault/logical/fields.hpp"
#include "harness/vault/logical/token_backend.hpp"

namespace squall::vault {
namespace {

void read_config(const Json& config, MountEntry& entry) {
  refuse_fields(config, {"plugin_name", "audit_non_hmac_request_keys", "audit_non_hmac_response_keys",
                         "listing_visibility", "passthrough_request_headers", "allowed_response_headers",
                         "allowed_managed_keys", "user_lockout_config"});
  entry.default_lease_ttl_s = seconds_field(config, "default_lease_ttl").value_or(entry.default_lease_ttl_s);
  entry.max_lease_ttl_s = seconds_field(config, "max_lease_ttl").value_or(entry.max_lease_ttl_s);
  entry.force_no_cache = boolean_field(config, "force_no_cache").value_or(entry.force_no_cache);
}

void add_visible(const MountTable& table, const Acl& acl, Json& list) {
  for (const MountEntry& entry : table.entries())
    if (acl.any_below((table.auth() ? "auth/" : "") + entry.path))
      list[entry.path] = entry.description_json(table.auth());
}

}  // namespace

world::Task<Answer> SystemBackend::handle_mounts(Request request, std::string path, bool auth) {
  MountTable& table = auth ? core_.auth_mounts() : core_.mounts();
  Answer answer;
  if (path.empty()) {
    if (request.operation != Operation::read) throw unsupported_operation();
    answer.data = table.list_json();
    co_return answer;
  }
  if (path.ends_with("/tune"))
    co_return co_await tune(std::move(request), with_slash(path.substr(0, path.size() - 5)), auth);
  path = with_slash(path);
  switch (request.operation) {
    case Operation::read: {
      const MountEntry* entry = table.find(path);
      if (entry == nullptr)
        throw LogicalError(400, auth ? "No auth engine at " + path : "No secret engine mount at " + path);
      answer.data = entry->description_json(auth);
      co_return answer;
    }
    case Operation::create:
    case Operation::update:
      co_return co_await enable(std::move(request), path, auth);
    case Operation::remove:
      co_await core_.unmount(path, auth);
      co_return answer;
    default:
      throw unsupported_operation();
  }
}

world::Task<Answer> SystemBackend::enable(Request request, std::string path, bool auth) {
  const Json& data = request.data;
  refuse_fields(data, {"plugin_name", "plugin_version", "seal_wrap", "external_entropy_access"});
  MountEntry entry;
  entry.path = path;
  entry.type = text_field(data, "type").value_or("");
  if (entry.type.empty()) throw LogicalError(400, "backend type must be specified as a string");
  entry.description = text_field(data, "description").value_or("");
  entry.local = boolean_field(data, "local").value_or(false);
  if (const auto config = data.find("config"); config != data.end() && config->is_object())
    read_config(*config, entry);
  if (const auto options = data.find("options"); options != data.end() && options->is_object()) {
    entry.options = Json::object();
    for (const auto& [name, value] : options->items())
      entry.options[name] = value.is_string() ? value : Json(value.dump());
  }
  if (!auth && (entry.type == "kv-v1" || entry.type == "kv-v2")) {
    if (entry.options.is_null()) entry.options = Json::object();
    entry.options["version"] = entry.type.substr(4);
    entry.type = "kv";
  }
  co_await core_.mount(std::move(entry), auth);
  co_return Answer{};
}

world::Task<Answer> SystemBackend::tune(Request request, std::string path, bool auth) {
  MountTable& table = auth ? core_.auth_mounts() : core_.mounts();
  const MountEntry* found = table.find(path);
  if (found == nullptr) throw LogicalError(400, "cannot fetch sysview for path \"" + path + "\"");
  Answer answer;
  if (request.operation == Operation::read) {
    auto ttl = [](std::int64_t own, std::int64_t general) { return own != 0 ? own : general; };
    answer.data = {{"default_lease_ttl", ttl(found->default_lease_ttl_s, default_lease_ttl_s)},
                   {"description", found->description},
                   {"force_no_cache", found->force_no_cache},
                   {"max_lease_ttl", ttl(found->max_lease_ttl_s, max_lease_ttl_s)}};
    if (!found->options.is_null()) answer.data["options"] = found->options;
    if (auth) answer.data["token_type"] = "default-service";
    co_return answer;
  }
  if (!request.writes()) throw unsupported_operation();
  MountEntry changed = *found;
  read_config(request.data, changed);
  refuse_fields(request.data, {"token_type", "plugin_version"});
  changed.description = text_field(request.data, "description").value_or(changed.description);
  if (const auto options = request.data.find("options");
      options != request.data.end() && options->is_object()) {
    const std::string version = options->value("version", "");
    const bool is_two = changed.options.is_object() && changed.options.value("version", "1") == "2";
    if (is_two && version == "1") throw LogicalError(400, "cannot downgrade mount from version 2");
    if (!is_two && version == "2")
      throw LogicalError(400,
                         "the Squall stand-in does not upgrade a kv mount to version 2; mount a new one");
  }
  co_await table.replace(changed);
  if (changed.type == "kv") core_.remount_backend(changed, auth);
  co_return answer;
}

// What `vault kv` asks first: the mount of a path, if the token may do anything there.
world::Task<Answer> SystemBackend::visible_mounts(Request request, std::string path) {
  if (request.operation != Operation::read) throw unsupported_operation();
  const std::optional<TokenEntry> token = co_await core_.tokens().find(request.client_token);
  Answer answer;
  if (path.empty()) {
    answer.data = {{"auth", Json::object()}, {"secret", Json::object()}};
    if (!token) co_return answer;
    const Acl acl = core_.policies().acl(token->policies);
    add_visible(core_.mounts(), acl, answer.data["secret"]);
    add_visible(core_.auth_mounts(), acl, answer.data["auth"]);
    co_return answer;
  }
  if (!token) throw LogicalError(403, "permission denied");
  path = with_slash(path);
  const Acl acl = core_.policies().acl(token->policies);
  const Core::Route route = core_.route(path);
  const bool auth = route.prefix.starts_with("auth/");
  const MountEntry* entry =
      auth ? core_.auth_mounts().find(route.prefix.substr(5)) : core_.mounts().find(route.prefix);
  if (entry == nullptr || !acl.any_below(route.prefix))
    throw LogicalError(
        403,
        "preflight capability check returned 403, please ensure client's policies grant access to "
        "path \"" +
            path + "\"");
  answer.data = entry->description_json(auth);
  answer.data["path"] = route.prefix;
  co_return answer;
}

}  // namespace squall::vault
