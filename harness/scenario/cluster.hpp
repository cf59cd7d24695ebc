// What a scenario can see and do: the instances, what runs in them, the operator's workstation, the AWS side.
// The runner, the conditions and the workloads speak to this interface alone; Cloud builds it in the
// simulated world.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emulator/base/random.hpp"
#include "emulator/gateway/faults.hpp"
#include "emulator/gateway/journal.hpp"
#include "emulator/world/machines.hpp"
#include "emulator/world/network.hpp"
#include "emulator/world/scheduler.hpp"
#include "harness/scenario/stack.hpp"

namespace squall::scenario {

struct InstanceView {
  std::string id;     // "i-0123..."
  std::string state;  // as EC2 tells it: "running"
  std::string zone;
  std::string private_ip;
};

struct UnitView {
  std::string active, sub, result;  // ActiveState, SubState, Result of systemctl show
  std::int64_t restarts = 0;        // NRestarts
};

using ScriptResult = world::Machines::ScriptResult;

class Cluster {
 public:
  virtual ~Cluster() = default;

  virtual world::Scheduler& scheduler() = 0;
  virtual const Stack& stack() const = 0;
  // A named stream of the run's seed: the same draws whatever others drew before.
  virtual base::Random random(const std::string& name) const = 0;
  // A line of the story, which is also part of the event hash.
  virtual void tell(const std::string& line) = 0;

  // Instances that carry all these tags, in the order of their launch; those that are terminated first.
  virtual std::vector<InstanceView> instances_ever(const std::map<std::string, std::string>& tags) = 0;
  // Without those that are terminated.
  std::vector<InstanceView> instances(const std::map<std::string, std::string>& tags) {
    std::vector<InstanceView> there = instances_ever(tags);
    std::erase_if(there, [](const InstanceView& instance) { return instance.state == "terminated"; });
    return there;
  }
  // One HTTP exchange from inside an instance; `timed_out` when the instance is off.
  virtual world::Task<world::Reply> send_from(const std::string& instance_id, world::Call call) = 0;
  virtual world::Task<world::Reply> send_from_workstation(world::Call call) = 0;

  virtual world::Task<ScriptResult> run_on(const std::string& instance_id, std::string script,
                                           Duration timeout) = 0;
  virtual world::Task<ScriptResult> run_on_workstation(std::string script, Duration timeout) = 0;

  virtual std::optional<std::string> read_file(const std::string& instance_id, const std::string& path) = 0;
  // How many processes got the signal.
  virtual int kill_processes(const std::string& instance_id, const std::string& name, int signal_number) = 0;
  virtual UnitView unit(const std::string& instance_id, const std::string& unit) = 0;
  // The unit's journal, or the console and cloud-init's output when no unit is named.
  virtual std::string log(const std::string& instance_id, const std::string& unit) = 0;

  enum class Power { reboot, stop, start, terminate };
  // EC2's operation, called as the account's root. Answers what EC2 refuses it with; empty: it is done.
  virtual std::string power(const std::string& instance_id, Power verb) = 0;
  virtual void fail_host(const std::string& instance_id) = 0;

  virtual gateway::FaultRules& api_faults() = 0;
  virtual const gateway::Journal& journal() const = 0;
  virtual std::uint64_t internal_failures() const = 0;

  struct NetworkFault {
    std::string from;  // an instance's id
    std::string to;    // a name, "*.amazonaws.com", "*"
    std::string effect;
    Duration delay{};
    int percentage = 100;
  };
  virtual int break_network(const NetworkFault& fault) = 0;
  // Answers how many exchanges the fault took.
  virtual std::uint64_t heal_network(int id) = 0;
};

}  // namespace squall::scenario
