// After the faults: the world heals, and the cluster must come right within a bound that its timings imply,
// take a write, and at times a snapshot from outside.
#include "tests/raft/cluster.hpp"

namespace squall::vault::raft::test {

// Who has no vote stays down, as an operator would see to, also if it was about to come back: a server that
// was demoted or removed behind a cut still campaigns, and 1.3.10 lets it depose every leader that talks to
// it (seed 639 without this; seed 32891 of 7 servers for one that came back later).
void Cluster::heal() {
  chaos_ = false;
  std::fill(cuts_.begin(), cuts_.end(), false);
  loss_ = duplication_ = 0;
  delay_ = 5ms;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    servers_[i].disk_full = false;
    servers_[i].sync_delay = {};
    servers_[i].stays_down = !oracle_.may_vote(i);
    if (servers_[i].stays_down)
      crash(i);
    else
      at(Duration(random_.below(1'000'000'000)), What::restart, i);
  }
}

// One leader; every voter has applied what is committed, and no member is yet to come, perhaps in a newer
// term, or in one already.
bool Cluster::right() const {
  const auto lead = leader();
  if (!lead || nodes_[*lead]->transfer_under_way()) return false;
  const Node& node = *nodes_[*lead];
  if (node.commit_index() != node.last_index()) return false;
  for (const raft::Server& member : node.latest_configuration().servers) {
    const std::size_t server = Oracle::index_of(member.id);
    const Node* other = nodes_[server];
    if (!other && servers_[server].stays_down) continue;
    if (!other || other->term() > node.term()) return false;
    if (member.suffrage == Suffrage::voter && other->applied_index() != node.commit_index()) return false;
  }
  return true;
}

// Whether any server could win an election at all. The library refuses a vote to whom its own latest
// configuration gives none, so a voter that missed its successor's promotion can lock a cluster up (seed
// 1216): its vote is needed, and it does not know the candidate. And a candidate that the leader of its own
// term sends a snapshot takes it for its leader and stays a candidate, which never forgets a leader, and
// refuses its vote to all others (seed 681172 of 5 servers).
bool Cluster::anybody_electable() const {
  const Configuration* newest = nullptr;
  Index newest_index = 0;
  for (const Node* node : nodes_)
    if (node && node->latest_configuration_index() >= newest_index) {
      newest = &node->latest_configuration();
      newest_index = node->latest_configuration_index();
    }
  // Campaigns without a vote, or will, since it does not know; is refused, and deposes every leader (see
  // heal). Who learns of it as a candidate stays one (seed 296484 of 3 servers).
  for (const Node* node : nodes_)
    if (node && !has_vote(*newest, node->options().id) &&
        (node->role() == Role::candidate || has_vote(node->latest_configuration(), node->options().id)))
      return false;
  for (const Node* candidate : nodes_) {
    if (!candidate || !has_vote(candidate->latest_configuration(), candidate->options().id)) continue;
    std::size_t votes = 0;
    for (const raft::Server& voter : candidate->latest_configuration().servers) {
      const Node* node = nodes_[Oracle::index_of(voter.id)];
      if (!node || voter.suffrage != Suffrage::voter) continue;
      if (!has_vote(node->latest_configuration(), candidate->options().id)) continue;
      const bool keeps_leader = node->role() == Role::candidate && !node->leader_id().empty();
      if (keeps_leader && node != candidate && node->leader_id() != candidate->options().id) continue;
      votes += std::pair(candidate->last_term(), candidate->last_index()) >=
               std::pair(node->last_term(), node->last_index());
    }
    if (votes >= quorum_size(candidate->latest_configuration())) return true;
  }
  return false;
}

std::string Cluster::describe() const {
  std::string out;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    out += "\n  n" + std::to_string(i) + ": ";
    if (!nodes_[i]) {
      out += "dead";
      continue;
    }
    const Node& node = *nodes_[i];
    out += std::string(role_name(node.role())) + " term " + std::to_string(node.term()) + " last " +
           std::to_string(node.last_index()) + " commit " + std::to_string(node.commit_index()) +
           " applied " + std::to_string(node.applied_index()) + (node.write_under_way() ? " writing" : "") +
           (node.transfer_under_way() ? " transferring" : "") + " " +
           raft::describe(node.latest_configuration());
  }
  return out;
}

// Silence is noticed in two timeouts, an election takes up to two more, and is tried again after a split; a
// call that hangs holds replication up for its own timeout. Twelve rounds are far beyond any of it.
void Cluster::check_liveness() {
  const Time until = now_ + 12 * (2 * node_options_.heartbeat_timeout + node_options_.rpc_timeout);
  while (!right()) {
    for (int i = 0; i < 16; ++i)
      if (!advance(until)) {
        if (anybody_electable()) throw Violation(Invariant::comes_right, describe());
        return tally_.note(Rare::nobody_electable);
      }
  }
  const Index before = std::max(oracle_.last_acknowledged(), oracle_.last_committed());
  std::optional<std::pair<std::size_t, Term>> asked;  // once each: an answer must not wait for the next write
  while (oracle_.last_acknowledged() <= before) {
    const auto lead = leader();
    if (lead && asked != std::pair(*lead, nodes_[*lead]->term())) {
      asked = {*lead, nodes_[*lead]->term()};
      step(*lead, Propose{ask(Asked::write, *lead), std::make_shared<const std::string>("last")});
    }
    if (!advance(until)) throw Violation(Invariant::takes_a_write, describe());
  }
  if (random_.below(4) == 0) restore_from_outside(until + (until - now_));
}

// While nothing goes wrong, since the library's way is not safe otherwise (event.hpp).
void Cluster::restore_from_outside(Time until) {
  while (!right())
    if (!advance(until)) throw Violation(Invariant::comes_right, describe());
  const std::size_t lead = *leader();
  const Node& node = *nodes_[lead];
  if (node.latest_configuration_index() != node.committed_configuration_index() || node.write_under_way())
    return;
  const std::uint64_t digest = random_.next();
  const Index taken_at = random_.below(2) ? 1 : node.last_index() + random_.below(50);
  oracle_.will_restore(digest);
  step(lead, RestoreSnapshot{ask(Asked::restore, lead), taken_at, snapshot_bytes(digest)});
  while (!restored_from_outside_ || !right())
    if (!advance(until)) throw Violation(Invariant::restored_everywhere, describe());
  tally_.note(Rare::snapshot_from_outside);
}

}  // namespace squall::vault::raft::test
