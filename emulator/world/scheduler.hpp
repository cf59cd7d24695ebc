// The clock and the timers of a world: the one source of time. harness/sim orders events by (time, tie,
// sequence) in virtual time; harness/live follows the real clock. Single-threaded: every call, and every
// callback, is on the world's own thread.
#pragma once
#include <cstdint>
#include <functional>

#include "emulator/base/time.hpp"

namespace squall::world {

using TimerId = std::uint64_t;  // 0 is no timer

// `delay` after `now`; the end of time (the year 2262) where that would lie beyond it.
constexpr Time later(Time now, Duration delay) {
  return delay.count() > 0 && now > Time::max() - delay ? Time::max() : now + delay;
}

class Scheduler {
 public:
  virtual ~Scheduler() = default;

  // The world's time now. Never goes back; stands still while a callback runs in the simulated world.
  virtual Time now() const = 0;

  // Calls `callback` once at `when`, or as soon as possible if that is past; never from within this call.
  // Callbacks of one instant run in the order in which they were asked for.
  virtual TimerId at(Time when, std::function<void()> callback) = 0;

  // Takes a timer back; unknown and past timers are ignored.
  virtual void cancel(TimerId timer) = 0;

  TimerId after(Duration delay, std::function<void()> callback) {
    return at(later(now(), delay), std::move(callback));
  }
  TimerId soon(std::function<void()> callback) { return at(now(), std::move(callback)); }
};

}  // namespace squall::world
