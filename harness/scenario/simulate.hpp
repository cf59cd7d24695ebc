// One scenario in the simulated world, from its file to its outcome.
#pragma once
#include <functional>
#include <string>

#include "harness/scenario/runner.hpp"

namespace squall::scenario {

struct SimulationOptions {
  std::uint64_t seed = 1;
  std::string temporary_folder = "/tmp";
  // Sees every fact that is folded into the event hash: "story", "net", "aws", "guest", "log"...
  std::function<void(Time, std::string_view kind, std::string_view text)> observer;
};

struct Simulation {
  Outcome outcome;
  Time began;
  Duration virtual_time;
  std::uint64_t events, event_hash;
};

// Throws DocumentError for a stack that can not be read, guest::GuestsUnavailable where guests can not run.
Simulation simulate(const Scenario& scenario, SimulationOptions options);

}  // namespace squall::scenario
