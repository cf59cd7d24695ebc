// Sealed to unsealed and back (vault/core.go, vault/seal_autoseal.go): by shares of operators, or by stored
// keys that the seal's own key opens.
#include <array>

#include "emulator/base/encoding.hpp"
#include "harness/vault/core/core.hpp"
#include "harness/vault/core/heartbeat.hpp"

namespace squall::vault {
namespace {

constexpr Duration accept_deadline = 500ms;  // how often the cluster listener looks whether it should stop

std::string json_address(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  const std::string port = colon == std::string::npos ? "" : address.substr(colon + 1);
  const bool number =
      !port.empty() && port.size() < 6 && port.find_first_not_of("0123456789") == std::string::npos;
  const Json json = {
      {"IP", address.substr(0, colon)}, {"Port", number ? Json(std::stoi(port)) : Json(port)}, {"Zone", ""}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

world::Task<SealStatus> Core::seal_status() {
  const Mutex::Guard guard = co_await state_lock_.lock();
  SealStatus status;
  status.storage_type = physical_->type();
  status.type = wrapper_->type();
  status.initialized = co_await initialized();
  status.sealed = sealed_;
  status.recovery_seal = wrapper_->automatic();
  const std::optional<SealConfig> config =
      co_await stored_config(wrapper_->automatic() ? "core/recovery-config" : "core/seal-config");
  if (!config) {
    if (wrapper_->automatic()) {
      if (sealed_)
        log_.named("autoseal")
            .info("seal configuration missing, but cannot check old path as core is sealed",
                  {{"seal_type", "recovery", {}}});
    } else {
      log_.info("seal configuration missing, not initialized");
    }
    co_return status;
  }
  status.type = config->type;
  status.shares = config->shares;
  status.threshold = config->threshold;
  status.progress = progress_.count();
  status.nonce = progress_.nonce();
  if (!sealed_) {
    status.cluster_name = cluster_name_;
    status.cluster_id = cluster_id_;
  }
  co_return status;
}

world::Task<> Core::unseal_with_share(std::string share) {
  const Mutex::Guard guard = co_await state_lock_.lock();
  const bool ready = co_await initialized();
  if (!ready) throw LogicalError(400, "Vault is not initialized");
  check_share_length(share, "invalid key: ");
  if (!sealed_) co_return;
  log_.debug("unseal key supplied", {{"migrate", "false", "false"}});
  const bool automatic = wrapper_->automatic();
  const std::optional<SealConfig> config =
      co_await stored_config(automatic ? "core/recovery-config" : "core/seal-config");
  if (!config) throw LogicalError(500, "failed to obtain seal/recovery configuration");
  const UnsealProgress::Step step = progress_.add(share, config->threshold, world_.entropy.uuid());
  if (step.outcome == UnsealProgress::Outcome::more) {
    log_.debug("cannot unseal, not enough keys", {{"keys", std::to_string(progress_.count()), {}},
                                                  {"threshold", std::to_string(config->threshold), {}},
                                                  {"nonce", progress_.nonce(), {}}});
    co_return;
  }
  if (step.outcome == UnsealProgress::Outcome::unusable)
    throw LogicalError(400, "invalid key: failed to compute combined key: " + step.text);
  co_await unseal_with_key(step.text);
}

// Where the seal is automatic the operators' key only proves who asks: the seal opens the stored key.
world::Task<> Core::unseal_with_key(std::string combined) {
  std::string words;
  try {
    if (wrapper_->automatic()) {
      words = "invalid key: failed to verify recovery key: ";
      co_await verify_recovery_key(combined);
      words.clear();
    }
    const std::string root_key = co_await root_key_of(combined);
    if (auto* shamir = dynamic_cast<ShamirWrapper*>(wrapper_.get())) shamir->set_key(combined);
    co_await activate(root_key);
  } catch (const SealError& error) {
    throw LogicalError(error.invalid_key || !words.empty() ? 400 : 500, words + error.what());
  } catch (const BarrierError& error) {
    const std::string what = error.what();
    throw LogicalError(what == "Unseal failed, invalid key" ? 400 : 500, what);
  }
}

world::Task<> Core::reset_unseal() {
  const Mutex::Guard guard = co_await state_lock_.lock();
  if (!sealed_) throw LogicalError(400, "vault is unsealed");
  progress_.reset();
}

world::Task<std::string> Core::stored_root_key(Wrapper& wrapper) {
  const std::optional<std::string> stored = co_await physical_->get("core/hsm/barrier-unseal-keys");
  if (!stored) co_return std::string();
  const std::optional<BlobInfo> blob = BlobInfo::parse(*stored);
  if (!blob) throw SealError("failed to proto decode stored keys");
  std::string text;
  try {
    text = co_await wrapper.decrypt(*blob);
  } catch (const SealError& error) {
    const std::string what = std::string("failed to decrypt keys from storage: ") + error.what();
    const bool wrong_key = what.find("message authentication failed") != std::string::npos;
    throw SealError(wrong_key ? "invalid key: " + what : what, wrong_key);
  }
  const Json keys = Json::parse(text, nullptr, false);
  if (!keys.is_array() || keys.size() != 1 || !keys[0].is_string())
    throw SealError("failed to decode stored keys");
  co_return base::base64_decode(keys[0].get_ref<const std::string&>()).value_or("");
}

world::Task<> Core::unseal_with_stored_keys() {
  if (!wrapper_->automatic()) co_return;
  if (!sealed_) {
    log_.warn("attempted unseal with stored keys, but vault is already unsealed");
    co_return;
  }
  log_.info("stored unseal keys supported, attempting fetch");
  std::string root_key, failure;
  try {
    root_key = co_await stored_root_key(*wrapper_);
  } catch (const SealError& error) {
    failure = std::string("fetching stored unseal keys failed: ") + error.what();
  } catch (const StorageError& error) {
    failure = std::string("fetching stored unseal keys failed: ") + error.what();
  }
  if (!failure.empty()) throw UnsealError(failure);
  if (root_key.empty()) throw UnsealError("stored unseal keys are supported, but none were found");
  const Mutex::Guard guard = co_await state_lock_.lock();
  if (!sealed_) co_return;  // somebody else did, meanwhile
  try {
    co_await activate(root_key);
  } catch (const LogicalError& error) {
    failure = error.what();
  } catch (const SealError& error) {
    failure = error.what();
  } catch (const BarrierError& error) {
    failure = error.what();
  } catch (const StorageError& error) {
    failure = error.what();
  }
  if (!failure.empty()) throw UnsealError("unseal with stored key failed: " + failure);
  log_.info("unsealed with stored key");
}

// The barrier opens, everything is loaded, requests are served. A failure on the way leaves the node sealed.
world::Task<> Core::activate(std::string root_key) {
  std::exception_ptr failure;
  try {
    co_await barrier_.unseal(root_key);
    start_cluster_listeners();
    log_.info("post-unseal setup starting");
    co_await post_unseal();
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    barrier_.seal();
    backends_.clear();
    std::rethrow_exception(failure);
  }
  sealed_ = false;
  progress_.reset();
  log_.info("vault is unsealed");
}

world::Task<> Core::post_unseal() {
  co_await load_cluster_info();
  log_.info("loaded wrapping token key");
  log_.info("successfully setup plugin catalog", {{"plugin-directory", "", {}}});
  co_await load_mounts();
  co_await policies_.load();
  co_await tokens_.load();
  const Logger rollback = world_.log.named("rollback"), identity = world_.log.named("identity");
  rollback.info("Starting the rollback manager with 256 workers");
  rollback.info("starting rollback manager");
  log_.info("restoring leases");
  world_.log.named("expiration").info("lease restore complete");
  co_await audit_.load();
  identity.info("entities restored");
  identity.info("groups restored");
  if (!config_.usage_gauges) log_.info("usage gauge collection is disabled");
  const std::string history = "core/versions/" + std::string(vault_version);
  const std::optional<std::string> recorded = co_await barrier_.get(history);
  if (!recorded) {
    const Time now = world_.scheduler.now();
    const Json entry = {{"timestamp", base::iso8601(now, 9)}, {"build_date", vault_build_date}};
    co_await barrier_.put(history, entry.dump());
    log_.info("Recorded vault version",
              {{"vault version", std::string(vault_version), {}},
               {"upgrade time", base::format_utc(now, "%Y-%m-%d %H:%M:%S +0000 UTC"), {}},
               {"build date", std::string(vault_build_date), {}}});
  }
  if (wrapper_->automatic()) co_await check_seal_key();
  log_.info("post-unseal setup complete");
}

// An automatic seal is tried out, and what an older key of it holds is stored again under the present one
// (upgradeSealKeys).
world::Task<> Core::check_seal_key() {
  co_await wrapper_->encrypt("a");
  heartbeat_ = std::make_unique<SealHeartbeat>(world_.scheduler, *wrapper_, world_.log);
  const std::array<std::string, 2> paths{"core/recovery-key", "core/hsm/barrier-unseal-keys"};
  for (const std::string& path : paths) {
    const bool recovery = path == "core/recovery-key";
    const std::optional<std::string> stored = co_await physical_->get(path);
    if (!stored && recovery) {
      log_.warn("post-unseal upgrade seal keys failed", {{"error", "no recovery key found", {}}});
      co_return;
    }
    const std::optional<BlobInfo> blob = stored ? BlobInfo::parse(*stored) : std::nullopt;
    if (!blob || blob->key_id == wrapper_->key_id()) continue;
    world_.log.named("core")
        .named("autoseal")
        .info(recovery ? "upgrading recovery key" : "upgrading stored keys");
    const std::string text = co_await wrapper_->decrypt(*blob);
    co_await store_wrapped(path, text);
  }
}

void Core::start_cluster_listeners() {
  listening_since_ = world_.scheduler.now();
  const Logger cluster = world_.log.named("core").named("cluster-listener");
  for (const std::string& address : config_.cluster_listeners)
    cluster.named("tcp").info("starting listener", {{"listener_address", address, json_address(address)}});
  for (const std::string& address : config_.cluster_listeners)
    cluster.info("serving cluster requests", {{"cluster_listen_address", address, json_address(address)}});
}

// The listener stops when its accept runs into its deadline, so closing takes up to that long.
world::Task<> Core::stop_cluster_listeners() {
  if (config_.cluster_listeners.empty()) co_return;
  const Logger cluster = world_.log.named("core").named("cluster-listener");
  log_.info("stopping cluster listeners");
  cluster.info("forwarding rpc listeners stopped");
  const Duration open = world_.scheduler.now() - listening_since_;
  co_await world::sleep(world_.scheduler, accept_deadline - open % accept_deadline);
  cluster.info("rpc listeners successfully shut down");
  log_.info("cluster listeners successfully shut down");
}

void Core::pre_seal() {
  heartbeat_.reset();
  rekeying_.forget();
  recovery_rekeying_.forget();
  root_generation_.forget();
  log_.info("pre-seal teardown starting");
  audit_.forget();
  user_lockouts_.forget();
  world_.log.named("rollback").info("stopping rollback manager");
  backends_.clear();
  log_.info("pre-seal teardown complete");
}

world::Task<> Core::seal() {
  const Mutex::Guard guard = co_await state_lock_.lock();
  if (sealed_) co_return;
  sealed_ = true;
  log_.info("marked as sealed");
  pre_seal();
  co_await stop_cluster_listeners();
  barrier_.seal();
  if (auto* shamir = dynamic_cast<ShamirWrapper*>(wrapper_.get())) shamir->forget_key();
  log_.info("vault is sealed");
}

}  // namespace squall::vault
