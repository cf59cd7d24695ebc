// The random search: 20,000 seeds of 3, 5 and 7 servers, every invariant after every event, then healing and
// liveness; a rare state that was never reached fails the run.
#include <gtest/gtest.h>

#include <iostream>

#include "tests/raft/cluster.hpp"

namespace squall::vault::raft::test {
namespace {

// The share of one program; ctest runs them beside each other.
constexpr std::uint64_t seeds_per_test = 5000;

void search(std::uint64_t first, std::uint64_t count) {
  Tally tally;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    try {
      Cluster({.seed = seed, .pre_vote = seed % 8 == 0}, tally).run();
    } catch (const Violation& violation) {
      FAIL() << "seed " << seed << ": " << violation.what();
    }
  }
  tally.print(std::cout);
  for (std::size_t rare = 0; rare < rare_names.size(); ++rare)
    EXPECT_GT(tally.count(static_cast<Rare>(rare)), 0u) << "never reached: " << rare_names[rare];
}

TEST(RaftSearch, FirstQuarter) { search(1, seeds_per_test); }
TEST(RaftSearch, SecondQuarter) { search(1 + seeds_per_test, seeds_per_test); }
TEST(RaftSearch, ThirdQuarter) { search(1 + 2 * seeds_per_test, seeds_per_test); }
TEST(RaftSearch, LastQuarter) { search(1 + 3 * seeds_per_test, seeds_per_test); }

}  // namespace
}  // namespace squall::vault::raft::test
