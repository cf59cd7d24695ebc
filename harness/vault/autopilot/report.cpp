// Autopilot's state as the API shows it (physical/raft/raft_autopilot.go, autopilotToAPIHealth).
#include <nlohmann/json.hpp>

#include "harness/vault/autopilot/state.hpp"

namespace squall::vault::autopilot {
namespace {

using nlohmann::json;

json report(const ServerState& one) {
  return {{"id", one.server.id},
          {"name", one.server.name},
          {"address", one.server.address},
          {"node_status", text(one.server.node_status)},
          {"last_contact", base::go_duration(one.stats.last_contact)},
          {"last_term", one.stats.last_term},
          {"last_index", one.stats.last_index},
          {"healthy", one.healthy},
          {"stable_since", base::rfc3339_nano(one.stable_since)},
          {"status", text(one.state)},
          {"version", one.server.version},
          {"node_type", one.server.node_type}};
}

}  // namespace

const char* text(RaftState state) {
  switch (state) {
    case RaftState::leader:
      return "leader";
    case RaftState::voter:
      return "voter";
    case RaftState::non_voter:
      return "non-voter";
    case RaftState::staging:
      break;
  }
  return "staging";
}

const char* text(NodeStatus status) {
  switch (status) {
    case NodeStatus::alive:
      return "alive";
    case NodeStatus::failed:
      return "failed";
    case NodeStatus::left:
      return "left";
    case NodeStatus::unknown:
      break;
  }
  return "unknown";
}

json report(const State& state) {
  json servers = json::object();
  for (const auto& [id, one] : state.servers) servers[id] = report(one);
  return {{"failure_tolerance", state.failure_tolerance},
          {"healthy", state.healthy},
          {"leader", state.leader},
          {"servers", servers},
          {"voters", state.voters}};
}

}  // namespace squall::vault::autopilot
