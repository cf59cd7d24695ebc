// What each action of the vocabulary does: one function per word.
#pragma once
#include <functional>
#include <map>
#include <string>

#include "harness/scenario/conditions.hpp"

namespace squall::scenario {

// Faults that actions began and that have not healed, by the action's name. Healing one answers how often it
// struck.
using Heal = std::function<std::uint64_t()>;
using Faults = std::map<std::string, Heal>;

struct Stage {
  View view;
  Faults& faults;
  std::vector<InstanceView> targets = {};  // of an action that needs some; `perform` finds them
};

struct Done {
  bool ok = true;
  bool timed_out = false;  // a wait whose condition did not hold in time
  std::string why;
};

// Ends the fault that the action began, and tells how often it struck. False if there is none any more.
bool end_fault(Cluster& cluster, Faults& faults, const std::string& action);

// Runs to the action's end; for a fault with a duration, that is when it has healed.
world::Task<Done> perform(Stage stage, const Action& action);

// Waits until `check` holds for `stable_for` without a break; asks every half second, more seldom on long
// waits.
world::Task<Done> wait_for(View view, const Check& check, Time deadline, Duration stable_for);

}  // namespace squall::scenario
