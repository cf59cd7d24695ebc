// Autopilot on the active node as one pure step: an event and what is observed now go in, what is to be done
// comes out (raft-autopilot 0.2.0, run.go). No clock, no timer, no I/O: the caller has them.
#pragma once
#include <optional>
#include <vector>

#include "harness/vault/autopilot/changes.hpp"
#include "harness/vault/autopilot/state.hpp"

namespace squall::vault::autopilot {

struct Intervals {  // how often to look, and how often to act
  Duration update = 2s, reconcile = 10s;
};

enum class Event {
  start,          // this node became active
  stop,           // and is no longer
  update_due,     // the timer of update_in ran out
  reconcile_due,  // that of reconcile_in
  check_dead,     // after a server was added, or when Effects asked for it
};

struct Effects {
  std::vector<LogLine> log;
  std::vector<Step> steps;                          // in order; see Step for what a refusal means
  std::optional<Duration> update_in, reconcile_in;  // set these timers; they replace running ones
  bool check_dead = false;  // when the steps are done: the event check_dead, observed anew
};

class Autopilot {
 public:
  explicit Autopilot(Intervals intervals = {}) : intervals_(intervals) {}

  // Events of timers that were set before a stop are ignored after it.
  Effects step(Event event, const Observation& seen);

  // Empty until it was started; forgotten at a stop.
  const std::optional<State>& state() const { return state_; }

 private:
  Effects reconcile(const Observation& seen);

  Intervals intervals_;
  std::optional<State> state_;
};

}  // namespace squall::vault::autopilot
