#include "harness/vault/core/quorum_attempt.hpp"

#include "harness/vault/core/core.hpp"

namespace squall::vault {
namespace {

void require_unsealed(const Core& core) {
  if (core.sealed()) throw LogicalError(503, "Vault is sealed");
}

}  // namespace

world::Task<QuorumAttempt::Status> QuorumAttempt::status() {
  require_unsealed(core_);
  const SealConfig quorum = co_await core_.quorum_config();
  co_return Status{nonce_, gathered_.count(), quorum.threshold};
}

const std::string& QuorumAttempt::start() {
  require_unsealed(core_);
  if (under_way()) throw LogicalError(400, words_.operation + " already in progress");
  nonce_ = core_.world().entropy.uuid();
  return nonce_;
}

void QuorumAttempt::cancel() {
  require_unsealed(core_);
  forget();
}

void QuorumAttempt::forget() {
  nonce_.clear();
  gathered_.reset();
}

world::Task<std::optional<std::string>> QuorumAttempt::add_share(std::string share, std::string nonce) {
  require_unsealed(core_);
  check_share_length(share);
  if (!under_way()) throw LogicalError(400, words_.none);
  if (nonce != nonce_)
    throw LogicalError(400, "incorrect nonce supplied; nonce for this " + words_.operation +
                                " operation is \"" + nonce_ + "\"");
  if (gathered_.holds(share))
    throw LogicalError(400, "given key has already been provided during this " + words_.repeated_in);
  const SealConfig quorum = co_await core_.quorum_config();
  const UnsealProgress::Step step = gathered_.add(share, quorum.threshold, nonce_);
  if (step.outcome == UnsealProgress::Outcome::unusable)
    throw LogicalError(words_.unusable_status, "failed to compute " + words_.key + ": " + step.text);
  if (step.outcome == UnsealProgress::Outcome::complete) co_return step.text;
  core_.world().log.named("core").debug(
      words_.too_few, {{"keys", std::to_string(gathered_.count()), std::to_string(gathered_.count())},
                       {"threshold", std::to_string(quorum.threshold), std::to_string(quorum.threshold)}});
  co_return std::nullopt;
}

}  // namespace squall::vault
