// PID 1 of an instance as one pure step machine: systemd 252 as far as services, targets and timers go.
//
//   Effects effects = manager.step(event, now);
//
// The same events at the same times with the same random stream give the same effects. It reads files and the
// list of living processes on demand (world::Disk, Processes), and touches nothing itself. driver.hpp drives
// it.
#pragma once
#include <map>
#include <memory>

#include "harness/guest/systemd/services.hpp"
#include "harness/guest/systemd/timers.hpp"
#include "harness/guest/systemd/unit_host.hpp"

namespace squall::guest::systemd {

struct Job {
  std::uint64_t id = 0;
  std::string unit;
  JobType type = JobType::start;
  bool running = false;
  bool blocked = false;  // could not go on; tried again when the unit's state changes
  bool ignore_order = false;
  bool irreversible = false;
};

enum class SystemState { starting, running, degraded, stopping };

class Manager final : private UnitHost {
 public:
  // `random` is the stream that restart delays, invocation ids and timers' offsets are drawn from.
  Manager(world::Disk& disk, const Processes& processes, base::Random random, ManagerOptions options);

  Effects step(const Event& event, Time now);
  // When Tick is due; Time::max(): nothing waits.
  Time next_deadline() const;

  // --- what front ends read ---
  // Loads the unit if need be, as every query of systemd does; messages of the parser become effects of the
  // next step. Never null for a valid name; load_state tells whether there is a file.
  Unit& load(const std::string& name, Time now);
  const Unit* loaded(const std::string& name) const;
  std::vector<const Unit*> units() const;
  std::vector<Job> jobs() const;
  SystemState system_state() const;
  bool is_shutting_down() const { return shutdown_.has_value(); }
  Time booted_at() const { return boot_time_; }
  // Names of loaded units that have this one in such a list.
  std::vector<std::string> referrers(const std::string& name, Dependency kind) const;
  bool needs_reload(const Unit& unit);
  // Unloads what is neither running, failed, waited for nor referred to.
  void collect_garbage();
  // Effects that queries left behind (log lines of files read).
  Effects take_pending(Time now);

 private:
  // UnitHost
  Time now() const override { return now_; }
  Time boot_time() const override { return boot_time_; }
  world::Disk& disk() override { return disk_; }
  const Processes& processes() const override { return processes_; }
  base::Random& random() override { return random_; }
  const ManagerOptions& options() const override { return options_; }
  void emit(Effect effect) override { effects_.push_back(std::move(effect)); }
  void log(const Unit& unit, journal::Priority priority, const std::string& text) override;
  void set_state(Unit& unit, SubState state) override;
  Unit* find(const std::string& name) override;
  bool queue_job(const std::string& unit, JobType type) override;
  bool has_job(const Unit& unit, JobType type) const override;
  std::uint64_t next_spawn(const Unit& unit, bool control) override;

  // manager.cpp
  void boot();
  void tick();
  void reload_files();
  void shut_down(ShutdownMode mode);
  void kill(const KillRequest& request);
  void reset_failed(const std::string& unit);
  void check_boot_finished();
  Unit& load_unit_now(const std::string& name);
  void read_config(Unit& unit);
  void log_plain(journal::Priority priority, const std::string& text);
  // transaction.cpp
  struct Planned {
    JobType type;
    bool wanted_only;  // pulled in by Wants= alone: dropped rather than failing the whole
  };
  struct Transaction {
    std::map<std::string, Planned> jobs;
    std::vector<std::string> order;  // as they were pulled in
    JobRefused refusal;
  };
  bool plan(Transaction& transaction, const std::string& name, JobType type, bool wanted_only,
            bool dependencies);
  std::optional<JobRefused> enqueue(const std::string& name, JobType type, JobMode mode,
                                    std::uint64_t& job_id);
  bool install(const std::string& unit, JobType type, JobMode mode, std::uint64_t* id);
  bool redundant(const Unit& unit, JobType type) const;
  std::vector<std::string> required_by(const std::string& name, bool parts) const;
  // jobs.cpp
  void run_jobs();
  bool runnable(const Job& job) const;
  void run_job(std::uint64_t id);
  void run_start(Job& job, Unit& unit);
  void run_stop(Unit& unit);
  void run_reload(Job& job, Unit& unit);
  void finish_job(std::uint64_t id, JobResult result, bool silent = false);
  void fail_dependents(const Unit& unit);
  void announce_start(const Job& job, const Unit& unit);
  void announce_end(const Job& job, const Unit& unit, JobResult result);
  void job_state_changed(Unit& unit, bool& unexpected);
  bool ordered_after(const Unit& later, const Unit& earlier) const;
  void stop_bound_units(const Unit& unit);
  void trigger(const Unit& unit, Dependency kind);
  Job* job_of(const Unit& unit);

  world::Disk& disk_;
  const Processes& processes_;
  base::Random random_;
  ManagerOptions options_;
  Time now_{}, boot_time_{};
  std::uint64_t turn_ = 0;  // counts questions
  Effects effects_;
  std::map<std::string, std::unique_ptr<Unit>> units_;
  std::map<std::string, std::string> aliases_;  // other name -> id
  std::map<std::uint64_t, Job> jobs_;
  std::map<std::uint64_t, std::string> spawns_;  // asked for and not answered -> unit
  std::uint64_t last_job_ = 0, last_spawn_ = 0;
  bool boot_finished_ = false;
  std::optional<ShutdownMode> shutdown_;
  std::map<std::string, bool> unserved_told_;
  Services services_;
  Timers timers_;
};

}  // namespace squall::guest::systemd
