// What was committed and applied, who led, what was served.
#include "tests/raft/oracle.hpp"

#include <algorithm>

namespace squall::vault::raft::test {
bool same_content(const Entry& a, const Entry& b) {
  if (a.type != b.type) return false;
  const std::string none;
  if (a.data != b.data && (a.data ? *a.data : none) != (b.data ? *b.data : none)) return false;
  if (a.configuration == b.configuration) return true;
  return a.configuration && b.configuration && *a.configuration == *b.configuration;
}

std::uint64_t digest_of(std::uint64_t before, const Entry& entry) {
  if (entry.type == EntryType::command && entry.data) return base::hash64(*entry.data, before + entry.index);
  return base::hash64(entry_type_name(entry.type), before + entry.index);
}

std::string snapshot_bytes(std::uint64_t digest) {
  std::string out = std::to_string(digest);
  return out + std::string(100, '.');
}

void Oracle::died(std::size_t server) {
  View& view = servers_[server];
  view.told_to_campaign = false;
  view.pre_votes.clear();
  view.applied = view.commit = 0;
  view.digest = 0;
  view.asked.clear();
}

void Oracle::restored(std::size_t server, const Snapshot& snapshot) {
  View& view = servers_[server];
  if (from_outside_ && snapshot.index > committed_.size()) {
    committed_.resize(snapshot.index,
                      Entry{snapshot.index, snapshot.term, EntryType::noop, nullptr, nullptr});
    committed_in_.resize(snapshot.index, snapshot.term);
    digests_.resize(snapshot.index, *from_outside_);
    configurations_.resize(snapshot.index, configurations_.back());
    from_outside_.reset();
  }
  if (snapshot.index < view.applied) throw Violation(Invariant::snapshot_never_back);
  if (snapshot.index > committed_.size()) throw Violation(Invariant::snapshot_of_committed);
  if (snapshot.data != snapshot_bytes(digests_[snapshot.index - 1]))
    throw Violation(Invariant::snapshot_of_this_history);
  if (*snapshot.configuration != *configurations_[snapshot.index - 1])
    throw Violation(Invariant::snapshot_with_configuration);
  view.applied = snapshot.index;
  view.digest = digests_[snapshot.index - 1];
}

void Oracle::check_consecutive(const Configuration& before, const Configuration& after) const {
  std::size_t differences = 0;
  for (const Server& server : before.servers)
    differences += server.suffrage == Suffrage::voter && !has_vote(after, server.id);
  for (const Server& server : after.servers)
    differences += server.suffrage == Suffrage::voter && !has_vote(before, server.id);
  if (differences > 1) throw Violation(Invariant::configurations_overlap);
}

void Oracle::applied(std::size_t server, const Node& node, const Entry& entry) {
  View& view = servers_[server];
  if (entry.index != view.applied + 1) throw Violation(Invariant::applied_in_order);
  if (entry.index <= committed_.size()) {
    const Entry& first = committed_[entry.index - 1];
    if (first.term != entry.term || !same_content(first, entry))
      throw Violation(Invariant::state_machine_safety);
  } else {
    const std::uint64_t before = digests_.empty() ? 0 : digests_.back();
    ConfigurationPtr configuration = configurations_.empty() ? nullptr : configurations_.back();
    if (entry.configuration) {
      if (configuration) check_consecutive(*configuration, *entry.configuration);
      configuration = entry.configuration;
    }
    committed_.push_back(entry);
    committed_in_.push_back(node.term());
    digests_.push_back(digest_of(before, entry));
    configurations_.push_back(std::move(configuration));
  }
  view.applied = entry.index;
  view.digest = digest_of(view.digest, entry);
}

void Oracle::became_leader(std::size_t server, const Node& node, const std::vector<const Node*>& nodes,
                           Time now) {
  auto [leader, fresh] = leaders_.try_emplace(node.term(), server);
  if (!fresh) throw Violation(Invariant::one_leader_per_term);
  const Configuration& configuration = node.latest_configuration();
  std::size_t votes = 0;
  for (const auto& [voter, candidate] : votes_[node.term()])
    if (candidate == node.options().address && has_vote(configuration, "n" + std::to_string(voter))) ++votes;
  if (votes < quorum_size(configuration)) throw Violation(Invariant::leader_by_majority);
  Index before =
      committed_.size();  // what was committed in earlier terms; a later one may be ahead of this leader
  while (before > 0 && committed_in_[before - 1] >= node.term()) --before;
  if (before > 0 && !holds(servers_[server], before, committed_[before - 1].term))
    throw Violation(Invariant::leader_completeness);
  for (std::size_t other = 0; other < nodes.size(); ++other)
    if (other != server && nodes[other] && nodes[other]->term() < node.term() &&
        nodes[other]->holds_lease(now))
      throw Violation(Invariant::lease_until_next_leader);
}

// What a leader commits is on the disks of a majority, and of its own term.
void Oracle::check_commit(std::size_t server, const Node& node) {
  const Index index = node.commit_index();
  const Entry* entry = node.log().find(index);
  if (!entry) return;
  if (entry->term != node.term()) throw Violation(Invariant::commit_in_own_term);
  std::size_t on_disk = 0;
  const Configuration& configuration = node.latest_configuration();
  for (const Server& voter : configuration.servers)
    if (voter.suffrage == Suffrage::voter && holds(servers_[index_of(voter.id)], index, entry->term))
      ++on_disk;
  if (on_disk < quorum_size(configuration)) throw Violation(Invariant::commit_by_majority);
  const Entry* first = node.log().find(servers_[server].commit + 1);
  if (first && first->term < node.term()) tally_->note(Rare::old_term_entry_committed_with_new);
}

void Oracle::after_step(std::size_t server, const Node& node, const std::vector<const Node*>& nodes,
                        Time now) {
  View& view = servers_[server];
  if (node.term() < view.disk.term) throw Violation(Invariant::term_never_back);
  if (node.commit_index() < view.commit) throw Violation(Invariant::commit_never_back);
  if (node.commit_index() > node.last_index()) throw Violation(Invariant::commit_within_log);
  if (node.commit_index() > view.commit && node.role() == Role::leader) check_commit(server, node);
  view.commit = node.commit_index();
  for (const Node* a : nodes) {
    if (!a || a->role() != Role::leader) continue;
    for (const Node* b : nodes)
      if (b && b != a && b->role() == Role::leader && b->term() > a->term() && a->holds_lease(now))
        throw Violation(Invariant::lease_beside_newer_leader);
  }
}

bool Oracle::may_vote(std::size_t server) const {
  const std::string id = "n" + std::to_string(server);
  if (!configurations_.empty() && has_vote(*configurations_.back(), id)) return true;
  for (const View& view : servers_)
    for (const Entry& entry : view.disk.entries)
      if (entry.configuration && (entry.index > committed_.size()) && has_vote(*entry.configuration, id))
        return true;
  return false;
}

void Oracle::read_served(std::size_t server, Index must_see) const {
  if (servers_[server].applied < must_see) throw Violation(Invariant::read_sees_acknowledged);
}

void Oracle::acknowledged(Index index) {
  if (index > committed_.size()) throw Violation(Invariant::acknowledged_once_applied);
  last_acknowledged_ = std::max(last_acknowledged_, index);
}

}  // namespace squall::vault::raft::test
