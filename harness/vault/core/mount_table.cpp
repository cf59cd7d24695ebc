#include "harness/vault/core/mount_table.hpp"

#include <algorithm>

#include "harness/vault/logical/stored_record.hpp"

namespace squall::vault {

template <class Visit>
void each_member(MountEntry& entry, Visit&& visit) {
  visit("path", entry.path);
  visit("type", entry.type);
  visit("description", entry.description);
  visit("uuid", entry.uuid);
  visit("accessor", entry.accessor);
  visit("local", entry.local);
  visit("seal_wrap", entry.seal_wrap);
  visit("default_lease_ttl", entry.default_lease_ttl_s);
  visit("max_lease_ttl", entry.max_lease_ttl_s);
  visit("options", entry.options);
  visit("force_no_cache", entry.force_no_cache);
  visit("listing_visibility", entry.listing_visibility);
  visit("token_type", entry.token_type);
  visit("user_lockout", entry.user_lockout);
  visit("lists", entry.lists);
}

namespace {

std::vector<MountEntry> default_mounts() {
  MountEntry cubbyhole, system, identity;
  cubbyhole.path = "cubbyhole/";
  cubbyhole.type = "cubbyhole";
  cubbyhole.description = "per-token private secret storage";
  cubbyhole.local = true;
  system.path = "sys/";
  system.type = "system";
  system.description = "system endpoints used for control, policy and debugging";
  system.seal_wrap = true;
  identity.path = "identity/";
  identity.type = "identity";
  identity.description = "identity store";
  return {cubbyhole, system, identity};
}

}  // namespace

std::string with_slash(std::string path) {
  if (!path.ends_with('/')) path += '/';
  return path;
}

std::string MountEntry::running_version() const {
  return type == "kv" ? "v0.15.0+builtin" : "v1.14.9+builtin.vault";
}

void MountEntry::set_listing_visibility(const std::string& text) {
  if (text != "" && text != "hidden" && text != "unauth")
    throw LogicalError(400, "invalid listing_visibility " + text);
  listing_visibility = text;
}

void MountEntry::set_token_type(const std::string& text) {
  for (const char* known : {"default-service", "default-batch", "service", "batch"})
    if (text == known) {
      token_type = text;
      return;
    }
  if (!text.empty()) throw LogicalError(400, "invalid value for 'token_type'");
  token_type = "default-service";
}

Json MountEntry::description_json(bool auth) const {
  Json config = {{"default_lease_ttl", default_lease_ttl_s},
                 {"force_no_cache", force_no_cache},
                 {"max_lease_ttl", max_lease_ttl_s}};
  config.update(lists);
  if (auth) config["token_type"] = token_type;
  if (!listing_visibility.empty()) config["listing_visibility"] = listing_visibility;
  for (const auto& [name, value] : user_lockout.items())
    config["user_lockout_config"]["user_lockout_" + name] = value;
  if (type == "system") config["passthrough_request_headers"] = {"Accept"};
  if (type == "identity") config["passthrough_request_headers"] = {"Authorization"};
  Json json = {{"accessor", accessor},
               {"config", config},
               {"description", description},
               {"external_entropy_access", false},
               {"local", local},
               {"options", options},
               {"plugin_version", ""},
               {"running_plugin_version", running_version()},
               {"running_sha256", ""},
               {"seal_wrap", seal_wrap},
               {"type", type},
               {"uuid", uuid}};
  if (builtin_plugin()) json["deprecation_status"] = "supported";
  return json;
}

world::Task<bool> MountTable::load() {
  entries_.clear();
  const std::string name = auth_ ? "core/auth" : "core/mounts";
  const std::optional<std::string> stored = co_await barrier_.get(name);
  if (!stored) co_return false;
  add_entries(*stored);
  const std::optional<std::string> local =
      co_await barrier_.get(auth_ ? "core/local-auth" : "core/local-mounts");
  if (local) add_entries(*local);
  co_return true;
}

void MountTable::add_entries(const std::string& stored) {
  const Json table = Json::parse(stored);
  for (const Json& entry : table.at("entries")) entries_.push_back(record_from<MountEntry>(entry));
}

world::Task<> MountTable::persist() {
  Json shared = Json::array(), local = Json::array();
  for (const MountEntry& entry : entries_) (entry.local ? local : shared).push_back(stored_record(entry));
  const Json shared_table = {{"type", auth_ ? "auth" : "mounts"}, {"entries", shared}};
  const Json local_table = {{"type", auth_ ? "auth" : "mounts"}, {"entries", local}};
  // The local table first: load() takes the shared one for the sign that both are there.
  co_await barrier_.put(auth_ ? "core/local-auth" : "core/local-mounts", local_table.dump());
  co_await barrier_.put(auth_ ? "core/auth" : "core/mounts", shared_table.dump());
}

void MountTable::complete(MountEntry& entry) {
  entry.uuid = entropy_.uuid();
  entry.accessor = (auth_ ? "auth_" : "") + entry.type + "_" + entropy_.hex(4);
}

world::Task<MountEntry> MountTable::add(MountEntry entry) {
  complete(entry);
  const std::vector<MountEntry> before = entries_;
  // User mounts stand before the local ones, where a later start will find them too.
  const auto place =
      std::find_if(entries_.begin(), entries_.end(), [](const MountEntry& each) { return each.local; });
  entries_.insert(entry.local ? entries_.end() : place, entry);
  bool stored = false;
  try {
    co_await persist();
    stored = true;
  } catch (const StorageError&) {
  }
  if (!stored) {
    entries_ = before;
    throw LogicalError(500, "failed to update mount table");
  }
  co_return entry;
}

world::Task<> MountTable::remove(std::string path) {
  std::erase_if(entries_, [&](const MountEntry& entry) { return entry.path == path; });
  co_await persist();
}

world::Task<> MountTable::replace(MountEntry entry) {
  for (MountEntry& each : entries_)
    if (each.path == entry.path) each = entry;
  co_await persist();
}

world::Task<> MountTable::rename(std::string from, std::string to) {
  for (MountEntry& each : entries_)
    if (each.path == from) each.path = to;
  co_await persist();
}

world::Task<> MountTable::add_defaults() {
  if (auth_) {
    MountEntry token;
    token.path = "token/";
    token.type = "token";
    token.description = "token based credentials";
    entries_ = {token};
  } else {
    entries_ = default_mounts();
  }
  for (MountEntry& entry : entries_) complete(entry);
  co_await persist();
}

const MountEntry* MountTable::find(const std::string& path) const {
  for (const MountEntry& entry : entries_)
    if (entry.path == path) return &entry;
  return nullptr;
}

Json MountTable::list_json() const {
  Json list = Json::object();
  for (const MountEntry& entry : entries_) list[entry.path] = entry.description_json(auth_);
  return list;
}

}  // namespace squall::vault
