// What EC2 asks of IAM, and what SSM, IMDS and the harness ask of EC2. Wired together in
// gateway/emulator.cpp.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "emulator/services/ec2/records.hpp"

namespace squall::services::ec2 {

struct InstanceProfileFacts {
  std::string arn;       // "arn:aws:iam::123456789012:instance-profile/path/name"
  std::string id;        // "AIPA..."
  std::string role_arn;  // of the role in it; empty: it holds none
};

// IAM's instance profiles; nothing for one that does not exist.
class InstanceProfiles {
 public:
  virtual ~InstanceProfiles() = default;
  virtual std::optional<InstanceProfileFacts> by_name(const std::string& account,
                                                      const std::string& name) = 0;
  virtual std::optional<InstanceProfileFacts> by_arn(const std::string& arn) = 0;
};

// An instance as others see it.
struct InstanceView {
  InstanceRecord record;
  Tags tags;
  std::vector<std::string> group_names;
  std::string public_key;  // of its key pair, in OpenSSH's form; empty: it has none
};

class Directory {
 public:
  virtual ~Directory() = default;
  // Terminated instances are found until they vanish.
  virtual std::optional<InstanceView> find(const std::string& instance_id) = 0;
  // The running or pending instance that has the private or public address now.
  virtual std::optional<InstanceView> find_by_address(const Scope& scope, const std::string& address) = 0;
  // Instances (not terminated) whose tag `key` has one of the values, in the order of launch.
  virtual std::vector<InstanceView> find_by_tag(const Scope& scope, const std::string& key,
                                                const std::vector<std::string>& values) = 0;
  virtual std::vector<InstanceView> list(const Scope& scope) = 0;
};

// One step of an instance's life: "pending", "running", "stopping", "stopped", "shutting-down", "terminated"
// (its states), "rebooted", "host-failed", "impaired" (the system status check says so), "recovered".
struct InstanceEvent {
  Time at;
  std::string instance_id;
  std::string what;
};
using InstanceObserver = std::function<void(const InstanceEvent&)>;

}  // namespace squall::services::ec2
