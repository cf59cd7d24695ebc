// What is on each disk, and what was told that rests on it.
#include <algorithm>

#include "tests/raft/oracle.hpp"

namespace squall::vault::raft::test {

// What was synced must have come back; what was not may have.
void Oracle::recovered(std::size_t server, const DiskState& disk) {
  View& view = servers_[server];
  if (disk.term < view.disk.term) throw Violation(Invariant::disk_keeps_terms);
  if (!view.disk.entries.empty()) {
    const Index last = view.disk.entries.back().index;
    const Index came_back = std::max(disk.entries.empty() ? 0 : disk.entries.back().index,
                                     disk.snapshot ? disk.snapshot->index : 0);
    const bool cut_under_way = view.cutting_from && came_back + 1 >= view.cutting_from;
    if (came_back < last && !cut_under_way) throw Violation(Invariant::disk_keeps_entries);
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
  // What a write takes away may be gone before it is done.
  view.cutting_from = write.drop_log ? write.snapshot->index + 1 : write.truncate_from;
  if (node.role() == Role::leader && write.truncate_from) throw Violation(Invariant::leader_append_only);
  if (write.vote && write.vote->candidate == node.options().address) {
    if (write.term && *write.term <= view.disk.term) throw Violation(Invariant::new_term_to_campaign);
    if (node.options().pre_vote && !view.told_to_campaign &&
        view.pre_votes[*write.term].size() + 1 < quorum_size(node.latest_configuration()))
      throw Violation(Invariant::pre_votes_before_campaign);
    view.told_to_campaign = false;
  }
  if (node.role() != Role::leader) return;
  for (const Entry& entry : write.entries) {
    if (entry.type != EntryType::configuration) continue;
    if (node.latest_configuration_index() > node.commit_index())
      throw Violation(Invariant::one_change_at_a_time);
    const Entry* committed = node.log().find(node.commit_index());
    const Term term = committed ? committed->term : 0;
    if (committed && term != node.term()) throw Violation(Invariant::change_after_own_commit);
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
      if (!same_content(known->second.entry, entry)) throw Violation(Invariant::one_entry_per_place);
      if (previous != 0 && known->second.previous_term != 0 && previous != known->second.previous_term)
        throw Violation(Invariant::one_past_per_entry);
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
      throw Violation(Invariant::committed_is_never_cut);
    if (!view.disk.entries.empty() && view.disk.entries.back().index >= write.truncate_from + 2)
      tally_->note(Rare::truncation_of_three_or_more);
  }
  if (write.term && *write.term < view.disk.term) throw Violation(Invariant::term_never_back);
  if (write.vote) {
    auto [vote, fresh] = votes_[write.vote->term].try_emplace(server, write.vote->candidate);
    if (!fresh && vote->second != write.vote->candidate) throw Violation(Invariant::one_vote_per_term);
  }
  Write first = write;
  first.entries.clear();
  apply_write(view.disk, first);
  if (!write.entries.empty()) {
    if (!view.disk.entries.empty() && view.disk.entries.back().index + 1 != write.entries.front().index)
      throw Violation(Invariant::no_gap_in_log);
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
    if (term > view.disk.term) throw Violation(Invariant::term_on_disk_first);
  };
  if (auto* reply = std::get_if<VoteReply>(&message.body)) {
    if (reply->pre_vote) return;
    promised_term(reply->term);
    if (!reply->granted) return;
    if (!node.latest_configuration().servers.empty() && !has_vote(node.latest_configuration(), message.to))
      throw Violation(Invariant::votes_for_voters_only);
    if (view.disk.vote != Vote{reply->term, message.to_address})
      throw Violation(Invariant::vote_on_disk_first);
  } else if (auto* request = std::get_if<VoteRequest>(&message.body)) {
    if (request->pre_vote) return;
    promised_term(request->term);
    if (!has_vote(node.latest_configuration(), node.options().id)) return;
    if (view.disk.vote != Vote{request->term, message.from_address})
      throw Violation(Invariant::own_vote_on_disk_first);
  } else if (auto* answer = std::get_if<AppendReply>(&message.body)) {
    promised_term(answer->term);
    if (!answer->success) return;
    for (const auto& [call, last] : view.asked)
      if (call == message.call && !holds(view, last.first, last.second))
        throw Violation(Invariant::entries_on_disk_first);
  } else if (auto* append = std::get_if<AppendRequest>(&message.body)) {
    promised_term(append->term);
    if (!append->entries.empty() && !holds(view, append->entries.back().index, append->entries.back().term))
      throw Violation(Invariant::leaders_entries_on_disk_first);
  } else if (std::holds_alternative<TimeoutNowRequest>(message.body)) {
    for (const Peer& peer : node.peers())
      if (peer.server.id == message.to && peer.next_index <= node.last_index())
        throw Violation(Invariant::transfer_to_who_caught_up);
  }
}

}  // namespace squall::vault::raft::test
