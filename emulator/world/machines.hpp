// The machines that EC2 instances run on. EC2 decides what should happen and when (its state machine); a
// world makes it so. `squall serve` has machines without an inside (NoMachines); harness/sim boots guests.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emulator/base/time.hpp"
#include "emulator/world/task.hpp"

namespace squall::world {

struct VolumeSpec {
  std::string volume_id;    // "vol-0123..."
  std::string device_name;  // as asked for: "/dev/sdf"
  std::int64_t size_gib = 8;
  bool root = false;
};

struct MachineSpec {
  std::string instance_id;
  std::string image_id;  // "ami-..."
  std::string
      image_name;  // tells the operating system: "al2023-ami-...", "debian-12-...", "ubuntu/images/..."
  std::string instance_type;
  std::string zone;  // "us-east-1a"
  std::string private_ip;
  std::string private_dns_name;  // "ip-172-31-0-10.ec2.internal"
  std::string public_ip;         // empty: none
  std::string user_data;         // raw bytes as given to RunInstances, base64 undone
  std::vector<VolumeSpec> volumes;
};

// Traffic that a security group allows.
struct SecurityRule {
  std::string protocol;  // "tcp", "udp", "icmp" or "-1" for all
  int from_port = 0, to_port = 65535;
  std::string cidr;  // of the other side; one of these two is set
  std::string peer_group_id;
};

// What an instance's security groups let in and out
// (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html).
struct TrafficRules {
  std::vector<std::string> group_ids;  // the instance's own, which other instances' rules name
  std::vector<SecurityRule> ingress, egress;
};

class Machines {
 public:
  virtual ~Machines() = default;

  // The machine comes into being, switched off. Its disk is new.
  virtual void create(const MachineSpec& spec) = 0;
  // Power on: firmware, kernel, init. `cold` is a start after stop (the public address may have changed:
  // spec).
  virtual void power_on(const MachineSpec& spec) = 0;
  // Asks the operating system to shut down; calls `off` when it is, at the latest when it was forced to.
  // A power cut (`force`) loses what the disk had not synced.
  virtual void shut_down(const std::string& instance_id, bool force, std::function<void()> off) = 0;
  // An orderly reboot (EC2 hard-reboots a machine that does not shut down within a few minutes).
  virtual void reboot(const std::string& instance_id) = 0;
  // The machine and the volumes that go with it are gone.
  virtual void destroy(const std::string& instance_id) = 0;
  virtual void attach_volume(const std::string& instance_id, const VolumeSpec& volume) = 0;
  virtual void detach_volume(const std::string& instance_id, const std::string& volume_id) = 0;
  // Which traffic may reach and leave the instance from now on.
  virtual void set_traffic(const std::string& instance_id, const TrafficRules& rules) = 0;

  // Serial console, latest boot; at most 64 KiB (GetConsoleOutput).
  virtual std::string console_output(const std::string& instance_id) = 0;

  // True while the operating system answers (EC2's instance status check).
  virtual bool reachable(const std::string& instance_id) = 0;

  // --- what the SSM agent inside does ---
  // True while an agent runs in the instance and may reach SSM with the instance's role.
  virtual bool agent_online(const std::string& instance_id) = 0;

  struct ScriptResult {
    int exit_code = 0;
    std::string standard_output, standard_error;  // whole; SSM's limits are applied by SSM
    bool timed_out = false;                       // stopped after `timeout`
    bool lost = false;                            // the machine went away under it
  };
  // Runs a shell script as the agent does: as root, in a file of its own, in `directory` (empty: the
  // agent's).
  virtual Task<ScriptResult> run_script(const std::string& instance_id, std::string script,
                                        std::string directory, Duration timeout) = 0;
};

// Machines that are switched on and off and hold nothing: for `squall serve` without guests.
class NoMachines final : public Machines {
 public:
  void create(const MachineSpec&) override {}
  void power_on(const MachineSpec& spec) override { on_[spec.instance_id] = true; }
  void shut_down(const std::string& instance_id, bool, std::function<void()> off) override {
    on_[instance_id] = false;
    off();
  }
  void reboot(const std::string&) override {}
  void destroy(const std::string& instance_id) override { on_.erase(instance_id); }
  void attach_volume(const std::string&, const VolumeSpec&) override {}
  void detach_volume(const std::string&, const std::string&) override {}
  void set_traffic(const std::string&, const TrafficRules&) override {}
  std::string console_output(const std::string&) override { return {}; }
  bool reachable(const std::string& instance_id) override {
    return on_.contains(instance_id) && on_[instance_id];
  }
  bool agent_online(const std::string&) override { return false; }
  Task<ScriptResult> run_script(const std::string&, std::string, std::string, Duration) override {
    co_return ScriptResult{.lost = true};
  }

 private:
  std::map<std::string, bool> on_;
};

}  // namespace squall::world
