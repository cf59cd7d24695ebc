#include "harness/vault/autopilot/state.hpp"

#include <algorithm>
#include <tuple>

namespace squall::vault::autopilot {
namespace {

std::string leader_id(const Observation& seen) {
  for (const auto& [id, server] : seen.known)
    if (server.leader) return id;
  for (const RaftServer& server : seen.raft)
    if (server.address == seen.leader_address) return server.id;
  return {};
}

RaftState raft_state(Suffrage suffrage) {
  switch (suffrage) {
    case Suffrage::voter:
      return RaftState::voter;
    case Suffrage::nonvoter:
      return RaftState::non_voter;
    case Suffrage::staging:
      break;
  }
  return RaftState::staging;
}

// The log's end that health is measured against: ours if we lead, else what the leader told.
struct LogEnd {
  std::uint64_t term = 0, index = 0;
};

LogEnd leader_log_end(const Observation& seen, const std::string& leader) {
  if (seen.leads) return {seen.last_term, seen.last_index};
  auto told = seen.stats.find(leader);
  return told == seen.stats.end() ? LogEnd{} : LogEnd{told->second.last_term, told->second.last_index};
}

bool is_healthy(const ServerState& one, const LogEnd& end, const Config& config) {
  if (end.index == 0 || end.term == 0) return false;  // not bootstrapped, or no leader
  if (one.server.node_status != NodeStatus::alive) return false;
  if (one.stats.last_contact > config.last_contact_threshold || one.stats.last_contact < 0s) return false;
  return one.stats.last_term == end.term && one.stats.last_index + config.max_trailing_logs >= end.index;
}

// Later sources overrule earlier ones: raft's configuration, the last state, the application, the stats.
ServerState server_state(const std::optional<State>& previous, const Observation& seen,
                         const RaftServer& raft, const std::string& leader) {
  ServerState next;
  next.server.id = raft.id;
  next.stable_since = seen.now;
  if (previous)
    if (auto before = previous->servers.find(raft.id); before != previous->servers.end())
      next = before->second;
  if (auto known = seen.known.find(raft.id); known != seen.known.end())
    next.server = known->second;
  else
    next.server.node_status = NodeStatus::left;
  next.server.address = raft.address;
  next.server.node_type = "voter";  // the promoter of the open edition has no other type
  next.state = raft.id == leader ? RaftState::leader : raft_state(raft.suffrage);
  if (auto stats = seen.stats.find(raft.id); stats != seen.stats.end()) next.stats = stats->second;
  next.healthy = is_healthy(next, leader_log_end(seen, leader), seen.config);
  return next;
}

// The leader, then the healthy from the oldest, then the unhealthy from the youngest; the id decides last.
void sort_voters(State& state) {
  auto rank = [&state](const std::string& id) {
    const ServerState& one = state.servers.at(id);
    auto age = one.stable_since.time_since_epoch().count();
    return std::tuple(one.state != RaftState::leader, !one.healthy, one.healthy ? age : -age, id);
  };
  std::sort(state.voters.begin(), state.voters.end(),
            [&rank](const std::string& a, const std::string& b) { return rank(a) < rank(b); });
}

}  // namespace

State next_state(const std::optional<State>& previous, const Observation& seen) {
  State next;
  next.first_state_time = previous ? previous->first_state_time : seen.now;
  const std::string leader = leader_id(seen);
  int healthy_voters = 0;
  for (const RaftServer& raft : seen.raft) {
    const ServerState& one = next.servers[raft.id] = server_state(previous, seen, raft, leader);
    next.healthy &= one.healthy;
    if (one.state != RaftState::leader && one.state != RaftState::voter) continue;
    if (one.state == RaftState::leader) next.leader = raft.id;
    next.voters.push_back(raft.id);
    healthy_voters += one.healthy ? 1 : 0;
  }
  const int quorum = static_cast<int>(next.voters.size()) / 2 + 1;
  next.failure_tolerance = std::max(0, healthy_voters - quorum);
  sort_voters(next);
  return next;
}

std::vector<std::string> promotable(const State& state, const Config& config, Time now) {
  // A leader that is younger than the time that it asks for could know no server as stable.
  const bool young = now - state.first_state_time <= config.server_stabilization_time;
  const Duration least = young ? Duration{} : config.server_stabilization_time;
  std::vector<std::string> ids;
  for (const auto& [id, one] : state.servers)
    if (one.state == RaftState::non_voter && one.healthy && now - one.stable_since >= least)
      ids.push_back(id);
  return ids;
}

}  // namespace squall::vault::autopilot
