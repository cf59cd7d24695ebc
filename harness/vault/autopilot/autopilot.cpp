#include "harness/vault/autopilot/autopilot.hpp"

namespace squall::vault::autopilot {

Effects Autopilot::step(Event event, const Observation& seen) {
  Effects effects;
  if (event == Event::start) {
    state_ = next_state(std::nullopt, seen);
    effects.log = {{LogLevel::debug, "autopilot is now running", {}},
                   {LogLevel::debug, "state update routine is now running", {}}};
    effects.update_in = intervals_.update;
    effects.reconcile_in = intervals_.reconcile;
    return effects;
  }
  if (!state_) return effects;
  switch (event) {
    case Event::start:
      break;
    case Event::stop:
      // What was known is forgotten, so that the next start takes all servers for stable again.
      state_.reset();
      effects.log = {{LogLevel::debug, "state update routine is now stopped", {}},
                     {LogLevel::debug, "autopilot is now stopped", {}}};
      break;
    case Event::update_due:
      state_ = next_state(state_, seen);
      effects.update_in = intervals_.update;
      break;
    case Event::reconcile_due:
      return reconcile(seen);
    case Event::check_dead:
      effects.steps = prune(seen.config, seen.raft, seen.known);
      break;
  }
  return effects;
}

Effects Autopilot::reconcile(const Observation& seen) {
  Effects effects;
  effects.reconcile_in = intervals_.reconcile;
  // Dead servers are looked for in the configuration that the promotions leave behind.
  effects.check_dead = true;
  if (state_->leader.empty())
    effects.log.push_back(
        {LogLevel::error,
         "Failed to reconcile current state with the desired state",
         {{"error", "cannot reconcile Raft server voting rights without a valid autopilot state", {}}}});
  else
    effects.steps = promotions(*state_, seen.config, seen.now);
  return effects;
}

}  // namespace squall::vault::autopilot
