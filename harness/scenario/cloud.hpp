// A whole AWS region with its instances in the simulated world: the emulator behind its endpoints, guests on
// hosts, the metadata address, and the operator's workstation in the same VPC.
#pragma once
#include <map>
#include <memory>
#include <string>

#include "harness/scenario/cluster.hpp"
#include "harness/sim/scheduler.hpp"

namespace squall::scenario {

class Cloud final : public Cluster {
 public:
  struct Options {
    std::uint64_t seed = 1;
    std::string temporary_folder = "/tmp";
    std::map<std::string, std::string> variables;  // over the stack's own
  };
  // Throws guest::GuestsUnavailable where guests can not run.
  Cloud(Stack stack, Options options, sim::SimScheduler& scheduler);
  ~Cloud() override;

  world::Scheduler& scheduler() override;
  const Stack& stack() const override;
  base::Random random(const std::string& name) const override;
  void tell(const std::string& line) override;
  std::vector<InstanceView> instances_ever(const std::map<std::string, std::string>& tags) override;
  world::Task<world::Reply> send_from(const std::string& instance_id, world::Call call) override;
  world::Task<world::Reply> send_from_workstation(world::Call call) override;
  world::Task<ScriptResult> run_on(const std::string& instance_id, std::string script,
                                   Duration timeout) override;
  world::Task<ScriptResult> run_on_workstation(std::string script, Duration timeout) override;
  std::optional<std::string> read_file(const std::string& instance_id, const std::string& path) override;
  int kill_processes(const std::string& instance_id, const std::string& name, int signal_number) override;
  UnitView unit(const std::string& instance_id, const std::string& unit) override;
  std::string log(const std::string& instance_id, const std::string& unit) override;
  std::string power(const std::string& instance_id, Power verb) override;
  void fail_host(const std::string& instance_id) override;
  gateway::FaultRules& api_faults() override;
  const gateway::Journal& journal() const override;
  std::uint64_t internal_failures() const override;
  int break_network(const NetworkFault& fault) override;
  std::uint64_t heal_network(int id) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace squall::scenario
