// A new root token from a quorum of key shares (vault/generate_root.go). The token leaves the node XORed with
// a one-time password, so that who carries it cannot use it.
#pragma once
#include "harness/vault/core/quorum_attempt.hpp"

namespace squall::vault {

class RootGeneration {
 public:
  static constexpr std::size_t otp_length = 28;  // of a root token: "hvs." and 24 characters

  struct Status : QuorumAttempt::Status {
    std::string otp;      // when start() made it
    std::string encoded;  // the token, once complete: base64 without padding
  };

  explicit RootGeneration(Core& core);

  // All throw LogicalError: 503 when sealed, 400 for what cannot be.
  world::Task<Status> status();
  // An empty password: one is made and told.
  world::Task<Status> start(std::string otp);
  world::Task<> cancel();
  world::Task<Status> add_share(std::string share, std::string nonce);
  void forget() { attempt_.forget(); }  // when the node is sealed

 private:
  world::Task<> authenticate(std::string combined);
  world::Task<std::string> encoded_token();

  Core& core_;
  QuorumAttempt attempt_;
  std::string otp_;
};

}  // namespace squall::vault
