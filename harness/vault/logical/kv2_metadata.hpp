// What kv version 2 keeps of a key beside its versions' values (vault-plugin-secrets-kv, path_metadata.go).
#pragma once
#include <map>

#include "harness/vault/logical/request.hpp"

namespace squall::vault {

inline constexpr std::int64_t kv2_default_versions = 10;  // how many are kept where nothing says

struct Kv2Version {
  Time created;
  std::optional<Time> deleted;  // may lie ahead (delete_version_after)
  bool destroyed = false;
};

struct Kv2Metadata {
  std::map<std::int64_t, Kv2Version> versions;
  std::int64_t current = 0, oldest = 0, max_versions = 0;
  bool cas_required = false;
  std::int64_t delete_version_after_s = 0;
  Json custom;  // null or an object of strings
  Time created, updated;

  Json description() const;  // as it is read
  // One version more, which ends at `ends`; answers which old ones go, of which there may be `most`.
  std::vector<std::int64_t> add_version(Time now, std::optional<Time> ends, std::int64_t most);
  static bool changed_by(const Json& data);  // whether a write says anything
  // What a write says of it; a patch leaves the custom members that it does not name. Throws LogicalError.
  void change(const Json& data, bool patch);

  Json to_json() const;  // as stored
  static Kv2Metadata from_json(const Json& json);
};

// The time; empty for none.
std::string time_text(const std::optional<Time>& time);

}  // namespace squall::vault
