#include "tests/raft/local_checks.hpp"

#include <algorithm>

namespace squall::vault::raft::test {
namespace {

bool on_disk(const DiskState& disk, const Entry& entry) {
  return std::any_of(disk.entries.begin(), disk.entries.end(), [&](const Entry& other) {
    return other.index == entry.index && other.term == entry.term;
  });
}

}  // namespace

// What a message promises must be on the disk of who sends it.
std::optional<Invariant> broken_promise(const Node& node, const DiskState& disk, const Message& message,
                                        const Message* request) {
  const auto untold = [&](Term term) { return term > disk.term; };
  if (auto* vote = std::get_if<VoteReply>(&message.body)) {
    if (untold(vote->term)) return Invariant::term_on_disk_first;
    if (vote->granted && disk.vote != Vote{vote->term, message.to_address})
      return Invariant::vote_on_disk_first;
  } else if (auto* ask = std::get_if<VoteRequest>(&message.body)) {
    if (untold(ask->term)) return Invariant::term_on_disk_first;
    if (has_vote(node.latest_configuration(), node.options().id) &&
        disk.vote != Vote{ask->term, message.from_address})
      return Invariant::own_vote_on_disk_first;
  } else if (auto* append = std::get_if<AppendRequest>(&message.body)) {
    if (untold(append->term)) return Invariant::term_on_disk_first;
    if (!append->entries.empty() && !on_disk(disk, append->entries.back()))
      return Invariant::leaders_entries_on_disk_first;
  } else if (auto* answer = std::get_if<AppendReply>(&message.body)) {
    if (untold(answer->term)) return Invariant::term_on_disk_first;
    const auto* asked = request ? std::get_if<AppendRequest>(&request->body) : nullptr;
    if (answer->success && asked && !asked->entries.empty() && !on_disk(disk, asked->entries.back()))
      return Invariant::entries_on_disk_first;
  }
  return {};
}

std::optional<Invariant> broken_by_record(const Node& node, const DiskState& disk, const Write& record) {
  if (record.term && *record.term < disk.term) return Invariant::term_never_back;
  if (record.vote && record.vote->term == disk.vote.term && record.vote->candidate != disk.vote.candidate)
    return Invariant::one_vote_per_term;
  if (record.vote && record.vote->term < disk.vote.term) return Invariant::term_never_back;
  if (record.truncate_from && node.role() == Role::leader) return Invariant::leader_append_only;
  if (record.truncate_from && record.truncate_from <= node.commit_index())
    return Invariant::committed_is_never_cut;
  return {};
}

}  // namespace squall::vault::raft::test
