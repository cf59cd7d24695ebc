// Every recorded decision of raft-autopilot 0.2.0 (README.md) is ours too: calls, log lines, states.
#include <gtest/gtest.h>

#include <sstream>

#include "tests/replay/replay.hpp"

namespace squall::replay {
namespace {

Cases recorded() { return read_cases(SQUALL_AUTOPILOT_DATA "/autopilot.jsonl.gz"); }
// With staging servers, steps that raft refuses, no leader, a leader elsewhere, configurations of any kind.
Cases recorded_widely() { return read_cases(SQUALL_AUTOPILOT_DATA "/autopilot-wide.jsonl.gz"); }

void expect_all(const Cases& cases) {
  std::ostringstream differences;
  Tally tally = replay_autopilot(cases, differences);
  EXPECT_EQ(tally.total, 800u);
  EXPECT_EQ(tally.agreed, tally.total) << differences.str();
}

TEST(AutopilotRecorded, EveryCaseAgrees) { expect_all(recorded()); }
TEST(AutopilotRecorded, EveryWiderCaseAgrees) { expect_all(recorded_widely()); }

// The replay itself looks: a recording that says otherwise is reported.
TEST(AutopilotRecorded, AChangedRecordingIsADifference) {
  for (const char* member : {"calls", "log", "error", "prune_requested"}) {
    Cases cases = recorded();
    for (auto& one : cases)
      if (one["case"] == "add_server") one[member] = "something else";
    std::ostringstream differences;
    EXPECT_EQ(replay_autopilot(cases, differences).agreed, 605u) << member;
  }
  Cases cases = recorded();
  for (auto& one : cases)
    if (one["case"] == "update") one["steps"].back()["state"]["servers"].back()["stable_since_s"] = -1;
  std::ostringstream differences;
  EXPECT_EQ(replay_autopilot(cases, differences).agreed, 650u);

  cases = recorded_widely();
  for (auto& one : cases)
    if (one["case"] == "reconcile") one["log"].push_back("something else");
  EXPECT_EQ(replay_autopilot(cases, differences).agreed, 604u);
}

}  // namespace
}  // namespace squall::replay
