// Users who gave a wrong password too often (vault/request_handling.go, vault/user_lockout_util.go): counted
// in memory; who is locked out is stored too, and stays so across a restart.
#pragma once
#include <map>

#include "emulator/world/scheduler.hpp"
#include "harness/vault/barrier/barrier.hpp"
#include "harness/vault/logical/request.hpp"

namespace squall::vault {

struct LockoutRules {
  std::int64_t threshold = 5;
  std::int64_t duration_s = 900, counter_reset_s = 900;
  bool disabled = false;

  // What a mount was tuned to, member by member: 0 and false say nothing.
  LockoutRules tuned(const Json& settings) const;
};

class UserLockouts {
 public:
  UserLockouts(View view, world::Scheduler& scheduler) : view_(std::move(view)), scheduler_(scheduler) {}

  // `mount` is the accessor of the auth method, `user` the name of the user's alias there.
  world::Task<bool> locked(std::string mount, std::string user, LockoutRules rules);
  world::Task<> failed(std::string mount, std::string user, LockoutRules rules);
  world::Task<> succeeded(std::string mount, std::string user);
  // Where an operator says so.
  world::Task<> unlock(std::string mount, std::string user);
  // Of every mount, or of the one given: who is stored as locked out.
  world::Task<std::map<std::string, std::vector<std::string>>> stored(std::string mount) const;
  // The counts go as the node is sealed.
  void forget() { failures_.clear(); }

 private:
  struct Failures {
    std::int64_t count = 0;
    std::int64_t last_s = 0;  // since 1970
  };
  std::int64_t now_s() const { return base::unix_seconds(scheduler_.now()); }

  View view_;
  world::Scheduler& scheduler_;
  std::map<std::string, Failures> failures_;  // by "mount/user"
};

}  // namespace squall::vault
