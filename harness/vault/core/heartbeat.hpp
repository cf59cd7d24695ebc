// The check of an automatic seal while the node is active (vault/seal_autoseal.go): every 10 minutes
// something is encrypted and decrypted, every minute while that fails. The node serves on regardless.
#pragma once
#include "emulator/world/await.hpp"
#include "harness/vault/log/logger.hpp"
#include "harness/vault/seal/wrapper.hpp"

namespace squall::vault {

class SealHeartbeat {
 public:
  SealHeartbeat(world::Scheduler& scheduler, Wrapper& wrapper, Logger log);

 private:
  world::Task<> run();

  world::Scheduler& scheduler_;
  Wrapper& wrapper_;
  Logger log_;
  Time last_good_;
  world::Job job_;
};

}  // namespace squall::vault
