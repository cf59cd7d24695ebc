#include "harness/vault/core/root_generation.hpp"

#include "emulator/base/encoding.hpp"
#include "harness/vault/core/core.hpp"

namespace squall::vault {

RootGeneration::RootGeneration(Core& core)
    : core_(core),
      attempt_(core, {"root generation", "no root generation in progress", "generation operation", "root key",
                      400, "cannot generate root, not enough keys"}) {}

world::Task<RootGeneration::Status> RootGeneration::status() {
  const Mutex::Guard guard = co_await core_.state_lock().lock();
  const QuorumAttempt::Status common = co_await attempt_.status();
  co_return Status{common, {}, {}};
}

world::Task<RootGeneration::Status> RootGeneration::start(std::string otp) {
  const bool made = otp.empty();
  if (made) otp = core_.world().entropy.text(otp_length, base62);
  if (otp.size() != otp_length) throw LogicalError(400, "OTP string is wrong length");
  const Mutex::Guard guard = co_await core_.state_lock().lock();
  const std::string nonce = attempt_.start();
  otp_ = otp;
  core_.world().log.named("core").info("root generation initialized", {{"nonce", nonce, {}}});
  const QuorumAttempt::Status common = co_await attempt_.status();
  Status status{common, {}, {}};
  if (made) status.otp = otp;
  co_return status;
}

world::Task<> RootGeneration::cancel() {
  const Mutex::Guard guard = co_await core_.state_lock().lock();
  attempt_.cancel();
}

world::Task<RootGeneration::Status> RootGeneration::add_share(std::string share, std::string nonce) {
  const Mutex::Guard guard = co_await core_.state_lock().lock();
  const std::optional<std::string> combined = co_await attempt_.add_share(std::move(share), nonce);
  const QuorumAttempt::Status common = co_await attempt_.status();
  Status status{common, {}, {}};
  if (!combined) co_return status;
  status.progress = status.required;
  co_await authenticate(*combined);
  status.encoded = co_await encoded_token();
  core_.world().log.named("core").info("root generation finished", {{"nonce", nonce, {}}});
  attempt_.forget();
  co_return status;
}

world::Task<> RootGeneration::authenticate(std::string combined) {
  try {
    co_await core_.root_key_of(combined);
  } catch (const SealError& error) {
    const std::string failure = std::string("unable to authenticate: ") + error.what();
    core_.world().log.named("core").error("root generation aborted", {{"error", failure, {}}});
    throw LogicalError(400, "root generation aborted: " + failure);
  }
}

world::Task<std::string> RootGeneration::encoded_token() {
  std::string token = co_await core_.create_root_token();
  for (std::size_t i = 0; i < token.size(); ++i)
    token[i] = static_cast<char>(token[i] ^ otp_[i % otp_.size()]);
  std::string encoded = base::base64_encode(token);
  while (encoded.ends_with('=')) encoded.pop_back();
  co_return encoded;
}

}  // namespace squall::vault
