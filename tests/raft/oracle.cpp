#include "tests/raft/oracle.hpp"

#include <algorithm>

namespace squall::vault::raft::test {
namespace {

[[noreturn]] void violated(const std::string& what) { throw Violation(what); }

bool same_content(const Entry& a, const Entry& b) {
  if (a.type != b.type) return false;
  const std::string none;
  if (a.data != b.data && (a.data ? *a.data : none) != (b.data ? *b.data : none)) return false;
  if (a.configuration == b.configuration) return true;
  return a.configuration && b.configuration && *a.configuration == *b.configuration;
}

}  // namespace

std::uint64_t digest_of(std::uint64_t before, const Entry& entry) {
  if (entry.type == EntryType::command && entry.data) return base::hash64(*entry.data, before + entry.index);
  return base::hash64(entry_type_name(entry.type), before + entry.index);
}

std::string snapshot_bytes(std::uint64_t digest) {
  std::string out = std::to_string(digest);
  return out + std::string(100, '.');
}

void Oracle::started(std::size_t server, const Node& node) {
  View& view = servers_[server];
  if (node.term() < view.disk.term) violated("term went back over a restart");
  view.commit = node.commit_index();
}

void Oracle::died(std::size_t server) {
  View& view = servers_[server];
  view.told_to_campaign = false;
  view.pre_votes.clear();
  view.applied = view.commit = 0;
  view.digest = 0;
  view.asked.clear();
}

// What was synced must have come back; what was not may have.
void Oracle::recovered(std::size_t server, const DiskState& disk) {
  View& view = servers_[server];
  if (disk.term < view.disk.term) violated("the disk forgot a term");
  if (!view.disk.entries.empty()) {
    const Index last = view.disk.entries.back().index;
    const Index came_back = std::max(disk.entries.empty() ? 0 : disk.entries.back().index,
                                     disk.snapshot ? disk.snapshot->index : 0);
    const bool cut_under_way = view.cutting_from && came_back + 1 >= view.cutting_from;
    if (came_back < last && !cut_under_way) violated("the disk forgot an entry");
  }
  view.cutting_from = 0;
  Write entries;
  entries.entries = disk.entries;
  if (!disk.entries.empty()) check_written_entries(disk, entries);
  view.disk = disk;
}

void Oracle::received(std::size_t server, const Message& message) {
  View& view = servers_[server];
  if (std::holds_alternative<TimeoutNowRequest>(message.body)) view.told_to_campaign = true;
  if (auto* vote = std::get_if<VoteReply>(&message.body); vote && vote->pre_vote && vote->granted) {
    auto& voters = view.pre_votes[vote->term];
    if (std::find(voters.begin(), voters.end(), message.from) == voters.end()) voters.push_back(message.from);
  }
  if (auto* append = std::get_if<AppendRequest>(&message.body)) {
    if (append->entries.empty()) return;
    view.asked.push_back({message.call, {append->entries.back().index, append->entries.back().term}});
    if (view.asked.size() > 64) view.asked.erase(view.asked.begin(), view.asked.begin() + 32);
  }
}

void Oracle::wrote(std::size_t server, const Node& node, const Write& write) {
  View& view = servers_[server];
  view.cutting_from = write.truncate_from;
  if (node.role() == Role::leader && write.truncate_from) violated("a leader cut its own log");
  if (write.vote && write.vote->candidate == node.options().address) {
    if (write.term && *write.term <= view.disk.term) violated("a campaign in a term that is not new");
    if (node.options().pre_vote && !view.told_to_campaign &&
        view.pre_votes[*write.term].size() + 1 < quorum_size(node.latest_configuration()))
      violated("a campaign without a majority of pre-votes");
    view.told_to_campaign = false;
  }
  if (node.role() != Role::leader) return;
  for (const Entry& entry : write.entries) {
    if (entry.type != EntryType::configuration) continue;
    if (node.latest_configuration_index() > node.commit_index())
      violated("two changes of membership at once");
    const Entry* committed = node.log().find(node.commit_index());
    const Term term = committed ? committed->term : 0;
    if (committed && term != node.term()) violated("a change of membership before the term's first commit");
  }
}

Term Oracle::term_before(const DiskState& disk, Index index) const {
  if (index <= 1) return 0;
  for (auto entry = disk.entries.rbegin(); entry != disk.entries.rend(); ++entry)
    if (entry->index == index - 1) return entry->term;
  if (disk.snapshot && disk.snapshot->index == index - 1) return disk.snapshot->term;
  return 0;
}

// Log matching by induction: an entry of one index and term is the same everywhere, and so is the term of the
// entry before it.
void Oracle::check_written_entries(const DiskState& before, const Write& write) {
  Term previous = term_before(before, write.entries.front().index);
  for (const Entry& entry : write.entries) {
    auto [known, fresh] = known_.try_emplace({entry.index, entry.term}, Known{previous, entry});
    if (!fresh) {
      if (!same_content(known->second.entry, entry)) violated("log matching: one place, two entries");
      if (previous != 0 && known->second.previous_term != 0 && previous != known->second.previous_term)
        violated("log matching: one entry, two pasts");
    }
    previous = entry.term;
  }
}

void Oracle::synced(std::size_t server, const Write& write) {
  View& view = servers_[server];
  view.cutting_from = 0;
  if (write.truncate_from) {
    if (write.truncate_from <= committed_.size() &&
        holds(view, write.truncate_from, committed_[write.truncate_from - 1].term))
      violated("a committed entry was cut off");
    if (!view.disk.entries.empty() && view.disk.entries.back().index >= write.truncate_from + 2)
      tally_->note(Rare::truncation_of_three_or_more);
  }
  if (write.vote) {
    auto [vote, fresh] = votes_[write.vote->term].try_emplace(server, write.vote->candidate);
    if (!fresh && vote->second != write.vote->candidate) violated("two votes in one term");
  }
  Write first = write;
  first.entries.clear();
  apply_write(view.disk, first);
  if (!write.entries.empty()) {
    if (!view.disk.entries.empty() && view.disk.entries.back().index + 1 != write.entries.front().index)
      violated("a gap in the log");
    check_written_entries(view.disk, write);
    view.disk.entries.insert(view.disk.entries.end(), write.entries.begin(), write.entries.end());
  }
}

bool Oracle::holds(const View& view, Index index, Term term) const {
  if (view.disk.snapshot && view.disk.snapshot->index >= index) return true;
  if (view.disk.entries.empty() || index < view.disk.entries.front().index) return index == 0;
  const Index offset = index - view.disk.entries.front().index;
  return offset < view.disk.entries.size() && view.disk.entries[offset].term == term;
}

void Oracle::sent(std::size_t server, const Node& node, const Message& message) {
  const View& view = servers_[server];
  auto promised_term = [&](Term term) {
    if (term > view.disk.term) violated("a term was told before it was on the disk");
  };
  if (auto* reply = std::get_if<VoteReply>(&message.body)) {
    if (reply->pre_vote) return;
    promised_term(reply->term);
    if (!reply->granted) return;
    if (!node.latest_configuration().servers.empty() && !has_vote(node.latest_configuration(), message.to))
      violated("a vote for a server that is no voter");
    if (view.disk.vote != Vote{reply->term, message.to_address}) violated("a vote before it was on the disk");
  } else if (auto* request = std::get_if<VoteRequest>(&message.body)) {
    if (request->pre_vote) return;
    promised_term(request->term);
    if (!has_vote(node.latest_configuration(), node.options().id)) return;
    if (view.disk.vote != Vote{request->term, message.from_address})
      violated("a campaign before its vote was on the disk");
  } else if (auto* answer = std::get_if<AppendReply>(&message.body)) {
    promised_term(answer->term);
    if (!answer->success) return;
    for (const auto& [call, last] : view.asked)
      if (call == message.call && !holds(view, last.first, last.second))
        violated("entries acknowledged before they were on the disk");
  } else if (auto* append = std::get_if<AppendRequest>(&message.body)) {
    promised_term(append->term);
    if (!append->entries.empty() && !holds(view, append->entries.back().index, append->entries.back().term))
      violated("entries sent before they were on the leader's disk");
  } else if (std::holds_alternative<TimeoutNowRequest>(message.body)) {
    for (const Peer& peer : node.peers())
      if (peer.server.id == message.to && peer.next_index <= node.last_index())
        violated("leadership offered to a server that lacks entries");
  }
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
  if (snapshot.index < view.applied) violated("a state machine went back to an older snapshot");
  if (snapshot.index > committed_.size()) violated("a snapshot of entries that nobody committed");
  if (snapshot.data != snapshot_bytes(digests_[snapshot.index - 1]))
    violated("a snapshot of another history");
  if (*snapshot.configuration != *configurations_[snapshot.index - 1])
    violated("a snapshot with a configuration that was not in force");
  view.applied = snapshot.index;
  view.digest = digests_[snapshot.index - 1];
}

void Oracle::check_consecutive(const Configuration& before, const Configuration& after) const {
  std::size_t differences = 0;
  for (const Server& server : before.servers)
    differences += server.suffrage == Suffrage::voter && !has_vote(after, server.id);
  for (const Server& server : after.servers)
    differences += server.suffrage == Suffrage::voter && !has_vote(before, server.id);
  if (differences > 1) violated("two committed configurations in a row whose majorities need not overlap");
}

void Oracle::applied(std::size_t server, const Node& node, const Entry& entry) {
  View& view = servers_[server];
  if (entry.index != view.applied + 1) violated("entries applied out of order");
  if (entry.index <= committed_.size()) {
    const Entry& first = committed_[entry.index - 1];
    if (first.term != entry.term || !same_content(first, entry))
      violated("state machine safety: two entries applied at one index");
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
  if (view.digest != digests_[entry.index - 1]) violated("state machines differ after the same entries");
}

void Oracle::became_leader(std::size_t server, const Node& node, const std::vector<const Node*>& nodes,
                           Time now) {
  auto [leader, fresh] = leaders_.try_emplace(node.term(), server);
  if (!fresh) violated("two leaders in one term");
  const Configuration& configuration = node.latest_configuration();
  std::size_t votes = 0;
  for (const auto& [voter, candidate] : votes_[node.term()])
    if (candidate == node.options().address && has_vote(configuration, "n" + std::to_string(voter))) ++votes;
  if (votes < quorum_size(configuration)) violated("a leader without a majority of votes");
  Index before =
      committed_.size();  // what was committed in earlier terms; a later one may be ahead of this leader
  while (before > 0 && committed_in_[before - 1] >= node.term()) --before;
  if (before > 0 && !holds(servers_[server], before, committed_[before - 1].term))
    violated("leader completeness: a leader lacks a committed entry");
  for (std::size_t other = 0; other < nodes.size(); ++other)
    if (other != server && nodes[other] && nodes[other]->term() < node.term() &&
        nodes[other]->holds_lease(now))
      violated("lease safety: another leader while a lease is held");
}

// What a leader commits is on the disks of a majority, and of its own term.
void Oracle::check_commit(std::size_t server, const Node& node) {
  const Index index = node.commit_index();
  const Entry* entry = node.log().find(index);
  if (!entry) return;
  if (entry->term != node.term()) violated("an entry of an old term committed by counting");
  std::size_t on_disk = 0;
  const Configuration& configuration = node.latest_configuration();
  for (const Server& voter : configuration.servers)
    if (voter.suffrage == Suffrage::voter && holds(servers_[index_of(voter.id)], index, entry->term))
      ++on_disk;
  if (on_disk < quorum_size(configuration)) violated("a commit without a majority of disks");
  const Entry* first = node.log().find(servers_[server].commit + 1);
  if (first && first->term < node.term()) tally_->note(Rare::old_term_entry_committed_with_new);
}

void Oracle::after_step(std::size_t server, const Node& node, const std::vector<const Node*>& nodes,
                        Time now) {
  View& view = servers_[server];
  if (node.term() < view.disk.term) violated("term went back");
  if (node.commit_index() < view.commit) violated("commit index went back");
  if (node.commit_index() > node.last_index()) violated("commit index beyond the log");
  if (node.commit_index() > view.commit && node.role() == Role::leader) check_commit(server, node);
  view.commit = node.commit_index();
  for (const Node* a : nodes) {
    if (!a || a->role() != Role::leader) continue;
    for (const Node* b : nodes)
      if (b && b != a && b->role() == Role::leader && b->term() > a->term() && a->holds_lease(now))
        violated("lease safety: a lease held while a newer leader leads");
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
  if (servers_[server].applied < must_see) violated("a read that misses an acknowledged write");
}

void Oracle::acknowledged(Index index) {
  if (index > committed_.size()) violated("a write acknowledged before it was applied");
  last_acknowledged_ = std::max(last_acknowledged_, index);
}

}  // namespace squall::vault::raft::test
