// systemctl's command line, parsed, and what its verbs share. Private to the systemctl_*.cpp files.
#pragma once
#include "harness/guest/systemd/driver.hpp"
#include "harness/guest/systemd/systemctl.hpp"
#include "harness/program/program.hpp"

namespace squall::guest::systemd {

struct SystemctlOptions {
  std::vector<std::string> types, states, properties;
  bool all = false, full = false, quiet = false, value = false, now = false, no_block = false, wait = false;
  bool no_reload = false, runtime = false, plain = false, no_legend = false, failed = false, reverse = false;
  bool show_transaction = false, force = false, no_pager = false;
  int lines = 10;
  std::string output = "short", signal = "TERM", kill_who = "all", job_mode = "replace";
};

// One call of systemctl.
struct Systemctl {
  program::Context& context;
  Driver& driver;
  SystemctlOptions options;
  std::string verb;
  std::vector<std::string> arguments;  // the names after the verb

  void out(const std::string& text) { context.out(text + "\n"); }
  void err(const std::string& text) { context.err(text + "\n"); }
  // Names as units: suffix added, odd characters escaped (and said so).
  std::vector<std::string> unit_names(const std::string& suffix = ".service");
  // Patterns become the loaded units that match.
  std::vector<std::string> expand(const std::vector<std::string>& names);
  bool privileged() const { return context.invocation().uid == 0; }
};

// Fills the call from argv[1..]; a number ends the program with it.
std::optional<int> parse_systemctl(Systemctl& call);

world::Task<int> run_job_verb(Systemctl& call, JobType type, std::string method);
world::Task<int> run_isolate(Systemctl& call);
world::Task<int> run_kill(Systemctl& call);
world::Task<int> run_reset_failed(Systemctl& call);
world::Task<int> run_daemon_reload(Systemctl& call);
world::Task<int> run_power(Systemctl& call, ShutdownMode mode);
world::Task<int> run_install_verb(Systemctl& call);
world::Task<int> run_set_property(Systemctl& call);
int run_is_active(Systemctl& call);
int run_is_failed(Systemctl& call);
int run_is_enabled(Systemctl& call);
int run_is_system_running(Systemctl& call);
int run_status(Systemctl& call);
int run_show(Systemctl& call);
int run_cat(Systemctl& call);
int run_list_units(Systemctl& call);
int run_list_unit_files(Systemctl& call);
int run_list_timers(Systemctl& call);
int run_list_jobs(Systemctl& call);
int run_list_dependencies(Systemctl& call);

// How long the calls take on a small machine: measured, service-manager.md section 9.
inline constexpr Duration query_time = 5ms, job_time = 15ms, reload_time = 150ms;

std::string changed_on_disk_warning(const std::string& unit);
// "/system.slice/vault.service"; instances have a slice of their own.
std::string control_group(const std::string& unit);
// `status`'s mark: "●", "○", "×".
std::string state_dot(const Unit& unit);

}  // namespace squall::guest::systemd
