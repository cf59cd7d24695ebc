// Managed nodes: the EC2 instances whose agent SSM knows
// (https://docs.aws.amazon.com/systems-manager/latest/userguide/managed_instances.html). An agent registers
// once it runs and its instance's role lets it; nobody registers for it.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "emulator/services/ec2/interfaces.hpp"
#include "emulator/services/ssm/command_store.hpp"
#include "emulator/world/machines.hpp"
#include "emulator/world/scheduler.hpp"

namespace squall::services::ssm {

// What SSM asks of IAM.
class AgentAccess {
 public:
  virtual ~AgentAccess() = default;
  // May the agent in the instance report to SSM (ssm:UpdateInstanceInformation) with the role of its instance
  // profile? False for an instance without one.
  virtual bool may_report(const ec2::InstanceView& instance) = 0;
};

struct ManagedNode {
  ec2::InstanceView instance;
  bool online;  // else its connection is lost
  Time registered;
};

class Nodes {
 public:
  Nodes(world::Scheduler& scheduler, world::Machines& machines, ec2::Directory& directory,
        AgentAccess& access, CommandStore& store)
      : scheduler_(scheduler), machines_(machines), directory_(directory), access_(access), store_(store) {}

  // Nothing for an instance of somebody else, one that is not running, or one that never registered.
  std::optional<ManagedNode> find(const ec2::Scope& scope, const std::string& instance_id);
  std::vector<ManagedNode> list(const ec2::Scope& scope);
  std::vector<ManagedNode> find_by_tag(const ec2::Scope& scope, const std::string& key,
                                       const std::vector<std::string>& values);
  // Does the agent answer now?
  bool online(const std::string& instance_id);
  // The instance was terminated.
  bool gone(const std::string& instance_id);

 private:
  std::optional<ManagedNode> node_of(ec2::InstanceView instance);
  std::vector<ManagedNode> nodes_of(std::vector<ec2::InstanceView> instances);
  bool online(const ec2::InstanceView& instance);

  world::Scheduler& scheduler_;
  world::Machines& machines_;
  ec2::Directory& directory_;
  AgentAccess& access_;
  CommandStore& store_;
};

}  // namespace squall::services::ssm
