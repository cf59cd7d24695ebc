// sys/mounts, sys/auth and sys/internal/ui/mounts.
#include "harness/vault/core/core.hpp"
#include "harness/vault/core/system_backend.hpp"
#include "harness/vault/logical/fields.hpp"
#include "harness/vault/logical/token_backend.hpp"

namespace squall::vault {
namespace {

// Of the "config" of a new mount: durations are texts there, and "system" is none.
std::int64_t config_ttl(const Json& config, const char* name, const char* what) {
  const std::string text = text_field(config, name).value_or("");
  if (text.empty() || text == "system") return 0;
  const std::string problem = field_problem(text, FieldType::signed_seconds);
  if (!problem.empty())
    throw LogicalError(400, std::string("unable to parse ") + what + " TTL of " + text + ": " + problem);
  return parse_seconds(text).value_or(0);
}

void read_config(const Json& config, const LeaseTtls& leases, bool auth, MountEntry& entry) {
  refuse_fields(config, {"plugin_version", "user_lockout_config"});
  const auto no_cache = config.find("force_no_cache");
  const auto default_ttl = config.find("default_lease_ttl"), max_ttl = config.find("max_lease_ttl");
  const auto wrong = [&](auto member, bool right) {
    return member != config.end() && !member->is_null() && !right;
  };
  if (wrong(no_cache, no_cache != config.end() && no_cache->is_boolean()) ||
      wrong(default_ttl,
            default_ttl != config.end() && (default_ttl->is_string() || default_ttl->is_number())) ||
      wrong(max_ttl, max_ttl != config.end() && (max_ttl->is_string() || max_ttl->is_number())))
    throw LogicalError(400, auth ? "unable to convert given auth config information"
                                 : "unable to convert given mount config information");
  entry.default_lease_ttl_s = config_ttl(config, "default_lease_ttl", "default");
  entry.max_lease_ttl_s = config_ttl(config, "max_lease_ttl", "max");
  if (entry.max_lease_ttl_s != 0 && entry.default_lease_ttl_s > entry.max_lease_ttl_s)
    throw LogicalError(400, "given default lease TTL greater than given max lease TTL");
  if (entry.max_lease_ttl_s == 0 && entry.default_lease_ttl_s > leases.max_s)
    throw LogicalError(
        400, "given default lease TTL greater than system max lease TTL of " + std::to_string(leases.max_s));
  entry.force_no_cache = boolean_field(config, "force_no_cache").value_or(false);
  if (auth) entry.set_token_type(text_field(config, "token_type").value_or(""));
  entry.set_listing_visibility(text_field(config, "listing_visibility").value_or(""));
  for (const char* name : MountEntry::list_names)
    if (const auto list = list_field(config, name); list && !list->empty()) entry.lists[name] = *list;
}

// The type "plugin" names the real one beside it.
std::string mount_type(const Json& data, const Json& config) {
  std::string type = text_field(data, "type").value_or("");
  if (type.empty()) throw LogicalError(400, "backend type must be specified as a string");
  if (type != "plugin") return type;
  type = text_field(config, "plugin_name").value_or("");
  if (type.empty()) type = text_field(data, "plugin_name").value_or("");
  if (type.empty()) throw LogicalError(400, "plugin_name must be provided for plugin backend");
  return type;
}

void read_options(const std::optional<Json>& options, bool auth, MountEntry& entry) {
  if (options) entry.options = *options;
  if (!auth && (entry.type == "kv-v1" || entry.type == "kv-v2")) {
    if (entry.options.is_null()) entry.options = Json::object();
    entry.options["version"] = entry.type.substr(4);
    entry.type = "kv";
  }
  const bool versioned = entry.options.is_object() && entry.options.value("version", "") != "";
  if (versioned && (auth || entry.type != "kv"))
    throw LogicalError(400, std::string(auth ? "auth method" : "secrets engine") + " \"" + entry.type +
                                "\" does not allow setting a version");
}

std::string sanitized(std::string path) {
  if (path.starts_with('/')) path.erase(0, 1);
  return with_slash(path);
}

// `known`: who asks has a token.
void add_visible(const MountTable& table, const Acl& acl, bool known, Json& list) {
  const auto description = [known](const MountEntry& entry, bool auth) {
    if (known) return entry.description_json(auth);
    return Json{{"type", entry.type}, {"description", entry.description}, {"options", entry.options}};
  };

  for (const MountEntry& entry : table.entries())
    if (entry.listing_visibility == "unauth" || acl.any_below((table.auth() ? "auth/" : "") + entry.path))
      list[entry.path] = description(entry, table.auth());
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
  if (path.ends_with("/tune") && path.size() > 5) {
    std::string tuned = sanitized(path.substr(0, path.size() - 5));
    const bool of_auth = !auth && tuned.starts_with("auth/");  // what `vault auth tune` asks for
    if (of_auth) tuned.erase(0, 5);
    co_return co_await tune(std::move(request), std::move(tuned), auth || of_auth);
  }
  path = sanitized(path);
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
  refuse_fields(data, {"plugin_version", "external_entropy_access"});
  const Json config = map_field(data, "config").value_or(Json::object());
  MountEntry entry;
  entry.path = path;
  entry.description = text_field(data, "description").value_or("");
  entry.local = boolean_field(data, "local").value_or(false);
  entry.seal_wrap = boolean_field(data, "seal_wrap").value_or(false);
  read_config(config, core_.config().leases, auth, entry);
  entry.type = mount_type(data, config);
  read_options(pairs_field(data, "options"), auth, entry);
  co_await core_.mount(std::move(entry), auth);
  co_return Answer{};
}

// What `vault kv` asks first: the mount of a path, if the token may do anything there.
world::Task<Answer> SystemBackend::visible_mounts(Request request, std::string path) {
  if (request.operation != Operation::read) throw unsupported_operation();
  const std::optional<TokenEntry> token = co_await core_.tokens().find(request.client_token);
  Answer answer;
  if (path.empty()) {
    answer.data = {{"auth", Json::object()}, {"secret", Json::object()}};
    if (!token && !request.client_token.empty()) throw one_error(403, "permission denied");
    const Acl acl = token ? core_.policies().acl(token->policies) : Acl({}, false);
    add_visible(core_.mounts(), acl, token.has_value(), answer.data["secret"]);
    add_visible(core_.auth_mounts(), acl, token.has_value(), answer.data["auth"]);
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
