// The changes of membership that autopilot decides on: promotions, removal of dead servers, additions
// (raft-autopilot 0.2.0, reconcile.go and raft.go). Each is a plan: the caller performs its steps in order.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vault/autopilot/state.hpp"
#include "harness/vault/log/logger.hpp"

namespace squall::vault::autopilot {

struct LogLine {
  LogLevel level;
  std::string message;
  Logger::Fields fields;
};

// One step of a plan: what to log, then what to do. When raft refuses a step, log failure(), and leave out
// all steps of later stages; those of its own stage are still done.
struct Step {
  enum class Kind {
    log_only,
    add_voter,
    add_nonvoter,
    remove_server,         // stale: raft knows it, the application does not
    remove_failed_server,  // told to the application, which removes it in its own time
  };
  Kind kind = Kind::log_only;
  std::string id, address;
  std::vector<LogLine> before, after;  // `after`: only when it was done
  int stage = 0;
};

const char* text(Step::Kind kind);  // "add_voter" and so on
// The line for a step that raft refused with `error`.
LogLine failure(const Step& step, std::string_view error);

struct Addition {
  std::vector<Step> steps;
  std::string error;   // not empty: refused, and there are no steps
  bool prune = false;  // look for dead servers at once when the steps are done
};

// Makes voters of what promotable() names.
std::vector<Step> promotions(const State& state, const Config& config, Time now);

// Stale non-voters, stale voters, failed non-voters, failed voters; each stage counts anew how many may go.
// Nothing unless cleanup_dead_servers is on.
std::vector<Step> prune(const Config& config, const std::vector<RaftServer>& raft,
                        const std::map<std::string, Server>& known);

// A server joins as a non-voter, after those that had its address have gone; one that is a voter stays one.
Addition add_server(const std::vector<RaftServer>& raft, const std::string& id, const std::string& address);

}  // namespace squall::vault::autopilot
