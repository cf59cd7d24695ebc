// The exhaustive search: all that three nodes can do in two elected terms with three entries behind the
// bootstrap's, while messages are lost, repeated and overtake each other and nodes die and come back, up to
// renaming; and the same with one change of membership. `raft_exhaustive` has wider bounds (README.md).
#include <gtest/gtest.h>

#include <iostream>

#include "tests/raft/random_walk.hpp"
#include "tests/raft/world_search.hpp"

namespace squall::vault::raft::test {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool slow = true;  // the sanitizers make the larger searches a matter of many minutes
#else
constexpr bool slow = false;
#endif

Found expect_safe(const char* name, const SearchLimits& limits) {
  Found found = WorldSearch(limits).run();
  std::cout << name << ": " << found.states << " states, standing for " << found.without_renaming << "; "
            << found.steps << " steps tried\n";
  EXPECT_EQ(found.violation, "");
  EXPECT_TRUE(found.complete) << "not every state was visited";
  return found;
}

// Three entries in two terms are a test of their own, raft.EveryStateOfTwoTermsAndThreeEntries.
TEST(RaftExhaustive, TwoTermsAndTwoEntriesWithLossRepetitionCrashAndRestart) {
  const Found found = expect_safe("two terms", {.term_max = slow ? 2U : 3U, .entries_max = 2});
  EXPECT_GT(found.states, slow ? 1'000U : 34'000U);
}

TEST(RaftExhaustive, OneTermWithAChangeOfMembershipAndAllOfThat) {
  if (slow) GTEST_SKIP() << "minutes with sanitizers";
  const Found found = expect_safe("change among three voters", {.term_max = 2, .one_change = true});
  EXPECT_GT(found.states, 190'000U);
}

TEST(RaftExhaustive, OneTermWithANewServerAndAllOfThat) {
  expect_safe("change among two voters and a newcomer", {.term_max = 2, .one_change = true, .voters = 2});
  if (slow) return;
  expect_safe("change among two voters and a non-voter",
              {.term_max = 2, .one_change = true, .voters = 2, .others_are_nonvoters = true});
}

// States that differ in names alone behave alike: the search without renaming finds as many as the one with
// renaming says that its states stand for.
TEST(RaftExhaustive, RenamingLosesNoState) {
  for (const bool change : {false, true}) {
    const SearchLimits limits{
        .term_max = 2, .entries_max = 3, .one_change = change, .voters = change ? 2U : 3U};
    SearchLimits all = limits;
    all.rename = false;
    // Where one of the three is the newcomer, the search with all names knows which.
    const std::uint64_t beginnings = change ? 3 : 1;
    EXPECT_EQ(WorldSearch(limits).run().without_renaming, beginnings * WorldSearch(all).run().states);
  }
}

// What the search leaves out of a node's state must not matter: nodes that live on, with all that they
// remember, over a network that loses and repeats, are never in a state together that the search has not
// seen.
TEST(RaftExhaustive, HasSeenEveryStateOfNodesThatLiveOn) {
  for (const bool change : {false, true}) {
    const SearchLimits limits{
        .term_max = change ? 2U : 3U, .entries_max = change ? 3U : 2U, .one_change = change};
    WorldSearch search(limits);
    ASSERT_EQ(search.run().violation, "");
    std::size_t steps = 0, leaders = 0;
    for (std::uint64_t seed = 1; seed <= (slow ? 20U : 400U); ++seed) {
      RandomWalk walk(limits, seed);
      for (int i = 0; i < 400; ++i) {
        walk.step();
        ASSERT_TRUE(search.has_seen(walk.nodes(), walk.disks())) << "seed " << seed << ", step " << i;
        ++steps;
        leaders += walk.somebody_leads();
      }
    }
    EXPECT_GT(leaders, steps / 20) << "the walk went nowhere";
  }
}

TEST(RaftExhaustive, FindsPlantedBugs) {
  for (const Bug bug : {Bug::vote_not_persisted, Bug::term_not_persisted, Bug::ack_before_sync,
                        Bug::leader_counts_itself_before_sync, Bug::quorum_is_half,
                        Bug::prev_term_not_checked, Bug::conflict_not_truncated, Bug::votes_twice_in_a_term,
                        Bug::vote_ignores_log, Bug::commit_of_old_term_by_counting}) {
    const Found found = WorldSearch({.bug = bug}).run();
    std::cout << "bug " << static_cast<int>(bug) << ": " << found.violation << " after " << found.states
              << " states\n";
    EXPECT_NE(found.violation, "") << "bug " << static_cast<int>(bug);
  }
}

}  // namespace
}  // namespace squall::vault::raft::test
