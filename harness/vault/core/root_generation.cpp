#include "harness/vault/core/root_generation.hpp"

#include "emulator/base/encoding.hpp"
#include "harness/vault/core/core.hpp"

namespace squall::vault {
world::Task<RootGeneration::Status> RootGeneration::status() {
  const Mutex::Guard guard = co_await core_.state_lock().lock();
  co_return co_await status_now();
}

world::Task<RootGeneration::Status> RootGeneration::status_now() {
  if (core_.sealed()) throw LogicalError(503, "Vault is sealed");
  const SealConfig quorum = co_await core_.quorum_config();
  Status status;
  status.required = quorum.threshold;
  if (attempt_) {
    status.nonce = attempt_->nonce;
    status.progress = attempt_->gathered.count();
  }
  co_return status;
}

world::Task<RootGeneration::Status> RootGeneration::start(std::string otp) {
  const bool made = otp.empty();
  if (made) otp = core_.world().entropy.text(otp_length, base62);
  if (otp.size() != otp_length) throw LogicalError(400, "OTP string is wrong length");
  const Mutex::Guard guard = co_await core_.state_lock().lock();
  if (core_.sealed()) throw LogicalError(503, "Vault is sealed");
  if (attempt_) throw LogicalError(400, "root generation already in progress");
  attempt_ = Attempt{core_.world().entropy.uuid(), otp, {}};
  core_.world().log.named("core").info("root generation initialized", {{"nonce", attempt_->nonce, {}}});
  Status status = co_await status_now();
  if (made) status.otp = otp;
  co_return status;
}

world::Task<> RootGeneration::cancel() {
  const Mutex::Guard guard = co_await core_.state_lock().lock();
  if (core_.sealed()) throw LogicalError(503, "Vault is sealed");
  attempt_.reset();
}

world::Task<RootGeneration::Status> RootGeneration::add_share(std::string share, std::string nonce) {
  const Mutex::Guard guard = co_await core_.state_lock().lock();
  check_share_length(share, "");
  if (core_.sealed()) throw LogicalError(503, "Vault is sealed");
  if (!attempt_) throw LogicalError(400, "no root generation in progress");
  if (nonce != attempt_->nonce)
    throw LogicalError(400, "incorrect nonce supplied; nonce for this root generation operation is \"" +
                                attempt_->nonce + "\"");
  if (attempt_->gathered.holds(share))
    throw LogicalError(400, "given key has already been provided during this generation operation");
  Status status = co_await status_now();
  ++status.progress;
  const UnsealProgress::Step step = attempt_->gathered.add(share, status.required, attempt_->nonce);
  if (step.outcome == UnsealProgress::Outcome::more) co_return status;
  if (step.outcome == UnsealProgress::Outcome::unusable)
    throw LogicalError(400, "failed to compute root key: the shares do not belong together");
  status.encoded = co_await encoded_token(step.key);
  core_.world().log.named("core").info("root generation finished", {{"nonce", status.nonce, {}}});
  attempt_.reset();
  co_return status;
}

world::Task<std::string> RootGeneration::encoded_token(std::string combined) {
  std::string failure;
  try {
    co_await core_.prove_quorum(combined);
  } catch (const SealError& error) {
    failure = error.what();
  }
  if (!failure.empty()) {
    failure = "unable to authenticate: " +
              std::string(core_.wrapper().automatic()
                              ? ""
                              : "unable to retrieve stored keys: invalid key: failed to decrypt keys from "
                                "storage: ") +
              failure;
    core_.world().log.named("core").error("root generation aborted", {{"error", failure, {}}});
    throw LogicalError(400, "root generation aborted: " + failure);
  }
  std::string token = co_await core_.create_root_token();
  for (std::size_t i = 0; i < token.size(); ++i)
    token[i] = static_cast<char>(token[i] ^ attempt_->otp[i % attempt_->otp.size()]);
  std::string encoded = base::base64_encode(token);
  while (encoded.ends_with('=')) encoded.pop_back();
  co_return encoded;
}

}  // namespace squall::vault
