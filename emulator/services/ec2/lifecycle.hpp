// An instance's life: what happens between its states, and when. Owns the timers of instances and volumes,
// drives world::Machines, and tells observers. It validates nothing: operations have decided before they call
// it.
//
//   pending -> running -> stopping -> stopped -> pending ...
//   any     -> shutting-down -> terminated -> gone an hour later
//   running + host failure -> impaired -> recovered (same id, addresses and disks; what was not synced is
//   lost)
//
// Every record is written before the machine is told, so a crash of Squall in between leaves a state from
// which resume() goes on.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "emulator/services/ec2/interfaces.hpp"
#include "emulator/services/ec2/tables.hpp"
#include "emulator/world/entropy.hpp"
#include "emulator/world/machines.hpp"
#include "emulator/world/scheduler.hpp"

namespace squall::services::ec2 {

class Lifecycle {
 public:
  Lifecycle(world::Scheduler& scheduler, world::Entropy& entropy, world::Machines& machines, Tables& tables);
  Lifecycle(const Lifecycle&) = delete;
  Lifecycle& operator=(const Lifecycle&) = delete;
  ~Lifecycle();

  // Takes up what the store holds after a restart of Squall: machines are made anew, running ones boot,
  // timers are set again.
  void resume();

  // The record is new and its volumes are written; it becomes pending.
  void launch(InstanceRecord instance);
  void start(InstanceRecord instance);
  void stop(InstanceRecord instance, bool force);
  void terminate(InstanceRecord instance, bool force);
  void reboot(const InstanceRecord& instance);

  // The operating system switched the machine off by itself: InstanceInitiatedShutdownBehavior decides.
  void powered_off(const std::string& instance_id);
  // The host dies under the running instance.
  void fail_host(const std::string& instance_id);

  void create(VolumeRecord volume);
  void attach(VolumeRecord volume, const std::string& instance_id, const std::string& device);
  void detach(VolumeRecord volume, bool force);
  void remove(VolumeRecord volume);

  // Tells the machines which traffic reaches and leaves them, after a change of rules or groups.
  void refresh_traffic(const InstanceRecord& instance);
  void refresh_traffic_of_group(const Scope& scope, const std::string& group_id);

  void observe(InstanceObserver observer) { observers_.push_back(std::move(observer)); }

  std::string draw_public_ip();

 private:
  void enter(InstanceRecord& instance, State state);
  void machine_off(const std::string& instance_id);
  void wake_instance(const std::string& instance_id);
  void finish_transition(InstanceRecord& instance);
  void become_terminated(InstanceRecord& instance);
  void recover(InstanceRecord& instance);
  void wake_volume(const std::string& volume_id);
  void arm(const InstanceRecord& instance);
  void arm(const VolumeRecord& volume);
  void set_timer(const std::string& id, std::optional<Time> when,
                 void (Lifecycle::*wake)(const std::string&));
  void tell(const InstanceRecord& instance, const std::string& what);
  world::MachineSpec spec_of(const InstanceRecord& instance);

  world::Scheduler& scheduler_;
  world::Entropy& entropy_;
  world::Machines& machines_;
  Tables& tables_;
  std::map<std::string, world::TimerId> timers_;  // by the id of the instance or volume
  std::vector<InstanceObserver> observers_;
};

}  // namespace squall::services::ec2
