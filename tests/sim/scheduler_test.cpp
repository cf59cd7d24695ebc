#include "harness/sim/scheduler.hpp"

#include <gtest/gtest.h>

#include "emulator/world/await.hpp"

namespace squall::sim {
namespace {

using world::Completion;
using world::Job;
using world::Task;

const Time start = *base::parse_iso8601("2024-01-01T00:00:00Z");

TEST(SimScheduler, RunsByTimeThenByOrderOfAsking) {
  SimScheduler scheduler{start};
  std::string order;
  scheduler.after(2s, [&] { order += "c"; });
  scheduler.after(1s, [&] { order += "a"; });
  scheduler.after(1s, [&] { order += "b"; });
  auto taken_back = scheduler.after(1s, [&] { order += "x"; });
  scheduler.cancel(taken_back);
  EXPECT_FALSE(scheduler.run_until([] { return false; }, start + 10s));
  EXPECT_EQ(order, "abc");
  EXPECT_EQ(scheduler.now(), start + 10s);
}

TEST(SimScheduler, ADelayOfCenturiesComesAtTheEndOfTime) {
  SimScheduler scheduler{start};
  int early = 0;
  scheduler.after(Duration::max(), [&] { ++early; });
  auto sleeper = [&]() -> Task<> {
    co_await world::sleep(scheduler, 24h * 366 * 280);
    ++early;
  };
  Job job = Job::start(scheduler, sleeper());
  EXPECT_FALSE(scheduler.run_until([] { return false; }, start + 24h * 365 * 200));
  EXPECT_EQ(early, 0) << "past the year 2262 is not yesterday";
  job.kill();
  scheduler.end();
  EXPECT_EQ(world::later(start, Duration::max()), Time::max());
  EXPECT_EQ(world::later(start, 1s), start + 1s);
}

TEST(SimScheduler, TheSameEventsGiveTheSameHashAndOthersAnother) {
  auto hash = [](Duration delay, std::string_view fact) {
    SimScheduler scheduler{start};
    scheduler.after(delay, [&] { scheduler.trace("test", fact); });
    scheduler.run_until([] { return false; }, start + 1min);
    return scheduler.event_hash();
  };
  EXPECT_EQ(hash(1s, "a"), hash(1s, "a"));
  EXPECT_NE(hash(1s, "a"), hash(2s, "a"));
  EXPECT_NE(hash(1s, "a"), hash(1s, "b"));
}

Task<int> add_later(SimScheduler& scheduler, int a, int b) {
  co_await world::sleep(scheduler, 1s);
  co_return a + b;
}

struct Sentinel {
  bool* gone;
  ~Sentinel() { *gone = true; }
};

Task<> wait_for_ever(SimScheduler& scheduler, bool* gone, int* steps) {
  Sentinel sentinel{gone};
  for (;;) {
    co_await world::sleep(scheduler, 1s);
    ++*steps;
  }
}

TEST(Job, RunsToItsEndAndTellsWhatItThrew) {
  SimScheduler scheduler{start};
  int sum = 0;
  std::exception_ptr failure;
  auto body = [&]() -> Task<> {
    sum = co_await add_later(scheduler, 2, 3);
    throw std::runtime_error("planned");
  };
  Job job = Job::start(scheduler, body(), [&](std::exception_ptr f) { failure = f; });
  EXPECT_TRUE(job.running());
  scheduler.run_until([&] { return failure != nullptr; }, start + 1min);
  EXPECT_EQ(sum, 5);
  EXPECT_FALSE(job.running());
  EXPECT_THROW(std::rethrow_exception(failure), std::runtime_error);
}

TEST(Job, AKilledOneRunsNoMoreAndItsFrameIsDestroyed) {
  SimScheduler scheduler{start};
  bool gone = false;
  int steps = 0;
  Job job = Job::start(scheduler, wait_for_ever(scheduler, &gone, &steps));
  scheduler.after(3500ms, [&] { job.kill(); });
  scheduler.run_until([] { return false; }, start + 1min);
  EXPECT_EQ(steps, 3);
  EXPECT_TRUE(gone);
}

TEST(Completion, WakesEveryWaiterWithTheFirstValue) {
  SimScheduler scheduler{start};
  Completion<int> value{scheduler};
  int seen = 0;
  auto waiter = [&]() -> Task<> { seen += co_await value; };
  Job a = Job::start(scheduler, waiter()), b = Job::start(scheduler, waiter());
  scheduler.after(1s, [&] {
    value.set(4);
    value.set(9);
  });
  scheduler.run_until([] { return false; }, start + 2s);
  EXPECT_EQ(seen, 8);
}

}  // namespace
}  // namespace squall::sim
