// What a coroutine of the world may wait for: time (sleep), a value that somebody sets (Completion), and the
// end of another coroutine (Job). All take back what they asked for when their frame is destroyed.
#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "emulator/world/scheduler.hpp"
#include "emulator/world/task.hpp"

namespace squall::world {

class SleepAwaiter {
 public:
  SleepAwaiter(Scheduler& scheduler, Time until) : scheduler_(scheduler), until_(until) {}
  SleepAwaiter(const SleepAwaiter&) = delete;
  SleepAwaiter& operator=(const SleepAwaiter&) = delete;
  ~SleepAwaiter() {
    if (timer_ != 0) scheduler_.cancel(timer_);
  }
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    timer_ = scheduler_.at(until_, [this, handle] {
      timer_ = 0;
      handle.resume();
    });
  }
  void await_resume() const noexcept {}

 private:
  Scheduler& scheduler_;
  Time until_;
  TimerId timer_ = 0;
};

inline SleepAwaiter sleep_until(Scheduler& scheduler, Time when) { return {scheduler, when}; }
inline SleepAwaiter sleep(Scheduler& scheduler, Duration delay) {
  return {scheduler, later(scheduler.now(), delay)};
}

// A value set once, awaited by any number of coroutines before or after. Setting it twice keeps the first.
// Copies share the value. Waiters resume by a timer of their own, not inside set().
template <class T>
class Completion {
  struct Waiter {
    std::coroutine_handle<> handle;
    TimerId timer = 0;
  };
  struct State {
    Scheduler& scheduler;
    std::optional<T> value;
    std::vector<Waiter*> waiters;
    void wake(Waiter* waiter) {
      waiter->timer = scheduler.soon([waiter] {
        waiter->timer = 0;
        waiter->handle.resume();
      });
    }
  };

 public:
  explicit Completion(Scheduler& scheduler) : state_(std::make_shared<State>(State{scheduler, {}, {}})) {}

  void set(T value) const {
    if (state_->value) return;
    state_->value.emplace(std::move(value));
    for (Waiter* waiter : std::exchange(state_->waiters, {})) state_->wake(waiter);
  }
  bool is_set() const { return state_->value.has_value(); }

  class Awaiter {
   public:
    explicit Awaiter(std::shared_ptr<State> state) : state_(std::move(state)) {}
    Awaiter(const Awaiter&) = delete;
    Awaiter& operator=(const Awaiter&) = delete;
    ~Awaiter() {
      std::erase(state_->waiters, &waiter_);
      if (waiter_.timer != 0) state_->scheduler.cancel(waiter_.timer);
    }
    bool await_ready() const noexcept { return state_->value.has_value(); }
    void await_suspend(std::coroutine_handle<> handle) {
      waiter_.handle = handle;
      state_->waiters.push_back(&waiter_);
    }
    T await_resume() const { return *state_->value; }

   private:
    std::shared_ptr<State> state_;
    Waiter waiter_;
  };
  Awaiter operator co_await() const { return Awaiter{state_}; }

 private:
  std::shared_ptr<State> state_;
};

// A coroutine that runs by itself from the next instant on. Destroying the Job kills it; a Job may be
// destroyed by the very coroutine it runs (the frame then ends at its next suspension). Ended or killed, its
// frame goes at the next instant: a scheduler that runs no more leaks it.
class Job {
 public:
  // `ended` is called when the task is over, with what it threw, if anything; not when it is killed.
  static Job start(Scheduler& scheduler, Task<> task, std::function<void(std::exception_ptr)> ended = {});

  Job() = default;
  Job(Job&&) noexcept = default;
  Job& operator=(Job&& other) noexcept;
  ~Job() { kill(); }
  void kill();
  bool running() const;

 private:
  struct State;
  explicit Job(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace squall::world
