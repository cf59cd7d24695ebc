// The cheap oracle: what it sees, and that it never sees what the search does not.
#include "harness/checkers/acknowledged.hpp"

#include <gtest/gtest.h>

#include "tests/checkers/histories.hpp"

namespace squall::checkers {
namespace {

Operation operation(Action action, int from_s, int to_s, std::int64_t value, Outcome outcome = Outcome::ok) {
  Operation one;
  one.key = "k";
  one.action = action;
  (action == Action::read ? one.result : one.argument) = value;
  one.started = Time{} + std::chrono::seconds(from_s);
  one.ended = Time{} + std::chrono::seconds(to_s);
  one.outcome = outcome;
  return one;
}

const Time healed = Time{} + 100s;

std::string first_loss(History history, std::int64_t read_back) {
  history.push_back(operation(Action::read, 110, 111, read_back));
  auto losses = lost_writes(history, healed);
  return losses.empty() ? "" : losses[0].what;
}

TEST(Acknowledged, AConfirmedWriteMustBeThere) {
  History history{operation(Action::write, 0, 1, 1), operation(Action::write, 2, 3, 2)};
  EXPECT_EQ(first_loss(history, 2), "");
  EXPECT_EQ(first_loss(history, 1), "read 1, but 2 was confirmed after it");
  EXPECT_EQ(first_loss(history, nothing), "read nothing, but 2 was confirmed after it");
  EXPECT_EQ(first_loss(history, 9), "read 9, which nobody wrote");
}

TEST(Acknowledged, ConcurrentAndUnansweredWritesMayCountLast) {
  History history{operation(Action::write, 0, 10, 1), operation(Action::write, 2, 5, 2)};
  EXPECT_EQ(first_loss(history, 1), "");
  EXPECT_EQ(first_loss(history, 2), "");
  history.push_back(operation(Action::write, 20, 21, 3, Outcome::unknown));
  EXPECT_EQ(first_loss(history, 3), "");
  history.push_back(operation(Action::write, 30, 31, 4, Outcome::refused));
  EXPECT_EQ(first_loss(history, 4), "read 4, which nobody wrote");
  EXPECT_EQ(first_loss({}, nothing), "");
}

TEST(Acknowledged, OnlyReadsAfterTheHealingCount) {
  History history{operation(Action::write, 0, 1, 1), operation(Action::read, 50, 51, nothing)};
  EXPECT_TRUE(lost_writes(history, healed).empty());
  EXPECT_EQ(lost_writes(history, Time{} + 40s).size(), 1u);
}

TEST(Acknowledged, ElementsStayUntilTheirRemovalBegins) {
  History history{operation(Action::add, 0, 1, 5), operation(Action::add, 2, 3, 6, Outcome::unknown),
                  operation(Action::read, 110, 111, 0)};
  auto losses = lost_elements(history, healed);
  ASSERT_EQ(losses.size(), 1u);
  EXPECT_EQ(losses[0].what, "5 was confirmed and is gone");
  history.back().elements = {5};
  EXPECT_TRUE(lost_elements(history, healed).empty());
  history.back().elements = {};
  history.push_back(operation(Action::remove, 50, 51, 5, Outcome::unknown));
  EXPECT_TRUE(lost_elements(history, healed).empty());
}

TEST(Acknowledged, NeverSeesMoreThanTheSearch) {
  std::size_t losses = 0;
  for (const Judged& one : read_histories(SQUALL_CHECKERS_DATA "/histories.txt.gz")) {
    bool compares = std::any_of(one.history.begin(), one.history.end(),
                                [](const Operation& o) { return o.action == Action::compare_and_set; });
    if (compares || (one.kind != "register" && one.kind != "set")) continue;
    auto lost =
        one.kind == "set" ? lost_elements(one.history, Time::min()) : lost_writes(one.history, Time::min());
    if (lost.empty()) continue;
    ++losses;
    EXPECT_FALSE(one.linearizable) << lost[0].what;
  }
  EXPECT_GT(losses, 100u);
}

}  // namespace
}  // namespace squall::checkers
