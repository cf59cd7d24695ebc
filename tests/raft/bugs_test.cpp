// Planted bugs: each must be caught by the ordinary search, and by the invariant that is meant for it; after
// how many seeds is printed (and kept in harness/vault/raft/README.md).
#include <gtest/gtest.h>

#include <iostream>

#include "tests/raft/cluster.hpp"
#include "tests/raft/planted_bugs.hpp"

namespace squall::vault::raft::test {
namespace {

constexpr std::uint64_t seeds_max = 4000;

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
      EXPECT_EQ(name_of(violation.invariant), name_of(GetParam().breaks));
      return;
    }
  }
  FAIL() << GetParam().name << " was not caught in " << seeds_max << " seeds";
}

INSTANTIATE_TEST_SUITE_P(Raft, PlantedBug, testing::ValuesIn(planted),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace squall::vault::raft::test
