// The mount tables (vault/mount.go, vault/auth.go): what is mounted where, stored as core/mounts and
// core/auth, with the mounts that stay on their node apart in core/local-mounts.
#pragma once
#include <memory>

#include "harness/vault/barrier/barrier.hpp"
#include "harness/vault/logical/backend.hpp"

namespace squall::vault {

// Paths of mounts and devices end in a slash.
std::string with_slash(std::string path);

struct MountEntry {
  std::string path;  // "secret/"; of the auth table "userpass/"
  std::string type, description, uuid, accessor;
  bool local = false, seal_wrap = false;
  std::int64_t default_lease_ttl_s = 0, max_lease_ttl_s = 0;
  Json options;  // null or an object of strings
  bool force_no_cache = false;
  std::string listing_visibility;              // empty, "hidden", "unauth"
  std::string token_type = "default-service";  // of an auth method
  // What it was tuned to of lockouts: null, or threshold, duration and counter_reset_duration (s), disable.
  Json user_lockout;
  // Keys that audit lines show in clear, and headers for engines that the stand-in has not: texts by
  // list_names.
  Json lists = Json::object();
  static constexpr std::array<const char*, 5> list_names = {
      "audit_non_hmac_request_keys", "audit_non_hmac_response_keys", "passthrough_request_headers",
      "allowed_response_headers", "allowed_managed_keys"};
  // Both throw LogicalError 400 for what it cannot be.
  void set_listing_visibility(const std::string& text);
  void set_token_type(const std::string& text);

  std::string running_version() const;
  bool builtin_plugin() const {
    return type == "kv" || type == "userpass";
  }  // those have a deprecation status
  // As sys/mounts and sys/auth list it.
  Json description_json(bool auth) const;
};

class MountTable {
 public:
  // `auth`: the table of auth methods, whose routes begin with "auth/".
  MountTable(Barrier& barrier, world::Entropy& entropy, bool auth)
      : barrier_(barrier), entropy_(entropy), auth_(auth) {}

  // Reads the table; false when none is stored.
  world::Task<bool> load();
  // Fills in uuid and accessor, and stores the table.
  world::Task<MountEntry> add(MountEntry entry);
  world::Task<> remove(std::string path);
  world::Task<> replace(MountEntry entry);  // the entry of that path
  world::Task<> rename(std::string from, std::string to);
  // The default mounts of a new Vault, in the order in which it makes them.
  world::Task<> add_defaults();

  const std::vector<MountEntry>& entries() const { return entries_; }
  const MountEntry* find(const std::string& path) const;
  bool auth() const { return auth_; }
  Json list_json() const;

 private:
  world::Task<> persist();
  void add_entries(const std::string& stored);
  void complete(MountEntry& entry);

  Barrier& barrier_;
  world::Entropy& entropy_;
  bool auth_;
  std::vector<MountEntry> entries_;
};

}  // namespace squall::vault
