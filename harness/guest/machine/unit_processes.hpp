// The service manager's hands in a guest: units' processes are the guest's processes. A process belongs to
// the unit whose invocation id stands in its environment, which children inherit: what a control group is to
// systemd.
#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>

#include "harness/guest/guest.hpp"
#include "harness/guest/systemd/driver.hpp"

namespace squall::guest {

class UnitProcesses final : public systemd::ManagerHost {
 public:
  // `power` is called when the manager has brought the machine down.
  UnitProcesses(Guest& guest, std::function<void(systemd::ShutdownMode)> power);
  ~UnitProcesses() override;
  void drive(systemd::Driver& driver) { driver_ = &driver; }

  systemd::SpawnOutcome spawn(const systemd::Spawn& spawn) override;
  void kill(int pid, int signal) override;
  void make_directory(const systemd::MakeDirectory& directory) override;
  int take_pid() override;
  std::vector<systemd::ProcessInfo> all() const override;
  std::vector<systemd::ProcessInfo> of_unit(const std::string& unit) const override;
  void power(systemd::ShutdownMode mode) override { power_(mode); }
  // Real computing takes no virtual time.
  Duration cpu_time(const std::string&) const override { return Duration{0}; }
  void not_served(const std::string& unit, const std::vector<std::string>& settings) override;
  // A process ended that the manager did not start: the main process of a forking service, or the last one of
  // a group that is being stopped.
  void other_ended(int pid, int wait_status);

 private:
  struct Main {
    std::string unit;
    std::uint64_t spawn;
  };
  void ended(int pid, int wait_status);
  void notified(int pid, std::string_view text);
  void output(const systemd::Spawn& spawn, std::string_view bytes, bool is_error);
  std::string unit_of(int pid) const;
  systemd::ProcessInfo info(int pid, const std::string& name) const;
  // News for the manager come as a turn of their own.
  void soon(std::function<void(systemd::Driver&)> tell);

  Guest& guest_;
  std::function<void(systemd::ShutdownMode)> power_;
  systemd::Driver* driver_ = nullptr;
  std::map<int, Main> started_;  // by process id; while it runs
  std::map<std::string, std::string> unit_by_invocation_;
  std::set<world::TimerId> timers_;
};

}  // namespace squall::guest
