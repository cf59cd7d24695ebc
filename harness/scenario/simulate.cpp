#include "harness/scenario/simulate.hpp"

#include "harness/scenario/cloud.hpp"

namespace squall::scenario {
namespace {

// Virtual time begins here; every run of every seed sees the same calendar.
const Time epoch = *base::parse_iso8601("2024-06-03T08:00:00Z");
constexpr Duration longest = 24h * 400;

}  // namespace

Simulation simulate(const Scenario& scenario, SimulationOptions options) {
  sim::SimScheduler scheduler{epoch};
  scheduler.observe(std::move(options.observer));
  scheduler.trace("story", "seed " + std::to_string(options.seed));
  Cloud cloud{
      load_stack(scenario.stack), {options.seed, options.temporary_folder, scenario.variables}, scheduler};
  Simulation result;
  {
    Runner runner{cloud, scenario};
    scheduler.run_until([&] { return runner.finished(); }, epoch + longest);
    result.outcome = runner.outcome();
    if (!runner.finished() && result.outcome.verdict == Verdict::held) {
      result.outcome.verdict = Verdict::inconclusive;
      result.outcome.why = "the run did not come to its end: nothing more happens, or 400 days have passed";
    }
    result.began = epoch;
    result.virtual_time = scheduler.elapsed();
    result.events = scheduler.events();
    result.event_hash = scheduler.event_hash();
    // A job that is killed still takes the step that is due at this instant: the runner's do while there is
    // one.
    scheduler.end();
  }
  return result;
}

}  // namespace squall::scenario
