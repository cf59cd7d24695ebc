// One EC2 instance from power to power: firmware and kernel take their time, the service manager starts what
// is enabled, cloud-init runs the user data on the first boot. Made of a Guest (disk and processes), a
// service manager per boot (systemd::Driver) and a journal.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "harness/guest/cron.hpp"
#include "harness/guest/guest.hpp"
#include "harness/guest/journal/journal.hpp"
#include "harness/guest/machine/service_story.hpp"
#include "harness/guest/machine/supervised_programs.hpp"
#include "harness/guest/machine/unit_processes.hpp"
#include "harness/guest/systemd/driver.hpp"

namespace squall::guest {

class Instance {
 public:
  struct Options {
    world::MachineSpec machine;
    std::shared_ptr<Site> site;
    std::map<std::string, program::Program> programs;  // aws, vault: those that need nothing of the instance
    std::function<void()> went_off = {};  // called when it has switched itself off: nobody else asked for it
  };
  Instance(Options options, Surroundings surroundings);
  ~Instance();

  void power_on();
  // An orderly shutdown; `off` is called once when the power is off. A machine that does not come down by
  // itself is cut after two minutes and a half.
  void shut_down(std::function<void()> off);
  void power_cut();  // at once; what was not synced may be lost
  void halt();       // before it is destroyed, see Guest::halt
  void reboot();

  // The operating system is up and answers.
  bool reachable() const { return state_ == State::up; }
  world::Task<world::Machines::ScriptResult> run_script(std::string script, std::string directory,
                                                        Duration timeout);
  // ActiveState, SubState, Result, NRestarts, MainPID as systemctl show tells them; empty when the machine is
  // down.
  struct UnitFacts {
    std::string active, sub, result;
    std::int64_t restarts = 0;
    int main_pid = 0;
  };
  UnitFacts unit(const std::string& name);
  // The unit's lines, one per line, as journalctl -o cat prints them.
  std::string unit_log(const std::string& name) const;

  Guest& guest() { return guest_; }

 private:
  enum class State { off, booting, up, going_down };
  void boot();
  void up();
  void brought_down(systemd::ShutdownMode mode);
  void leave();  // ends the boot's parts
  world::Task<> run_user_data();
  void mount_volumes();
  void start_cron();
  world::Scheduler& scheduler() { return guest_.surroundings().scheduler; }
  base::Random stream(const std::string& name) const;
  void tell(std::string text);

  std::map<std::string, program::Program> bind(Options& options);

  std::string machine_id_;
  std::unique_ptr<systemd::Driver> driver_;
  std::unique_ptr<UnitProcesses> processes_;
  SupervisedPrograms supervised_;  // programs of the guest refer to it
  Guest guest_;
  journal::Journal journal_;
  ServiceStory service_story_;
  State state_ = State::off;
  std::uint64_t boots_ = 0;
  std::function<void()> when_off_, went_off_;
  bool reboot_wanted_ = false;
  world::TimerId boot_timer_ = 0, force_timer_ = 0, down_timer_ = 0;
  world::Job cloud_init_;
  std::optional<Cron> cron_;
};

}  // namespace squall::guest
