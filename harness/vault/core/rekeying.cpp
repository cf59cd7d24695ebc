#include "harness/vault/core/rekeying.hpp"

#include "harness/vault/core/core.hpp"

namespace squall::vault {
namespace {

QuorumAttempt::Words words_for(Rekeying::Target target) {
  const std::string too_few = "cannot rekey yet, not enough keys";
  if (target == Rekeying::Target::recovery)
    return {"rekey", "no recovery rekey in progress", "rekey operation", "recovery key", 500, too_few};
  return {"rekey", "no barrier rekey in progress", "generation operation", "root key", 500, too_few};
}

}  // namespace

Rekeying::Rekeying(Core& core, Target target)
    : core_(core), target_(target), attempt_(core, words_for(target)) {}

world::Task<Rekeying::Status> Rekeying::status() {
  const Mutex::Guard guard = co_await core_.state_lock().lock();
  const QuorumAttempt::Status common = co_await attempt_.status();
  Status status{common};
  if (attempt_.under_way()) {
    status.shares = shares_;
    status.threshold = threshold_;
  }
  co_return status;
}

world::Task<> Rekeying::start(int shares, int threshold) {
  const Logger log = core_.world().log.named("core");
  const bool recovery = target_ == Target::recovery, automatic = core_.wrapper().automatic();
  if (threshold > shares) throw LogicalError(400, "provided threshold greater than the total shares");
  if (!recovery && automatic) {
    log.warn("stored keys supported, forcing rekey shares/threshold to 1");
    shares = threshold = 1;
  } else if (!recovery) {
    log.warn("shamir stored keys supported, forcing rekey shares/threshold to 1");
  }
  if (const std::string why = invalid_split(shares, threshold); !why.empty()) {
    const std::string what = recovery ? "invalid recovery configuration" : "invalid rekey seal configuration";
    log.error(what, {{"error", why, {}}});
    throw LogicalError(500, what + ": " + why);
  }
  const Mutex::Guard guard = co_await core_.state_lock().lock();
  const std::string nonce = attempt_.start();
  shares_ = shares;
  threshold_ = threshold;
  log.info("rekey initialized", {{"nonce", nonce, {}},
                                 {"shares", std::to_string(shares), std::to_string(shares)},
                                 {"threshold", std::to_string(threshold), std::to_string(threshold)},
                                 {"validation_required", "false", "false"}});
}

world::Task<> Rekeying::cancel() {
  const Mutex::Guard guard = co_await core_.state_lock().lock();
  attempt_.cancel();
}

world::Task<std::optional<Rekeying::Result>> Rekeying::add_share(std::string share, std::string nonce) {
  const Mutex::Guard guard = co_await core_.state_lock().lock();
  const std::optional<std::string> combined = co_await attempt_.add_share(std::move(share), nonce);
  if (!combined) co_return std::nullopt;
  co_await verify(*combined);
  Result result;
  result.nonce = nonce;
  result.keys = co_await replace();
  attempt_.forget();
  co_return std::move(result);
}

// Whose key it is that the shares combine to: the recovery key where the seal is automatic.
world::Task<> Rekeying::verify(std::string combined) {
  const bool automatic = core_.wrapper().automatic();
  std::string words;
  try {
    if (automatic) {
      co_await core_.verify_recovery_key(combined);
    } else {
      words = "failed to setup unseal key: ";
      ShamirWrapper trial(core_.world().entropy);
      trial.set_key(combined);
      words = "failed to read root key: ";
      co_await core_.stored_root_key(trial);
    }
  } catch (const SealError& error) {
    if (!automatic) throw LogicalError(500, words + error.what());
    const std::string what = "recovery key verification failed";
    core_.world().log.named("core").error(target_ == Target::recovery ? what : "rekey " + what,
                                          {{"error", error.what(), {}}});
    throw LogicalError(400, what + ": " + error.what());
  }
}

world::Task<std::vector<std::string>> Rekeying::replace() {
  const bool recovery = target_ == Target::recovery;
  std::vector<std::string> keys;
  try {
    if (recovery) {
      keys = co_await core_.replace_recovery_key(shares_, threshold_);
    } else {
      keys = co_await core_.replace_barrier_key(shares_, threshold_);
    }
  } catch (const SealError& error) {
    const std::string what = recovery ? "failed to set recovery key" : "failed to store keys";
    core_.world().log.named("core").error(what, {{"error", error.what(), {}}});
    throw LogicalError(500, std::string("failed to perform ") + (recovery ? "recovery" : "barrier") +
                                " rekey: " + what + ": " + error.what());
  }
  co_return std::move(keys);
}

}  // namespace squall::vault
