// A lock that coroutines wait for, in the order of asking. Its guards may outlive it (a killed node's frames
// are destroyed in any order).
#pragma once
#include <deque>
#include <memory>

#include "emulator/world/await.hpp"

namespace squall::vault {

class Mutex {
  struct State {
    bool held = false;
    std::deque<world::Completion<bool>> waiting;
  };

 public:
  explicit Mutex(world::Scheduler& scheduler) : scheduler_(scheduler), state_(std::make_shared<State>()) {}

  class Guard {
   public:
    Guard() = default;
    explicit Guard(std::shared_ptr<State> state) : state_(std::move(state)) {}
    Guard(Guard&& other) noexcept = default;
    Guard& operator=(Guard&&) = delete;
    ~Guard() {
      if (state_) release(*state_);
    }

   private:
    std::shared_ptr<State> state_;
  };

  world::Task<Guard> lock() {
    const std::shared_ptr<State> state = state_;
    while (state->held) {
      const world::Completion<bool> turn(scheduler_);
      state->waiting.push_back(turn);
      co_await turn;
    }
    state->held = true;
    co_return Guard(state);
  }

 private:
  // Wakes all who wait: one of them that was killed meanwhile must not keep the turn. They take it in order.
  static void release(State& state) {
    state.held = false;
    for (const world::Completion<bool>& turn : std::exchange(state.waiting, {})) turn.set(true);
  }

  world::Scheduler& scheduler_;
  std::shared_ptr<State> state_;
};

}  // namespace squall::vault
