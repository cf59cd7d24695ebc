// The recorded steps of hashicorp/raft 1.3.10: every one must be agreed with, answer, log lines and state.
#include <gtest/gtest.h>

#include <sstream>

#include "harness/vault/raft/options.hpp"
#include "tests/replay/replay.hpp"

namespace squall {
namespace {

static_assert(!vault::raft::bugs_can_be_planted, "what is shipped has no switch for bugs");

void expect_all(const std::string& file, std::size_t total) {
  std::ostringstream differences;
  const auto cases = replay::read_cases(std::string(SQUALL_RAFT_DATA) + '/' + file);
  const auto tally = replay::replay_raft(cases, differences);
  EXPECT_EQ(tally.total, total);
  EXPECT_EQ(tally.agreed, tally.total) << differences.str();
}

TEST(RaftRecorded, EveryStepOfTheLibraryIsRepeated) { expect_all("raft-follower.jsonl.gz", 750); }

// Eight requests a case, to servers that may have no vote or no place, from strangers too.
TEST(RaftRecorded, SoIsEveryStepOfServersOfAnyKind) { expect_all("raft-wide.jsonl.gz", 500); }

// A replay that agrees with anything would prove nothing.
TEST(RaftRecorded, AChangedRecordingIsNoticed) {
  auto cases = replay::read_cases(std::string(SQUALL_RAFT_DATA) + "/raft-follower.jsonl.gz");
  cases.resize(50);
  for (auto& recorded : cases) {
    auto& state = recorded["steps"].back()["state"];
    state["term"] = state["term"].get<int>() + 1;
  }
  std::ostringstream differences;
  EXPECT_EQ(replay::replay_raft(cases, differences).agreed, 0u);
}

}  // namespace
}  // namespace squall
