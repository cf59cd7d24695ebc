#include "harness/scenario/sim_machines.hpp"

namespace squall::scenario {

void SimMachines::create(const world::MachineSpec& spec) {
  Machine machine;
  machine.host = parts_.network.add_host(spec.instance_id, spec.private_ip);
  machine.host->set_name(spec.private_dns_name);
  machine.host->power(false);
  base::Random random = parts_.random.stream("machine " + std::to_string(machines_.size()));
  machine.entropy = std::make_unique<sim::SimEntropy>(random.stream("entropy"));
  auto went_off = [this, id = spec.instance_id] {
    if (sim::SimHost* off = host(id)) off->power(false);
    parts_.went_off(id);
  };
  machine.inside = std::make_unique<guest::Instance>(
      guest::Instance::Options{spec, parts_.site, parts_.programs, went_off},
      guest::Surroundings{parts_.scheduler, *machine.host, *machine.entropy, random.stream("guest"),
                          parts_.trace});
  machines_[spec.instance_id] = std::move(machine);
}

void SimMachines::power_on(const world::MachineSpec& spec) {
  Machine& machine = machines_.at(spec.instance_id);
  machine.host->power(true);
  machine.inside->power_on();
}

void SimMachines::shut_down(const std::string& instance_id, bool force, std::function<void()> off) {
  Machine& machine = machines_.at(instance_id);
  auto done = [this, instance_id, off = std::move(off)] {
    if (sim::SimHost* host = this->host(instance_id)) host->power(false);
    off();
  };
  if (!force) return machine.inside->shut_down(std::move(done));
  machine.inside->power_cut();
  done();
}

void SimMachines::reboot(const std::string& instance_id) { machines_.at(instance_id).inside->reboot(); }

// What ran in it goes at the next instant (world::Job), and may look at it until then.
void SimMachines::destroy(const std::string& instance_id) {
  auto found = machines_.find(instance_id);
  if (found == machines_.end()) return;
  leaving_.push_back(std::move(found->second));
  machines_.erase(found);
  parts_.scheduler.soon([this] { leaving_.pop_front(); });
}

void SimMachines::halt() {
  for (auto& [id, machine] : machines_) machine.inside->halt();
}

void SimMachines::attach_volume(const std::string& instance_id, const world::VolumeSpec& volume) {
  machines_.at(instance_id).inside->guest().attach_volume(volume);
}
void SimMachines::detach_volume(const std::string& instance_id, const std::string& volume_id) {
  machines_.at(instance_id).inside->guest().detach_volume(volume_id);
}

void SimMachines::set_traffic(const std::string& instance_id, const world::TrafficRules& rules) {
  if (sim::SimHost* found = host(instance_id)) found->set_traffic(rules);
}

std::string SimMachines::console_output(const std::string& instance_id) {
  guest::Instance* inside = find(instance_id);
  return inside ? inside->guest().console_output() : std::string{};
}

bool SimMachines::reachable(const std::string& instance_id) {
  guest::Instance* inside = find(instance_id);
  return inside && inside->reachable();
}

bool SimMachines::agent_online(const std::string& instance_id) { return reachable(instance_id); }

world::Task<world::Machines::ScriptResult> SimMachines::run_script(const std::string& instance_id,
                                                                   std::string script, std::string directory,
                                                                   Duration timeout) {
  guest::Instance* inside = find(instance_id);
  if (!inside) {
    ScriptResult lost;
    lost.lost = true;
    co_return lost;
  }
  co_return co_await inside->run_script(std::move(script), std::move(directory), timeout);
}

guest::Instance* SimMachines::find(const std::string& instance_id) {
  auto found = machines_.find(instance_id);
  return found == machines_.end() ? nullptr : found->second.inside.get();
}

sim::SimHost* SimMachines::host(const std::string& instance_id) {
  auto found = machines_.find(instance_id);
  return found == machines_.end() ? nullptr : found->second.host.get();
}

}  // namespace squall::scenario
