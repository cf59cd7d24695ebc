// What is said when raft refuses a step of a plan (raft-autopilot 0.2.0, raft.go, reconcile.go and run.go).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "harness/vault/autopilot/changes.hpp"

namespace squall::vault::autopilot {

// At once. Not for remove_failed_server, whose end autopilot never hears of: see removals.hpp.
LogLine failure(const Step& step, std::string_view error);

// After the last step that was tried of promotions() or prune(). `errors`: raft's, in order; not empty.
LogLine failed_promotions(const Step& refused, std::string_view error);
LogLine failed_prune(const std::vector<std::string>& errors);

// What a server that wanted to join is told when raft refused `step` of its Addition.
std::string failed_addition(const Step& step, const std::string& address, std::string_view error);

}  // namespace squall::vault::autopilot
