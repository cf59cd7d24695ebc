#include "tests/support/manual_world.hpp"

#include <gtest/gtest.h>

namespace squall::testing {
namespace {

TEST(ManualScheduler, RunsTimersInOrderOfTimeThenOfAsking) {
  ManualScheduler scheduler;
  std::string seen;
  scheduler.after(2s, [&] { seen += 'c'; });
  scheduler.after(1s, [&] { seen += 'a'; });
  scheduler.after(1s, [&] { seen += 'b'; });
  scheduler.advance(1s);
  EXPECT_EQ(seen, "ab");
  EXPECT_EQ(scheduler.now(), manual_start + 1s);
  scheduler.advance(5s);
  EXPECT_EQ(seen, "abc");
  EXPECT_EQ(scheduler.now(), manual_start + 6s);
}

TEST(ManualScheduler, NeverRunsACallbackInsideAtAndTakesThePastAsNow) {
  ManualScheduler scheduler;
  bool ran = false;
  scheduler.at(manual_start - 1h, [&] { ran = true; });
  EXPECT_FALSE(ran);
  scheduler.settle();
  EXPECT_TRUE(ran);
  EXPECT_EQ(scheduler.now(), manual_start);
}

TEST(ManualScheduler, ForgetsCancelledTimers) {
  ManualScheduler scheduler;
  bool ran = false;
  world::TimerId timer = scheduler.after(1s, [&] { ran = true; });
  scheduler.cancel(timer);
  scheduler.cancel(timer);
  scheduler.cancel(99);
  EXPECT_EQ(scheduler.pending(), 0u);
  scheduler.advance(2s);
  EXPECT_FALSE(ran);
}

world::Task<int> nap(world::Scheduler& scheduler) {
  co_await world::sleep(scheduler, 3s);
  co_return 7;
}

TEST(ManualScheduler, RunsACoroutineToItsEndInVirtualTime) {
  ManualScheduler scheduler;
  EXPECT_EQ(scheduler.run(nap(scheduler)), 7);
  EXPECT_EQ(scheduler.now(), manual_start + 3s);
}

TEST(ManualScheduler, TellsACoroutineThatWaitsForNothing) {
  ManualScheduler scheduler;
  world::Completion<int> never(scheduler);
  auto wait = [](world::Completion<int> value) -> world::Task<> { co_await value; };
  EXPECT_THROW(scheduler.run(wait(never)), std::runtime_error);
}

TEST(SeededEntropy, GivesTheSameBytesForTheSameSeed) {
  EXPECT_EQ(SeededEntropy(5).bytes(40), SeededEntropy(5).bytes(40));
  EXPECT_NE(SeededEntropy(5).bytes(40), SeededEntropy(6).bytes(40));
}

}  // namespace
}  // namespace squall::testing
