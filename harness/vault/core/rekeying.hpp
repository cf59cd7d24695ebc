// New key shares for old ones (vault/rekey.go): one attempt at a time for the barrier's key, and one for the
// recovery key of an automatic seal. A quorum of the present shares completes it.
#pragma once
#include <optional>

#include "harness/vault/core/seal_config.hpp"
#include "harness/vault/seal/unseal_progress.hpp"

#include "emulator/world/task.hpp"

namespace squall::vault {

class Core;

class Rekeying {
 public:
  enum class Target { barrier, recovery };
  struct Status {
    std::string nonce;  // empty: none is under way
    int shares = 0, threshold = 0, progress = 0, required = 0;
  };
  struct Result {
    std::vector<std::string> keys;  // raw bytes; none for the barrier's key of an automatic seal
    std::string nonce;
  };

  Rekeying(Core& core, Target target) : core_(core), target_(target) {}

  // All throw LogicalError: 503 when sealed, 400 for what cannot be.
  world::Task<Status> status();
  world::Task<> start(int shares, int threshold);
  world::Task<> cancel();
  // The result with the share that completes the quorum.
  world::Task<std::optional<Result>> add_share(std::string share, std::string nonce);
  void forget() { attempt_.reset(); }  // when the node is sealed

 private:
  struct Attempt {
    std::string nonce;
    int shares = 0, threshold = 0;
    UnsealProgress gathered;
  };
  world::Task<Status> status_now();
  world::Task<Result> finish(std::string combined);

  Core& core_;
  Target target_;
  std::optional<Attempt> attempt_;
};

}  // namespace squall::vault
