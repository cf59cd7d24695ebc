// An act of key holders on an unsealed node, as rekeying and the generation of a root token are: under way
// or not, its nonce, the shares given so far (vault/rekey.go and vault/generate_root.go do this alike, each
// in words of its own). What the act is, its owner knows.
#pragma once
#include <optional>
#include <string>

#include "emulator/world/task.hpp"
#include "harness/vault/seal/unseal_progress.hpp"

namespace squall::vault {

class Core;

class QuorumAttempt {
 public:
  struct Words {
    std::string operation;    // "rekey": of "rekey already in progress" and of a wrong nonce
    std::string none;         // for a share that no attempt waits for
    std::string repeated_in;  // "generation operation": where a share was given before
    std::string key;          // "root key": what shares cannot be combined to
    int unusable_status;      // of such shares
    std::string too_few;      // the log's line while shares are missing
  };
  struct Status {
    std::string nonce;  // empty: none is under way
    int progress = 0, required = 0;
  };

  QuorumAttempt(Core& core, Words words) : core_(core), words_(std::move(words)) {}

  // The caller holds the state lock. All throw LogicalError: 503 when sealed, 400 for what cannot be.
  world::Task<Status> status();
  const std::string& start();  // answers the nonce
  void cancel();
  // What the shares combine to, once they are enough; they are forgotten then.
  world::Task<std::optional<std::string>> add_share(std::string share, std::string nonce);

  bool under_way() const { return !nonce_.empty(); }
  void forget();

 private:
  Core& core_;
  Words words_;
  std::string nonce_;
  UnsealProgress gathered_;
};

}  // namespace squall::vault
