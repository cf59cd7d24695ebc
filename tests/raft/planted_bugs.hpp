// The planted bugs that the random search must catch, and the invariant that each breaks first. A new one
// needs a row here and in harness/vault/raft/README.md.
#pragma once
#include <array>

#include "harness/vault/raft/options.hpp"
#include "tests/raft/invariants.hpp"

namespace squall::vault::raft::test {

struct Planted {
  Bug bug;
  const char* name;
  Invariant breaks;
};

// Every one of Options' bugs, in its order, but verify_counts_old_heartbeats: the lease hides it from the
// search, and named_logs_test.cpp catches it.
constexpr std::array planted = {
    Planted{Bug::vote_not_persisted, "vote_not_persisted", Invariant::own_vote_on_disk_first},
    Planted{Bug::term_not_persisted, "term_not_persisted", Invariant::term_on_disk_first},
    Planted{Bug::term_from_log_on_restart, "term_from_log_on_restart", Invariant::term_never_back},
    Planted{Bug::vote_before_sync, "vote_before_sync", Invariant::vote_on_disk_first},
    Planted{Bug::ack_before_sync, "ack_before_sync", Invariant::entries_on_disk_first},
    Planted{Bug::leader_counts_itself_before_sync, "leader_counts_itself_before_sync",
            Invariant::leaders_entries_on_disk_first},
    Planted{Bug::acknowledged_before_commit, "acknowledged_before_commit",
            Invariant::acknowledged_once_applied},
    Planted{Bug::acknowledged_a_commit_late, "acknowledged_a_commit_late", Invariant::takes_a_write},
    Planted{Bug::commit_of_old_term_by_counting, "commit_of_old_term_by_counting",
            Invariant::commit_in_own_term},
    Planted{Bug::quorum_is_half, "quorum_is_half", Invariant::leader_by_majority},
    Planted{Bug::quorum_counts_nonvoter, "quorum_counts_nonvoter", Invariant::commit_by_majority},
    Planted{Bug::commit_beyond_log, "commit_beyond_log", Invariant::commit_within_log},
    Planted{Bug::commit_goes_back, "commit_goes_back", Invariant::commit_never_back},
    Planted{Bug::commit_from_stale_reply, "commit_from_stale_reply", Invariant::commit_by_majority},
    Planted{Bug::prev_term_not_checked, "prev_term_not_checked", Invariant::state_machine_safety},
    Planted{Bug::gap_accepted, "gap_accepted", Invariant::no_gap_in_log},
    Planted{Bug::truncation_without_term_check, "truncation_without_term_check",
            Invariant::committed_is_never_cut},
    Planted{Bug::conflict_not_truncated, "conflict_not_truncated", Invariant::state_machine_safety},
    Planted{Bug::truncation_keeps_configuration, "truncation_keeps_configuration",
            Invariant::snapshot_with_configuration},
    Planted{Bug::configuration_used_once_committed, "configuration_used_once_committed",
            Invariant::comes_right},
    Planted{Bug::two_changes_at_once, "two_changes_at_once", Invariant::one_change_at_a_time},
    Planted{Bug::change_before_own_commit, "change_before_own_commit", Invariant::change_after_own_commit},
    Planted{Bug::removed_server_votes, "removed_server_votes", Invariant::votes_for_voters_only},
    Planted{Bug::votes_twice_in_a_term, "votes_twice_in_a_term", Invariant::one_vote_per_term},
    Planted{Bug::vote_ignores_log, "vote_ignores_log", Invariant::leader_completeness},
    Planted{Bug::vote_compares_index_alone, "vote_compares_index_alone", Invariant::leader_completeness},
    Planted{Bug::duplicate_votes_counted, "duplicate_votes_counted", Invariant::leader_by_majority},
    Planted{Bug::stale_votes_counted, "stale_votes_counted", Invariant::leader_by_majority},
    Planted{Bug::term_not_raised_by_campaign, "term_not_raised_by_campaign", Invariant::new_term_to_campaign},
    Planted{Bug::older_term_adopted, "older_term_adopted", Invariant::term_never_back},
    Planted{Bug::newer_term_ignored_by_leader, "newer_term_ignored_by_leader", Invariant::comes_right},
    Planted{Bug::lease_too_long, "lease_too_long", Invariant::lease_until_next_leader},
    Planted{Bug::read_before_own_commit, "read_before_own_commit", Invariant::read_sees_acknowledged},
    Planted{Bug::read_without_quorum, "read_without_quorum", Invariant::lease_until_next_leader},
    Planted{Bug::lease_kept_after_transfer, "lease_kept_after_transfer", Invariant::lease_until_next_leader},
    Planted{Bug::transfer_skips_catching_up, "transfer_skips_catching_up",
            Invariant::transfer_to_who_caught_up},
    Planted{Bug::snapshot_forgets_configuration, "snapshot_forgets_configuration",
            Invariant::snapshot_with_configuration},
    Planted{Bug::snapshot_keeps_conflicting_log, "snapshot_keeps_conflicting_log",
            Invariant::one_past_per_entry},
    Planted{Bug::snapshot_goes_back, "snapshot_goes_back", Invariant::snapshot_never_back},
    Planted{Bug::snapshot_not_applied_from, "snapshot_not_applied_from", Invariant::applied_in_order},
    Planted{Bug::snapshot_piece_taken_twice, "snapshot_piece_taken_twice",
            Invariant::snapshot_of_this_history},
    Planted{Bug::restore_without_entry_behind, "restore_without_entry_behind",
            Invariant::restored_everywhere},
    Planted{Bug::next_index_never_lowered, "next_index_never_lowered", Invariant::comes_right},
    Planted{Bug::pre_vote_raises_term, "pre_vote_raises_term", Invariant::pre_votes_before_campaign},
    Planted{Bug::torn_tail_accepted, "torn_tail_accepted", Invariant::one_entry_per_place},
    Planted{Bug::synced_record_dropped, "synced_record_dropped", Invariant::disk_keeps_entries},
    Planted{Bug::rewrite_forgets_term, "rewrite_forgets_term", Invariant::disk_keeps_terms},
};
static_assert(planted.size() + 2 == static_cast<std::size_t>(Bug::count), "every planted bug has its row");

}  // namespace squall::vault::raft::test
