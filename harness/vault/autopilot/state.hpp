// What autopilot knows of a cluster's servers, and how its next state follows from the last one and from what
// is observed now (raft-autopilot 0.2.0, state.go, types.go and stable_promoter.go).
#pragma once
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "emulator/base/time.hpp"
#include "harness/vault/autopilot/config.hpp"

namespace squall::vault::autopilot {

enum class Suffrage { voter, nonvoter, staging };
enum class RaftState { leader, voter, non_voter, staging };
enum class NodeStatus { unknown, alive, failed, left };

const char* text(RaftState state);
const char* text(NodeStatus status);

// A server in raft's latest configuration.
struct RaftServer {
  std::string id, address;
  Suffrage suffrage = Suffrage::voter;
};

// A server that the application knows.
struct Server {
  std::string id, name, address, version;
  NodeStatus node_status = NodeStatus::alive;
  std::string node_type;  // "voter": counts as one that may vote; the application may leave it empty
  bool leader = false;
};

struct ServerStats {
  Duration last_contact{};  // negative: never
  std::uint64_t last_term = 0, last_index = 0;
};

struct ServerState {
  Server server;
  RaftState state = RaftState::voter;
  ServerStats stats;
  bool healthy = false;
  Time stable_since{};  // when it was first seen; see next_state
};

struct State {
  Time first_state_time{};
  bool healthy = true;
  int failure_tolerance = 0;
  std::map<std::string, ServerState> servers;
  std::string leader;               // empty: none known
  std::vector<std::string> voters;  // the leader first, then by health, age and id
};

// Everything that autopilot asks of raft and of the application for one decision.
struct Observation {
  Time now;
  Config config;
  std::vector<RaftServer> raft;
  std::map<std::string, Server> known;
  std::map<std::string, ServerStats> stats;
  std::uint64_t last_index = 0, last_term = 0;  // of this node's log
  std::string leader_address;                   // raft's word, where no known server says that it leads
  bool leads = true;                            // this node does
};

// A server's `stable_since` never moves once it has been seen: the library compares its health with itself,
// so that a server that flaps is not held back.
State next_state(const std::optional<State>& previous, const Observation& seen);

// Non-voters that are healthy and have been stable for long enough, by id.
std::vector<std::string> promotable(const State& state, const Config& config, Time now);

// The data of GET sys/storage/raft/autopilot/state.
nlohmann::json report(const State& state);

}  // namespace squall::vault::autopilot
