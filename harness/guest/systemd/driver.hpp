// Runs a Manager in a world: effects become processes, signals and journal lines; what happens becomes
// events.
//
// Whoever owns the guest's processes implements ManagerHost and tells the Driver what happens to them:
//
//   Driver driver(scheduler, disk, host, journal, random, {hostname, machine_id, boot_id});   // one per boot
//   driver.boot();
//   driver.output(spawn.id, "text\n"); driver.exited(pid, exit); driver.process_gone(unit);
//   driver.notify(...);
//
// The Driver is made anew at each boot and destroyed when the machine is off: only the journal, the disk and
// what is enabled on it survive. Single-threaded, on the world's thread. None of the host's methods may call
// the Driver back from within; news of a process comes as its own turn (world::Scheduler::soon).
#pragma once
#include <functional>
#include <map>

#include "emulator/world/await.hpp"
#include "emulator/world/scheduler.hpp"
#include "harness/guest/systemd/manager.hpp"

namespace squall::guest::systemd {

struct SpawnOutcome {
  int pid = 0;  // always there: a process that fails to become its program still had an id
  // See Spawned: "EXEC" (no such file, not executable), "CHDIR"... with the errno's text. Empty: it runs.
  std::string failed_step, error, failed_path = {};
};

class ManagerHost : public Processes {
 public:
  // Starts the process. An empty SYSTEMD_EXEC_PID in the environment is to be set to its pid. uid -1 or gid
  // -1 (no such user or group) does not come here. Its output goes to Driver::output with the spawn's id,
  // from its children too, unless the spawn's standard_output says a file.
  virtual SpawnOutcome spawn(const Spawn& spawn) = 0;
  // Sends a signal to one process. Unknown pids are ignored.
  virtual void kill(int pid, int signal) = 0;
  // See MakeDirectory.
  virtual void make_directory(const MakeDirectory& directory) = 0;
  // A pid for a process that never ran (its user does not exist).
  virtual int take_pid() = 0;
  // Everything that still runs, PID 1 and kernel threads aside.
  virtual std::vector<ProcessInfo> all() const = 0;
  // The machine goes down or reboots now; disks are synced first. The Driver is of no use after that.
  virtual void power(ShutdownMode mode) = 0;
  // CPU time that the unit's processes have used since its start; 0 where that is not known.
  virtual Duration cpu_time(const std::string& unit) const = 0;
  // Settings that systemd acts on and Squall does not, for the story of the run.
  virtual void not_served(const std::string& unit, const std::vector<std::string>& settings) = 0;
};

class Driver {
 public:
  Driver(world::Scheduler& scheduler, world::Disk& disk, ManagerHost& host, journal::Journal& journal,
         base::Random random, ManagerOptions options);
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  ~Driver();

  void boot();

  // --- what happened ---
  // A process ended that spawn() had made (main or control), or that became a main process since.
  void exited(int pid, const Exit& exit);
  // Any other process of the unit ended.
  void process_gone(const std::string& unit);
  // sd_notify(3) by a process of the unit.
  void notify(int pid, const std::string& unit, const std::string& text);
  // A piece of output of the spawn; lines are cut here, the last one at output_closed(). `pid` 0: the spawn's
  // own.
  void output(std::uint64_t spawn, std::string_view text);
  void output_closed(std::uint64_t spawn);

  // --- what front ends ask ---
  struct Answer {
    std::optional<JobRefused> refused;
    std::uint64_t job = 0;
    std::string unit;
    world::Completion<JobResult> result;  // set when the job is over
  };
  Answer request(const JobRequest& request);
  void daemon_reload();
  void kill(const KillRequest& request);
  void reset_failed(const std::string& unit);
  void shut_down(ShutdownMode mode);
  // A line of logger(1), systemd-cat(1), or of the guest's own programs.
  void syslog(journal::Entry entry);
  // Loads the unit (see Manager::load); complaints about its files reach the journal.
  Unit& load(const std::string& name);

  Manager& manager() { return manager_; }
  const journal::Journal& journal() const { return journal_; }
  world::Scheduler& scheduler() { return scheduler_; }
  world::Disk& disk() { return disk_; }
  ManagerHost& host() { return host_; }
  const ManagerOptions& options() const { return options_; }
  bool is_down() const { return down_; }

 private:
  struct Stream {
    std::string unit, identifier, invocation_id, partial;
    int pid = 0, uid = 0;
    bool level_prefix = true;
  };

  void feed(const Event& event);
  void apply(Effects effects);
  void apply_one(Effect& effect);
  void start_process(const Spawn& spawn);
  void line(const Stream& stream, std::string text);
  void arm();
  world::Completion<JobResult>& completion(std::uint64_t job);
  void sweep();

  world::Scheduler& scheduler_;
  world::Disk& disk_;
  ManagerHost& host_;
  journal::Journal& journal_;
  ManagerOptions options_;
  Manager manager_;
  world::TimerId timer_ = 0, sweep_timer_ = 0;
  std::vector<Event> events_;  // answers to effects, fed in their order
  bool down_ = false;
  std::map<std::uint64_t, Stream> streams_;
  std::map<std::uint64_t, world::Completion<JobResult>> waiting_;
  std::vector<std::uint64_t> finished_;
  std::optional<std::pair<std::uint64_t, std::string>> queued_;
  std::optional<JobRefused> refused_;
  ShutdownMode shutdown_mode_ = ShutdownMode::reboot;
  Time sweep_kill_at_ = Time::max();
};

}  // namespace squall::guest::systemd
