// Initialisation (vault/init.go), in the order of its writes: key ring, root key, Shamir's key, seal
// configuration, stored keys, cluster and mounts, recovery configuration, recovery key, root token. What a
// crash or a refusing KMS leaves between two of them is what Vault leaves.
#include "emulator/base/encoding.hpp"
#include "harness/vault/core/core.hpp"

namespace squall::vault {
namespace {

constexpr std::string_view seal_config_path = "core/seal-config",
                           recovery_config_path = "core/recovery-config";
constexpr std::string_view stored_keys_path = "core/hsm/barrier-unseal-keys",
                           recovery_key_path = "core/recovery-key";

}  // namespace

std::string invalid_split(int shares, int threshold) {
  if (shares < 1) return "shares must be at least one";
  if (threshold < 1) return "threshold must be at least one";
  if (shares > 1 && threshold == 1) return "threshold must be greater than one for multiple shares";
  if (shares > 255) return "shares must be less than 256";
  if (threshold > 255) return "threshold must be less than 256";
  if (threshold > shares) return "threshold cannot be larger than shares";
  return {};
}

std::vector<std::string> split_key(const std::string& secret, int shares, int threshold,
                                   world::Entropy& entropy) {
  if (shares == 1) return {secret};
  return shamir_split(secret, shares, threshold, entropy);
}

namespace {

void refuse_split(int shares, int threshold, const std::string& what, const Logger& log) {
  const std::string why = invalid_split(shares, threshold);
  if (why.empty()) return;
  log.error(what, {{"error", why, {}}});
  throw LogicalError(400, what + ": " + why);
}

// Parameters that are of the other kind of seal.
void refuse_parameters(int shares, int threshold, const std::string& kind, const Wrapper& wrapper) {
  std::string names;
  if (shares != 0) names = kind + "_shares";
  if (threshold != 0) names += (names.empty() ? "" : ",") + kind + "_threshold";
  if (!names.empty())
    throw LogicalError(400, "parameters " + names + " not applicable to seal type " + wrapper.type());
}

void check_request(const InitRequest& request, const Wrapper& wrapper, const Logger& log) {
  if (wrapper.automatic()) {
    refuse_parameters(request.shares, request.threshold, "secret", wrapper);
    log.warn("stored keys supported on init, forcing shares/threshold to 1");
    if (request.recovery_shares < 1)
      throw LogicalError(400, "recovery configuration must specify a positive number of shares");
    refuse_split(request.recovery_shares, request.recovery_threshold, "invalid recovery configuration", log);
  } else {
    refuse_parameters(request.recovery_shares, request.recovery_threshold, "recovery", wrapper);
    refuse_split(request.shares, request.threshold, "invalid seal configuration", log);
  }
}

}  // namespace

world::Task<std::optional<SealConfig>> Core::stored_config(std::string key) {
  const std::optional<std::string> stored = co_await physical_->get(key);
  if (!stored) co_return std::nullopt;
  const std::optional<SealConfig> config = SealConfig::parse(*stored);
  if (!config) throw LogicalError(500, "failed to decode seal configuration");
  co_return config;
}

world::Task<bool> Core::initialized() {
  const bool has_keyring = co_await barrier_.initialized();
  if (!has_keyring) {
    log_.info("security barrier not initialized");
    co_return false;
  }
  const std::optional<SealConfig> config = co_await stored_config(std::string(seal_config_path));
  if (!config) throw LogicalError(500, "core: barrier reports initialized but no seal configuration found");
  co_return true;
}

world::Task<InitResult> Core::initialize(InitRequest request) {
  const Mutex::Guard one_at_a_time = co_await init_lock_.lock();
  check_request(request, *wrapper_, log_);
  const bool already = co_await initialized();
  if (already) throw LogicalError(400, "Vault is already initialized");
  InitResult result;
  std::string failure;
  try {
    co_await initialize_barrier(request, result);
    co_await post_unseal();
    if (wrapper_->automatic()) co_await make_recovery_key(request, result);
    result.root_token = co_await create_root_token();
    log_.info("root token generated");
    pre_seal();
    barrier_.seal();
  } catch (const SealError& error) {
    failure = error.what();
  }
  if (!failure.empty()) {
    barrier_.seal();
    backends_.clear();
    throw LogicalError(400, failure);
  }
  co_return result;
}

world::Task<> Core::initialize_barrier(InitRequest request, InitResult& result) {
  const int shares = wrapper_->automatic() ? 1 : request.shares;
  const int threshold = wrapper_->automatic() ? 1 : request.threshold;
  const std::string root_key = world_.entropy.bytes(32);
  std::string shamir_key;
  if (auto* shamir = dynamic_cast<ShamirWrapper*>(wrapper_.get())) {
    shamir_key = world_.entropy.bytes(32);
    shamir->set_key(shamir_key);
    result.keys = split_key(shamir_key, shares, threshold, world_.entropy);
  }
  co_await barrier_.initialize(root_key, shamir_key);
  const SealConfig config{wrapper_->type(), shares, threshold, 1};
  co_await physical_->put(std::string(seal_config_path), config.serialise());
  log_.info("security barrier initialized",
            {{"stored", "1", "1"},
             {"shares", std::to_string(shares), std::to_string(shares)},
             {"threshold", std::to_string(threshold), std::to_string(threshold)}});
  std::string failure;
  try {
    co_await store_root_key(root_key);
  } catch (const SealError& error) {
    failure = error.what();
  }
  if (!failure.empty()) {
    log_.error("failed to store keys", {{"error", failure, {}}});
    throw SealError("failed to store keys: " + failure);
  }
  co_await barrier_.unseal(root_key);
  log_.info("post-unseal setup starting");
}

world::Task<> Core::store_root_key(std::string root_key) {
  const Json keys = Json::array({base::base64_encode(root_key)});
  co_await store_wrapped(std::string(stored_keys_path), keys.dump());
}

world::Task<> Core::store_wrapped(std::string key, std::string plaintext) {
  BlobInfo blob;
  try {
    blob = co_await wrapper_->encrypt(plaintext);
  } catch (const SealError& error) {
    throw error.after("failed to encrypt keys for storage: ");
  }
  co_await physical_->put(key, blob.serialise());
}

world::Task<> Core::make_recovery_key(InitRequest request, InitResult& result) {
  const SealConfig config{"shamir", request.recovery_shares, request.recovery_threshold, 0};
  co_await physical_->put(std::string(recovery_config_path), config.serialise());
  const std::string key = world_.entropy.bytes(32);
  result.recovery_keys = split_key(key, config.shares, config.threshold, world_.entropy);
  co_await store_wrapped(std::string(recovery_key_path), key);
}

// The cluster's name and id are made once (vault/cluster.go).
world::Task<> Core::load_cluster_info() {
  const std::optional<std::string> stored = co_await barrier_.get("core/cluster/local/info");
  if (stored) {
    const Json info = Json::parse(*stored);
    cluster_name_ = info.at("name");
    cluster_id_ = info.at("id");
    co_return;
  }
  cluster_name_ =
      config_.cluster_name.empty() ? "vault-cluster-" + world_.entropy.hex(4) : config_.cluster_name;
  cluster_id_ = world_.entropy.uuid();
  const Json info = {{"name", cluster_name_}, {"id", cluster_id_}};
  co_await barrier_.put("core/cluster/local/info", info.dump());
}

}  // namespace squall::vault
