#include "emulator/services/ssm/nodes.hpp"

namespace squall::services::ssm {

bool Nodes::online(const ec2::InstanceView& instance) {
  return instance.record.state == ec2::State::running && machines_.agent_online(instance.record.id) &&
         access_.may_report(instance);
}

bool Nodes::online(const std::string& instance_id) {
  auto instance = directory_.find(instance_id);
  return instance && online(*instance);
}

bool Nodes::gone(const std::string& instance_id) {
  auto instance = directory_.find(instance_id);
  return !instance || !instance->record.exists();
}

// The first sight of an agent is its registration: it has polled SSM since its boot, and nobody could tell.
std::optional<ManagedNode> Nodes::node_of(ec2::InstanceView instance) {
  if (instance.record.state != ec2::State::running) return {};
  const bool now_online = online(instance);
  auto registered = store_.registered(instance.record.id);
  if (!registered && now_online) {
    registered = scheduler_.now();
    store_.set_registered(instance.record.id, *registered);
  }
  if (!registered) return {};
  return ManagedNode{std::move(instance), now_online, *registered};
}

std::vector<ManagedNode> Nodes::nodes_of(std::vector<ec2::InstanceView> instances) {
  std::vector<ManagedNode> nodes;
  for (ec2::InstanceView& instance : instances)
    if (auto node = node_of(std::move(instance))) nodes.push_back(std::move(*node));
  return nodes;
}

std::optional<ManagedNode> Nodes::find(const ec2::Scope& scope, const std::string& instance_id) {
  auto instance = directory_.find(instance_id);
  if (!instance || instance->record.scope() != scope) return {};
  return node_of(std::move(*instance));
}

std::vector<ManagedNode> Nodes::list(const ec2::Scope& scope) { return nodes_of(directory_.list(scope)); }

std::vector<ManagedNode> Nodes::find_by_tag(const ec2::Scope& scope, const std::string& key,
                                            const std::vector<std::string>& values) {
  return nodes_of(directory_.find_by_tag(scope, key, values));
}

}  // namespace squall::services::ssm
