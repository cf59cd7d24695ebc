// New key shares for old ones (vault/rekey.go): one attempt at a time for the barrier's key, and one for the
// recovery key of an automatic seal. A quorum of the present shares completes it.
#pragma once
#include <vector>

#include "harness/vault/core/quorum_attempt.hpp"

namespace squall::vault {

class Rekeying {
 public:
  enum class Target { barrier, recovery };
  struct Status : QuorumAttempt::Status {
    int shares = 0, threshold = 0;  // of the new key, while an attempt is under way
  };
  struct Result {
    std::vector<std::string> keys;  // raw bytes; none for the barrier's key of an automatic seal
    std::string nonce;
  };

  Rekeying(Core& core, Target target);

  // All throw LogicalError: 503 when sealed, 400 or 500, as Vault, for what cannot be.
  world::Task<Status> status();
  world::Task<> start(int shares, int threshold);
  world::Task<> cancel();
  // The result with the share that completes the quorum.
  world::Task<std::optional<Result>> add_share(std::string share, std::string nonce);
  void forget() { attempt_.forget(); }  // when the node is sealed

 private:
  world::Task<> verify(std::string combined);
  world::Task<std::vector<std::string>> replace();

  Core& core_;
  Target target_;
  QuorumAttempt attempt_;
  int shares_ = 0, threshold_ = 0;
};

}  // namespace squall::vault
