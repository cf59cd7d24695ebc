// The changes of membership that autopilot decides on: promotions, removal of dead servers, additions
// (raft-autopilot 0.2.0, reconcile.go and raft.go). Each is a plan: the caller performs its steps in order.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "harness/vault/autopilot/log_line.hpp"
#include "harness/vault/autopilot/state.hpp"

namespace squall::vault::autopilot {

// One step of a plan: what to log, then what to do. When raft refuses a step (refusals.hpp has what to say
// then), leave out all steps of later stages; those of its own stage are still done.
struct Step {
  enum class Kind {
    log_only,
    add_voter,
    add_nonvoter,
    remove_server,         // stale: raft knows it, the application does not
    remove_failed_server,  // told to the application, which removes it in its own time (removals.hpp)
  };
  Kind kind = Kind::log_only;
  std::string id, address;
  std::vector<LogLine> before, after;  // `after`: only when it was done
  int stage = 0;
};

const char* text(Step::Kind kind);  // "add_voter" and so on

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

// An operator's remove-peer: nothing if raft does not know the server.
std::vector<Step> remove_server(const std::vector<RaftServer>& raft, const std::string& id);

}  // namespace squall::vault::autopilot
