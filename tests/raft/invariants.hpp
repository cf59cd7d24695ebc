// The invariants by name. Each is broken by a planted bug (planted_bugs.hpp) or by a test of the oracle
// itself (oracle_test.cpp), so none is a check that cannot fail.
#pragma once
#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

namespace squall::vault::raft::test {

enum class Invariant : std::size_t {
  disk_keeps_terms,
  disk_keeps_entries,
  term_never_back,
  commit_never_back,
  commit_within_log,
  leader_append_only,
  committed_is_never_cut,
  no_gap_in_log,
  one_entry_per_place,
  one_past_per_entry,
  new_term_to_campaign,
  pre_votes_before_campaign,
  one_vote_per_term,
  votes_for_voters_only,
  one_leader_per_term,
  leader_by_majority,
  leader_completeness,
  term_on_disk_first,
  vote_on_disk_first,
  own_vote_on_disk_first,
  entries_on_disk_first,
  leaders_entries_on_disk_first,
  commit_by_majority,
  commit_in_own_term,
  state_machine_safety,
  applied_in_order,
  snapshot_never_back,
  snapshot_of_committed,
  snapshot_of_this_history,
  snapshot_with_configuration,
  one_change_at_a_time,
  change_after_own_commit,
  configurations_overlap,
  transfer_to_who_caught_up,
  lease_until_next_leader,
  lease_beside_newer_leader,
  read_sees_acknowledged,
  acknowledged_once_applied,
  comes_right,
  takes_a_write,
  restored_everywhere,
  count
};

constexpr std::array<std::string_view, static_cast<std::size_t>(Invariant::count)> invariant_names = {
    "the disk forgot a term",
    "the disk forgot an entry",
    "term went back",
    "commit index went back",
    "commit index beyond the log",
    "a leader cut its own log",
    "a committed entry was cut off",
    "a gap in the log",
    "log matching: one place, two entries",
    "log matching: one entry, two pasts",
    "a campaign in a term that is not new",
    "a campaign without a majority of pre-votes",
    "two votes in one term",
    "a vote for a server that is no voter",
    "two leaders in one term",
    "a leader without a majority of votes",
    "leader completeness: a leader lacks a committed entry",
    "a term was told before it was on the disk",
    "a vote before it was on the disk",
    "a campaign before its vote was on the disk",
    "entries acknowledged before they were on the disk",
    "entries sent before they were on the leader's disk",
    "a commit without a majority of disks",
    "an entry of an old term committed by counting",
    "state machine safety: two entries applied at one index",
    "entries applied out of order",
    "a state machine went back to an older snapshot",
    "a snapshot of entries that nobody committed",
    "a snapshot of another history",
    "a snapshot with a configuration that was not in force",
    "two changes of membership at once",
    "a change of membership before the term's first commit",
    "two committed configurations in a row whose majorities need not overlap",
    "leadership offered to a server that lacks entries",
    "lease safety: another leader while a lease is held",
    "lease safety: a lease held while a newer leader leads",
    "a read that misses an acknowledged write",
    "a write acknowledged before it was applied",
    "liveness: healed, and does not come right",
    "liveness: healed, and takes no write",
    "liveness: a snapshot from outside does not reach all",
};

constexpr std::string_view name_of(Invariant invariant) {
  return invariant_names[static_cast<std::size_t>(invariant)];
}

struct Violation : std::runtime_error {
  explicit Violation(Invariant broken, const std::string& detail = {})
      : std::runtime_error(std::string(name_of(broken)) + detail), invariant(broken) {}
  Invariant invariant;
};

}  // namespace squall::vault::raft::test
