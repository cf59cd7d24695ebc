#include "harness/vault/core/rekeying.hpp"

#include "harness/vault/core/core.hpp"

namespace squall::vault {

world::Task<Rekeying::Status> Rekeying::status() {
  const Mutex::Guard guard = co_await core_.state_lock().lock();
  co_return co_await status_now();
}

world::Task<Rekeying::Status> Rekeying::status_now() {
  if (core_.sealed()) throw LogicalError(503, "Vault is sealed");
  const SealConfig quorum = co_await core_.quorum_config();
  Status status;
  status.required = quorum.threshold;
  if (attempt_) {
    status.nonce = attempt_->nonce;
    status.shares = attempt_->shares;
    status.threshold = attempt_->threshold;
    status.progress = attempt_->gathered.count();
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
  if (const std::string why = invalid_split(shares, threshold); !why.empty())
    throw LogicalError(400, std::string(recovery ? "invalid recovery configuration: "
                                                 : "invalid rekey seal configuration: ") +
                                why);
  const Mutex::Guard guard = co_await core_.state_lock().lock();
  if (core_.sealed()) throw LogicalError(503, "Vault is sealed");
  if (attempt_) throw LogicalError(400, "rekey already in progress");
  attempt_ = Attempt{core_.world().entropy.uuid(), shares, threshold, {}};
  log.info("rekey initialized", {{"nonce", attempt_->nonce, {}},
                                 {"shares", std::to_string(shares), std::to_string(shares)},
                                 {"threshold", std::to_string(threshold), std::to_string(threshold)},
                                 {"validation_required", "false", "false"}});
}

world::Task<> Rekeying::cancel() {
  const Mutex::Guard guard = co_await core_.state_lock().lock();
  if (core_.sealed()) throw LogicalError(503, "Vault is sealed");
  attempt_.reset();
}

world::Task<std::optional<Rekeying::Result>> Rekeying::add_share(std::string share, std::string nonce) {
  const Mutex::Guard guard = co_await core_.state_lock().lock();
  if (core_.sealed()) throw LogicalError(503, "Vault is sealed");
  check_share_length(share, "");
  if (!attempt_)
    throw LogicalError(
        400, target_ == Target::recovery ? "no recovery rekey in progress" : "no barrier rekey in progress");
  if (nonce != attempt_->nonce)
    throw LogicalError(
        400, "incorrect nonce supplied; nonce for this rekey operation is \"" + attempt_->nonce + "\"");
  if (attempt_->gathered.holds(share))
    throw LogicalError(400, "given key has already been provided during this generation operation");
  const SealConfig quorum = co_await core_.quorum_config();
  const UnsealProgress::Step step = attempt_->gathered.add(share, quorum.threshold, attempt_->nonce);
  if (step.outcome == UnsealProgress::Outcome::more) co_return std::nullopt;
  if (step.outcome == UnsealProgress::Outcome::unusable)
    throw LogicalError(500, "failed to compute root key: the shares do not belong together");
  Result result = co_await finish(step.key);
  co_return std::move(result);
}

world::Task<Rekeying::Result> Rekeying::finish(std::string combined) {
  const bool automatic = core_.wrapper().automatic();
  std::string failure;
  try {
    co_await core_.prove_quorum(combined);
  } catch (const SealError& error) {
    failure = error.what();
  }
  if (!failure.empty())
    throw LogicalError(
        automatic ? 400 : 500,
        (automatic ? "recovery key verification failed: " : "failed to read root key: ") + failure);
  Result result;
  result.nonce = attempt_->nonce;
  const int shares = attempt_->shares, threshold = attempt_->threshold;
  if (target_ == Target::recovery) {
    result.keys = co_await core_.replace_recovery_key(shares, threshold);
  } else {
    result.keys = co_await core_.replace_barrier_key(shares, threshold);
  }
  attempt_.reset();
  co_return result;
}

}  // namespace squall::vault
