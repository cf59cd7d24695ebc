// A whole instance in the tests' small world: its user data runs at the first boot.
#pragma once
#include "harness/guest/machine/instance.hpp"
#include "tests/guest/guest_world.hpp"

namespace squall::guest {

struct MachineWorld : GuestWorld {
  explicit MachineWorld(std::string user_data) {
    machine.user_data = std::move(user_data);
    site = std::make_shared<Site>(std::filesystem::temp_directory_path());
    inside.emplace(Instance::Options{machine, site, programs, [this] { ++went_off; }},
                   Surroundings{scheduler, network, entropy, random,
                                [this](const TraceEntry& entry) { trace.push_back(entry); }});
  }
  ~MachineWorld() {
    inside->power_cut();
    scheduler.run_until(scheduler.now());
  }
  void wait(Duration time) { scheduler.run_until(scheduler.now() + time); }
  std::string file(const std::string& path) { return inside->guest().disk().read(path).value_or("(none)"); }
  int went_off = 0;  // how often the machine switched itself off
  std::optional<Instance> inside;
};

}  // namespace squall::guest
