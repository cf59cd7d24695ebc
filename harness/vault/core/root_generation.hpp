// A new root token from a quorum of key shares (vault/generate_root.go). The token leaves the node XORed with
// a one-time password, so that who carries it cannot use it.
#pragma once
#include <optional>
#include <string>

#include "emulator/world/task.hpp"
#include "harness/vault/seal/unseal_progress.hpp"

namespace squall::vault {

class Core;

class RootGeneration {
 public:
  static constexpr std::size_t otp_length = 28;  // of a root token: "hvs." and 24 characters

  struct Status {
    std::string nonce;  // empty: none is under way
    int progress = 0, required = 0;
    std::string otp;      // when start() made it
    std::string encoded;  // the token, once complete: base64 without padding
  };

  explicit RootGeneration(Core& core) : core_(core) {}

  // All throw LogicalError: 503 when sealed, 400 for what cannot be.
  world::Task<Status> status();
  // An empty password: one is made and told.
  world::Task<Status> start(std::string otp);
  world::Task<> cancel();
  world::Task<Status> add_share(std::string share, std::string nonce);
  void forget() { attempt_.reset(); }  // when the node is sealed

 private:
  struct Attempt {
    std::string nonce, otp;
    UnsealProgress gathered;
  };
  world::Task<Status> status_now();
  world::Task<std::string> encoded_token(std::string combined);

  Core& core_;
  std::optional<Attempt> attempt_;
};

}  // namespace squall::vault
