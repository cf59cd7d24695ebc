// sys/mounts/<path>/tune and sys/auth/<path>/tune (vault/logical_system.go, handleTuneReadCommon and
// handleTuneWriteCommon).
#include "harness/vault/core/core.hpp"
#include "harness/vault/core/system_backend.hpp"
#include "harness/vault/logical/fields.hpp"

namespace squall::vault {
namespace {

void tune_ttls(const Json& data, MountEntry& entry) {
  const auto given = [&data](const char* name, std::int64_t old_s) {
    if (text_field(data, name).value_or("") == "system") return std::int64_t{0};
    return late_seconds_field(data, name).value_or(old_s);
  };
  const std::int64_t default_s = given("default_lease_ttl", entry.default_lease_ttl_s);
  const std::int64_t max_s = given("max_lease_ttl", entry.max_lease_ttl_s);
  const bool changed = default_s != entry.default_lease_ttl_s || max_s != entry.max_lease_ttl_s;
  if (changed && default_s != 0 && max_s != 0 && max_s < default_s)
    throw LogicalError(400, "backend max lease TTL of " + std::to_string(max_s) +
                                " would be less than backend default lease TTL of " +
                                std::to_string(default_s));
  entry.default_lease_ttl_s = default_s;
  entry.max_lease_ttl_s = max_s;
}

// The version that a mount has or is to have; it has 0 where nothing says.
std::int64_t version_of(const Json& options) {
  const std::string text = options.is_object() ? options.value("version", "") : "";
  const std::optional<std::int64_t> version = text.empty() ? 0 : parse_integer(text);
  if (!version)
    throw LogicalError(400,
                       "unable to parse options: strconv.ParseInt: parsing \"" + text + "\": invalid syntax");
  return *version;
}

// Whether a kv mount is to become one of version 2.
bool tune_options(const Json& options, MountEntry& entry, std::vector<std::string>& warnings) {
  bool upgraded = false;
  if (options.contains("version")) {
    const std::int64_t old_version = version_of(entry.options), version = version_of(options);
    if (version != 1 && version != 2)
      throw LogicalError(400, "invalid version provided: " + std::to_string(version));
    if (old_version > version)
      throw LogicalError(400, "cannot downgrade mount from version " + std::to_string(old_version));
    upgraded = old_version < version;
    if (upgraded)
      warnings.push_back(
          "Upgrading mount from version " + std::to_string(old_version) + " to version " +
          std::to_string(version) +
          ". This mount will be unavailable for a brief period and will resume service shortly.");
  }
  if (entry.options.is_null()) entry.options = Json::object();
  for (const auto& [name, value] : options.items()) {
    if (value == "" && name != "version") {
      entry.options.erase(name);
    } else {
      entry.options[name] = value;
    }
  }
  return upgraded;
}

Json tune_description(const MountEntry& entry, const LeaseTtls& leases, bool auth) {
  Json json = entry.lists;
  json["default_lease_ttl"] = leases.default_s;
  json["description"] = entry.description;
  json["force_no_cache"] = entry.force_no_cache;
  json["max_lease_ttl"] = leases.max_s;
  if (!entry.listing_visibility.empty()) json["listing_visibility"] = entry.listing_visibility;
  if (!entry.options.empty()) json["options"] = entry.options;
  if (auth) json["token_type"] = entry.token_type;
  for (const auto& [name, value] : entry.user_lockout.items()) json["user_lockout_" + name] = value;
  return json;
}

}  // namespace

world::Task<Answer> SystemBackend::tune(Request request, std::string path, bool auth) {
  MountTable& table = auth ? core_.auth_mounts() : core_.mounts();
  const std::string route = (auth ? "auth/" : "") + path;
  const MountEntry* found = table.find(path);
  Answer answer;
  if (request.operation == Operation::read) {
    if (found == nullptr) throw LogicalError(400, "cannot fetch sysview for path \"" + route + "\"");
    answer.data = tune_description(*found, core_.leases_of(*found), auth);
    co_return answer;
  }
  if (!request.writes()) throw unsupported_operation();
  for (const char* fixed : {"cubbyhole/", "sys/", "audit/", "identity/"})
    if (!auth && path.starts_with(fixed)) throw LogicalError(400, "cannot tune \"" + path + "\"");
  if (found == nullptr)
    throw LogicalError(400, "tune of path \"" + route + "\" failed: no mount entry found");
  const Json& data = request.data;
  refuse_fields(data, {"plugin_version"});
  MountEntry changed = *found;
  tune_ttls(data, changed);
  changed.description = text_field(data, "description").value_or(changed.description);
  if (const auto visibility = text_field(data, "listing_visibility"))
    changed.set_listing_visibility(*visibility);
  if (const auto type = text_field(data, "token_type")) {
    if (!auth) throw LogicalError(400, "'token_type' can only be modified on auth mounts");
    if (changed.type == "token")
      throw LogicalError(400, "'token_type' cannot be set for 'token' or 'ns_token' auth mounts");
    changed.set_token_type(*type);
  }
  if (const auto lockout = map_field(data, "user_lockout_config"); lockout && !lockout->empty())
    tune_lockout(*lockout, changed);
  for (const char* name : MountEntry::list_names)
    if (const auto list = list_field(data, name)) changed.lists[name] = *list;
  const Json options = pairs_field(data, "options").value_or(Json::object());
  const bool upgraded = !options.empty() && tune_options(options, changed, answer.warnings);
  co_await table.replace(changed);
  if (upgraded && changed.type == "kv") co_await core_.upgrade_kv(changed);
  if (changed.type == "kv" || auth) core_.remount_backend(changed, auth);
  co_return answer;
}

}  // namespace squall::vault
