// A kv mount that changes from version 1 to 2 (vault-plugin-secrets-kv, upgrade.go): each value becomes the
// first version of its key. Version 2 keeps everything below the mount's own uuid, so that what lies
// elsewhere is what is still to be done: a crash in between goes on at the next unsealing.
#include "harness/vault/core/core.hpp"
#include "harness/vault/logical/kv2_metadata.hpp"

namespace squall::vault {

world::Task<> Core::upgrade_kv(MountEntry entry) {
  const View old(barrier_, "logical/" + entry.uuid + "/");
  const View versions(barrier_, "logical/" + entry.uuid + "/" + entry.uuid + "/");
  std::vector<std::string> pending{""};
  while (!pending.empty()) {
    const std::string key = std::move(pending.back());
    pending.pop_back();
    if (key == entry.uuid + "/") continue;
    if (key.empty() || key.ends_with('/')) {
      const std::vector<std::string> names = co_await old.list(key);
      for (const std::string& name : names) pending.push_back(key + name);
      continue;
    }
    std::optional<std::string> value = co_await old.get(key);
    if (!value) continue;
    const Time now = world_.scheduler.now();
    Kv2Metadata metadata;
    metadata.created = now;
    metadata.add_version(now, std::nullopt, kv2_default_versions);
    co_await versions.put("versions/" + key + "/1", std::move(*value));
    co_await versions.put("metadata/" + key, metadata.to_json().dump());
    co_await old.remove(key);
  }
}

}  // namespace squall::vault
