// What a quorum of key holders may do: prove itself, and have the keys replaced (vault/core.go
// unsealKeyToMasterKey, vault/rekey.go performBarrierRekey).
#include "emulator/base/crypto.hpp"
#include "harness/vault/core/core.hpp"

namespace squall::vault {

void check_share_length(const std::string& share, const std::string& before) {
  if (share.size() < minimum_share_bytes)
    throw LogicalError(
        400, before + "key is shorter than minimum " + std::to_string(minimum_share_bytes) + " bytes");
  if (share.size() > maximum_share_bytes)
    throw LogicalError(
        400, before + "key is longer than maximum " + std::to_string(maximum_share_bytes) + " bytes");
}

world::Task<SealConfig> Core::quorum_config() {
  const std::optional<SealConfig> config =
      co_await stored_config(wrapper_->automatic() ? "core/recovery-config" : "core/seal-config");
  if (!config) throw LogicalError(400, "server is not yet initialized");
  co_return *config;
}

world::Task<> Core::verify_recovery_key(std::string combined) {
  const std::optional<std::string> stored = co_await physical_->get("core/recovery-key");
  if (!stored) throw SealError("no recovery key found");
  const std::optional<BlobInfo> blob = BlobInfo::parse(*stored);
  if (!blob) throw SealError("failed to proto decode stored keys");
  std::string key;
  try {
    key = co_await wrapper_->decrypt(*blob);
  } catch (const SealError& error) {
    throw error.after("failed to decrypt encrypted stored keys: ");
  }
  if (!base::constant_time_equal(key, combined))
    throw SealError("recovery key does not match submitted values");
}

// A Shamir key is tried on a wrapper of its own: the one in use keeps its key.
world::Task<std::string> Core::root_key_of(std::string combined) {
  ShamirWrapper trial(world_.entropy);
  std::string words = "recovery key verification failed: ", root_key;
  try {
    if (wrapper_->automatic()) {
      co_await verify_recovery_key(combined);
      words = "unable to retrieve stored keys: ";
      root_key = co_await stored_root_key(*wrapper_);
    } else {
      words = "invalid key: failed to setup unseal key: ";
      trial.set_key(combined);
      words = "unable to retrieve stored keys: ";
      root_key = co_await stored_root_key(trial);
    }
  } catch (const SealError& error) {
    throw SealError(words + error.what(), error.invalid_key || words.starts_with("invalid key"));
  }
  if (root_key.empty())
    throw SealError("unable to retrieve stored keys: expected exactly one stored key, got 0");
  co_return root_key;
}

world::Task<std::vector<std::string>> Core::replace_barrier_key(int shares, int threshold) {
  std::vector<std::string> keys;
  std::string shamir_key;
  if (auto* shamir = dynamic_cast<ShamirWrapper*>(wrapper_.get())) {
    shamir_key = world_.entropy.bytes(32);
    shamir->set_key(shamir_key);
    keys = split_key(shamir_key, shares, threshold, world_.entropy);
  }
  const std::string root_key = world_.entropy.bytes(32);
  co_await store_root_key(root_key);
  co_await barrier_.replace_root_key(root_key);
  log_.info("security barrier rekeyed",
            {{"stored", "1", "1"},
             {"shares", std::to_string(shares), std::to_string(shares)},
             {"threshold", std::to_string(threshold), std::to_string(threshold)}});
  if (!shamir_key.empty()) co_await barrier_.put("core/shamir-kek", shamir_key);
  const SealConfig config{wrapper_->type(), shares, threshold, 1};
  co_await physical_->put("core/seal-config", config.serialise());
  co_return keys;
}

world::Task<std::vector<std::string>> Core::replace_recovery_key(int shares, int threshold) {
  const std::string key = world_.entropy.bytes(32);
  std::vector<std::string> keys = split_key(key, shares, threshold, world_.entropy);
  co_await store_wrapped("core/recovery-key", key);
  const SealConfig config{"shamir", shares, threshold, 0};
  co_await physical_->put("core/recovery-config", config.serialise());
  co_return keys;
}

world::Task<std::string> Core::create_root_token() {
  TokenEntry root;
  root.display_name = "root";
  root.path = "auth/token/root";
  root.policies = {"root"};
  const TokenEntry created = co_await tokens_.create(root, true);
  co_return created.id;
}

}  // namespace squall::vault
