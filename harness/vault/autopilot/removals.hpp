// The removal of failed servers, which autopilot asks Vault for every 10 seconds and Vault does once at a
// time (Vault 1.14, physical/raft/raft_autopilot.go, Delegate.RemoveFailedServer).
#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "harness/vault/autopilot/followers.hpp"
#include "harness/vault/autopilot/log_line.hpp"

namespace squall::vault::autopilot {

class Removals {
 public:
  struct Begun {
    bool ask_raft;  // false: it was asked before and has not answered
    LogLine line;
  };
  Begun begin(const std::string& id);

  // Raft's answer; `error` is empty when the server is gone, which is then forgotten. A line, if there is
  // one.
  std::optional<LogLine> end(const std::string& id, std::string_view error, Followers& followers);

 private:
  std::set<std::string> under_way_;
};

}  // namespace squall::vault::autopilot
