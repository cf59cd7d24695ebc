// The machines of the simulated cloud: each EC2 instance is a host of the simulated network and an Instance
// with a real inside.
#pragma once
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>

#include "emulator/world/machines.hpp"
#include "harness/guest/machine/instance.hpp"
#include "harness/sim/entropy.hpp"
#include "harness/sim/network.hpp"

namespace squall::scenario {

class SimMachines final : public world::Machines {
 public:
  struct Parts {
    sim::SimScheduler& scheduler;
    sim::SimNetwork& network;
    base::Random random;
    std::shared_ptr<guest::Site> site;
    std::map<std::string, program::Program> programs;
    std::function<void(const guest::TraceEntry&)> trace;
    std::function<void(const std::string& instance_id)> went_off;  // it has switched itself off
  };
  explicit SimMachines(Parts parts) : parts_(std::move(parts)) {}

  void create(const world::MachineSpec& spec) override;
  void power_on(const world::MachineSpec& spec) override;
  void shut_down(const std::string& instance_id, bool force, std::function<void()> off) override;
  void reboot(const std::string& instance_id) override;
  void destroy(const std::string& instance_id) override;
  void attach_volume(const std::string& instance_id, const world::VolumeSpec& volume) override;
  void detach_volume(const std::string& instance_id, const std::string& volume_id) override;
  void set_traffic(const std::string& instance_id, const world::TrafficRules& rules) override;
  std::string console_output(const std::string& instance_id) override;
  // As the world ends: nothing runs any more. Their frames go with what is due at this instant.
  void halt();
  bool reachable(const std::string& instance_id) override;
  bool agent_online(const std::string& instance_id) override;
  world::Task<ScriptResult> run_script(const std::string& instance_id, std::string script,
                                       std::string directory, Duration timeout) override;

  // Null for an instance that is not there.
  guest::Instance* find(const std::string& instance_id);
  sim::SimHost* host(const std::string& instance_id);

 private:
  struct Machine {
    std::unique_ptr<sim::SimHost> host;
    std::unique_ptr<sim::SimEntropy> entropy;
    std::unique_ptr<guest::Instance> inside;
  };
  Parts parts_;
  std::map<std::string, Machine> machines_;
  std::list<Machine> leaving_;
};

}  // namespace squall::scenario
