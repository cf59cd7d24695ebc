// Planted bugs: each must be caught by the ordinary search, by which check and after how many seeds is
// printed (and kept in harness/vault/raft/README.md).
#include <gtest/gtest.h>

#include <array>
#include <iostream>

#include "tests/raft/cluster.hpp"

namespace squall::vault::raft::test {
namespace {

constexpr std::uint64_t seeds_max = 4000;

struct Planted {
  Bug bug;
  const char* name;
};

// Every one of Options' bugs, in its order, but verify_counts_old_heartbeats: the lease hides it from the
// search, and named_test.cpp catches it.
constexpr std::array planted = {
    Planted{Bug::vote_not_persisted, "vote_not_persisted"},
    Planted{Bug::term_not_persisted, "term_not_persisted"},
    Planted{Bug::ack_before_sync, "ack_before_sync"},
    Planted{Bug::leader_counts_itself_before_sync, "leader_counts_itself_before_sync"},
    Planted{Bug::commit_of_old_term_by_counting, "commit_of_old_term_by_counting"},
    Planted{Bug::quorum_is_half, "quorum_is_half"},
    Planted{Bug::quorum_counts_nonvoter, "quorum_counts_nonvoter"},
    Planted{Bug::commit_beyond_log, "commit_beyond_log"},
    Planted{Bug::commit_from_stale_reply, "commit_from_stale_reply"},
    Planted{Bug::prev_term_not_checked, "prev_term_not_checked"},
    Planted{Bug::truncation_without_term_check, "truncation_without_term_check"},
    Planted{Bug::conflict_not_truncated, "conflict_not_truncated"},
    Planted{Bug::truncation_keeps_configuration, "truncation_keeps_configuration"},
    Planted{Bug::configuration_used_once_committed, "configuration_used_once_committed"},
    Planted{Bug::two_changes_at_once, "two_changes_at_once"},
    Planted{Bug::change_before_own_commit, "change_before_own_commit"},
    Planted{Bug::removed_server_votes, "removed_server_votes"},
    Planted{Bug::votes_twice_in_a_term, "votes_twice_in_a_term"},
    Planted{Bug::vote_ignores_log, "vote_ignores_log"},
    Planted{Bug::vote_compares_index_alone, "vote_compares_index_alone"},
    Planted{Bug::duplicate_votes_counted, "duplicate_votes_counted"},
    Planted{Bug::stale_votes_counted, "stale_votes_counted"},
    Planted{Bug::term_not_raised_by_campaign, "term_not_raised_by_campaign"},
    Planted{Bug::newer_term_ignored_by_leader, "newer_term_ignored_by_leader"},
    Planted{Bug::lease_too_long, "lease_too_long"},
    Planted{Bug::read_before_own_commit, "read_before_own_commit"},
    Planted{Bug::read_without_quorum, "read_without_quorum"},
    Planted{Bug::lease_kept_after_transfer, "lease_kept_after_transfer"},
    Planted{Bug::transfer_skips_catching_up, "transfer_skips_catching_up"},
    Planted{Bug::snapshot_forgets_configuration, "snapshot_forgets_configuration"},
    Planted{Bug::snapshot_keeps_conflicting_log, "snapshot_keeps_conflicting_log"},
    Planted{Bug::snapshot_goes_back, "snapshot_goes_back"},
    Planted{Bug::snapshot_not_applied_from, "snapshot_not_applied_from"},
    Planted{Bug::next_index_never_lowered, "next_index_never_lowered"},
    Planted{Bug::pre_vote_raises_term, "pre_vote_raises_term"},
    Planted{Bug::torn_tail_accepted, "torn_tail_accepted"},
};
static_assert(planted.size() + 2 == static_cast<std::size_t>(Bug::count), "every planted bug has its row");

class PlantedBug : public testing::TestWithParam<Planted> {};

TEST_P(PlantedBug, IsCaught) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= seeds_max; ++seed) {
    try {
      Cluster({.seed = seed, .bug = GetParam().bug, .pre_vote = seed % 8 == 0}, tally).run();
    } catch (const Violation& violation) {
      const std::string what = violation.what();
      std::cout << "caught | " << GetParam().name << " | " << what.substr(0, what.find('\n')) << " | " << seed
                << '\n';
      return;
    }
  }
  FAIL() << GetParam().name << " was not caught in " << seeds_max << " seeds";
}

INSTANTIATE_TEST_SUITE_P(Raft, PlantedBug, testing::ValuesIn(planted),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace squall::vault::raft::test
