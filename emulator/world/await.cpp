#include "emulator/world/await.hpp"

#include <stdexcept>

namespace squall::world {
namespace {

// The outermost frame of a job: awaits the task, reports its end.
struct Runner {
  struct promise_type {
    Runner get_return_object() { return Runner{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }  // the runner catches everything itself
  };
  std::coroutine_handle<promise_type> handle;
};

}  // namespace

struct Job::State {
  explicit State(Scheduler& s) : scheduler(s) {}
  Scheduler& scheduler;
  std::coroutine_handle<> frame;
  std::function<void(std::exception_ptr)> ended;
  TimerId start_timer = 0;
  bool done = false;
  bool killed = false;
};

namespace {

Runner run(Task<> task, std::function<void(std::exception_ptr)> at_end) {
  std::exception_ptr failure;
  try {
    co_await task;
  } catch (...) {
    failure = std::current_exception();
  }
  at_end(failure);
}

}  // namespace

Job Job::start(Scheduler& scheduler, Task<> task, std::function<void(std::exception_ptr)> ended) {
  auto state = std::make_shared<State>(scheduler);
  state->ended = std::move(ended);
  // The frame holds the state weakly: the Job owns it, and at the end the event that destroys the frame.
  std::weak_ptr<State> weak = state;
  Runner runner = run(std::move(task), [weak](std::exception_ptr failure) {
    auto self = weak.lock();
    if (!self || self->killed) return;
    self->done = true;
    // The frame is destroyed from outside of itself, at the next instant.
    self->scheduler.soon([self, failure] {
      if (self->frame) std::exchange(self->frame, {}).destroy();
      if (self->ended && !self->killed) std::exchange(self->ended, {})(failure);
    });
  });
  state->frame = runner.handle;
  state->start_timer = scheduler.soon([weak] {
    if (auto self = weak.lock(); self && self->frame) {
      self->start_timer = 0;
      self->frame.resume();
    }
  });
  return Job{std::move(state)};
}

Job& Job::operator=(Job&& other) noexcept {
  if (this != &other) {
    kill();
    state_ = std::move(other.state_);
  }
  return *this;
}

bool Job::running() const { return state_ && !state_->done && !state_->killed; }

void Job::kill() {
  if (!state_ || state_->killed) return;
  auto state = std::exchange(state_, {});
  if (state->done) return;  // its frame goes by itself
  state->killed = true;
  state->ended = {};
  if (state->start_timer != 0) state->scheduler.cancel(state->start_timer);
  // Not destroyed here: the caller may be running inside this very frame. So a killed job can still take a
  // step that was already due at this instant, as a process does whose signal arrives a moment later.
  state->scheduler.soon([state] {
    if (state->frame) std::exchange(state->frame, {}).destroy();
  });
}

}  // namespace squall::world
