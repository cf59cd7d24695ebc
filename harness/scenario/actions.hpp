// What each action of the vocabulary does: one function per word.
#pragma once
#include <functional>
#include <map>
#include <string>

#include "harness/scenario/conditions.hpp"

namespace squall::scenario {

// Faults that actions began and that have not healed, by the action's name.
using Heal = std::function<void()>;

struct Stage {
  View view;
  std::map<std::string, Heal>& faults;
};

struct Done {
  bool ok = true;
  bool timed_out = false;  // a wait whose condition did not hold in time
  std::string why;
};

// Runs to the action's end; for a fault with a duration, that is when it has healed.
world::Task<Done> perform(Stage stage, const Action& action);

// Waits until `check` holds for `stable_for` without a break; asks every half second, more seldom on long
// waits.
world::Task<Done> wait_for(View view, const Check& check, Time deadline, Duration stable_for);

}  // namespace squall::scenario
