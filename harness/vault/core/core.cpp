#include "harness/vault/core/core.hpp"

#include "harness/vault/core/heartbeat.hpp"

namespace squall::vault {

Core::Core(CoreWorld world, CoreConfig config, std::unique_ptr<Physical> physical,
           std::unique_ptr<Wrapper> wrapper)
    : world_(world),
      config_(std::move(config)),
      log_(world_.log.named("core")),
      physical_(std::move(physical)),
      wrapper_(std::move(wrapper)),
      barrier_(*physical_, world_.entropy, world_.scheduler),
      tokens_(View(barrier_, "sys/token/"), {world_.scheduler, world_.entropy}),
      policies_(View(barrier_, "sys/policy/")),
      mounts_(barrier_, world_.entropy, false),
      auth_mounts_(barrier_, world_.entropy, true),
      audit_(barrier_, {world_.scheduler, world_.entropy}, world_.audit, world_.log),
      user_lockouts_(View(barrier_, "core/login/lockedUsers/root/"), world_.scheduler),
      state_lock_(world_.scheduler),
      init_lock_(world_.scheduler) {
  log_.info("Initializing version history cache for core");
}

Core::~Core() = default;

}  // namespace squall::vault
