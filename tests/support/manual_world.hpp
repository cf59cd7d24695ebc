// A world for unit tests: a scheduler whose clock the test moves by hand, and entropy that follows from a
// seed. It keeps the contract of world::Scheduler to the letter (never from within at(), one instant's
// callbacks in the order asked for), so that what holds here holds in harness/sim and harness/live.
#pragma once
#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "emulator/base/random.hpp"
#include "emulator/world/await.hpp"
#include "emulator/world/entropy.hpp"
#include "emulator/world/scheduler.hpp"

namespace squall::testing {

// 2024-01-01T00:00:00Z: where every test's clock starts unless it says otherwise.
inline constexpr Time manual_start{std::chrono::seconds{1'704'067'200}};

class ManualScheduler final : public world::Scheduler {
 public:
  explicit ManualScheduler(Time start = manual_start) : now_(start) {}

  Time now() const override { return now_; }

  world::TimerId at(Time when, std::function<void()> callback) override {
    world::TimerId id = ++last_id_;
    queue_.emplace(Key{std::max(when, now_), id}, std::move(callback));
    times_.emplace(id, std::max(when, now_));
    return id;
  }

  void cancel(world::TimerId timer) override {
    auto found = times_.find(timer);
    if (found == times_.end()) return;
    queue_.erase(Key{found->second, timer});
    times_.erase(found);
  }

  std::size_t pending() const { return queue_.size(); }
  std::optional<Time> next() const {
    return queue_.empty() ? std::nullopt : std::optional<Time>{queue_.begin()->first.first};
  }

  // Runs the earliest timer, moving the clock to it; false if there is none.
  bool step() {
    if (queue_.empty()) return false;
    auto entry = queue_.extract(queue_.begin());
    now_ = entry.key().first;
    times_.erase(entry.key().second);
    entry.mapped()();
    return true;
  }

  // Runs all that is due until then, in order, those asked for meanwhile too; the clock ends at `until`.
  void run_until(Time until) {
    while (!queue_.empty() && queue_.begin()->first.first <= until) step();
    now_ = std::max(now_, until);
  }
  void advance(Duration by) { run_until(now_ + by); }
  // Runs what is due at this instant.
  void settle() { run_until(now_); }

  // Runs until nothing waits. A world that never rests is a failed test, not a hung one.
  void drain(std::size_t limit = 1'000'000) {
    for (std::size_t steps = 0; step(); ++steps)
      if (steps == limit) throw std::runtime_error("the world does not come to rest");
  }

  // Runs the coroutine, and the clock with it, until it ends; gives back or throws what it did.
  template <class T>
  T run(world::Task<T> task) {
    std::optional<T> result;
    run(keep(std::move(task), result));
    return std::move(*result);
  }
  void run(world::Task<> task) {
    bool over = false;
    std::exception_ptr failure;
    world::Job job = world::Job::start(*this, std::move(task), [&](std::exception_ptr thrown) {
      over = true;
      failure = thrown;
    });
    while (!over) {
      if (step()) continue;
      job.kill();
      settle();  // its frame goes at the next instant
      throw std::runtime_error("the coroutine waits for something that never comes");
    }
    if (failure) std::rethrow_exception(failure);
  }

 private:
  using Key = std::pair<Time, world::TimerId>;

  template <class T>
  static world::Task<> keep(world::Task<T> task, std::optional<T>& result) {
    result.emplace(co_await task);
  }

  Time now_;
  world::TimerId last_id_ = 0;
  std::map<Key, std::function<void()>> queue_;
  std::map<world::TimerId, Time> times_;
};

class SeededEntropy final : public world::Entropy {
 public:
  explicit SeededEntropy(std::uint64_t seed = 1) : random_(seed) {}
  std::string bytes(std::size_t count) override { return random_.bytes(count); }

 private:
  base::Random random_;
};

}  // namespace squall::testing
