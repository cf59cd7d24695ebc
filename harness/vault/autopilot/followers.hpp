// What the active node hears of the others by their echoes, every 5 seconds, and what autopilot is told of it
// (Vault 1.14, physical/raft/raft_autopilot.go, FollowerStates and Delegate).
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/vault/autopilot/log_line.hpp"
#include "harness/vault/autopilot/state.hpp"

namespace squall::vault::autopilot {

struct Echo {
  std::uint64_t applied_index = 0, term = 0;
  bool wants_vote = true;  // DesiredSuffrage
  std::string version;     // empty: not told yet
};

// This node's own part of an observation.
struct Self {
  std::string id, version;
  std::uint64_t applied_term = 0, applied_index = 0;  // of its state machine
};

class Followers {
 public:
  // An echo, or the answer to a join; at a change of leadership, once for every peer, with nothing known.
  // Revives the dead.
  void heard(const std::string& id, Echo echo, Time now);
  void forget(const std::string& id) { followers_.erase(id); }
  void clear() { followers_.clear(); }

  // Once a second: whoever was silent for longer than the threshold is dead from now on. Only with
  // cleanup_dead_servers.
  void mark_dead(const Config& config, Time now);

  // Fills in `known` and `stats`; of those who echo, only servers in `seen.raft` are known. `last` is the
  // state that autopilot has. What Vault logs at it.
  std::vector<LogLine> observe(Observation& seen, const Self& self, const std::optional<State>& last);

 private:
  struct Follower {
    Echo echo;
    Time heard;
    bool dead = false;
    bool version_missed = false;  // and said so
  };
  Server known(const std::string& id, Follower& follower, const Self& self, const std::optional<State>& last,
               std::vector<LogLine>& log) const;

  std::map<std::string, Follower> followers_;
};

}  // namespace squall::vault::autopilot
