// The random search: 20,000 seeds of 3, 5 and 7 servers, every invariant after every event, then healing and
// liveness; a rare state that was never reached fails the run.
#include <gtest/gtest.h>

#include <iostream>

#include "tests/raft/cluster.hpp"

namespace squall::vault::raft::test {
namespace {

// A test for each share: ctest runs them beside each other, and none comes near its time limit on a slow
// machine.
constexpr std::uint64_t shares = 16, seeds_per_share = 1250;

// All but one are reached many times in every share; a cluster locks up about once in a thousand seeds, and
// the first share is to show it.
bool must_reach(Rare rare, std::uint64_t share) { return rare != Rare::nobody_electable || share == 0; }

class RaftSearch : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RaftSearch, ShareOfTwentyThousandSeeds) {
  Tally tally;
  const std::uint64_t first = 1 + GetParam() * seeds_per_share;
  for (std::uint64_t seed = first; seed < first + seeds_per_share; ++seed) {
    try {
      Cluster({.seed = seed, .pre_vote = seed % 8 == 0}, tally).run();
    } catch (const Violation& violation) {
      FAIL() << "seed " << seed << ": " << violation.what();
    }
  }
  tally.print(std::cout);
  for (std::size_t i = 0; i < rare_names.size(); ++i) {
    const auto rare = static_cast<Rare>(i);
    if (!must_reach(rare, GetParam())) continue;
    EXPECT_GT(tally.count(rare), 0u) << "never reached: " << rare_names[i];
  }
}

INSTANTIATE_TEST_SUITE_P(Raft, RaftSearch, testing::Range(std::uint64_t{0}, shares));

}  // namespace
}  // namespace squall::vault::raft::test
