// What a unit's files say, after parsing: plain data (systemd.unit(5), systemd.service(5), systemd.exec(5),
// systemd.kill(5), systemd.timer(5)).
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/guest/systemd/calendar.hpp"
#include "harness/guest/systemd/exec_command.hpp"
#include "harness/guest/systemd/exec_rights.hpp"
#include "harness/guest/systemd/sandboxing.hpp"

namespace squall::guest::systemd {

enum class LoadState { loaded, not_found, bad_setting, masked, unsupported };

enum class Dependency {
  requires_,
  requisite,
  wants,
  binds_to,
  part_of,
  conflicts,
  before,
  after,
  on_failure,
  on_success,
};

struct Condition {
  std::string type,
      value;         // "ConditionPathExists", "/nosuch"; the value with "!" and "|" as written in `text`
  std::string text;  // "ConditionPathExists=!/etc/passwd", as messages name it
  bool trigger = false, negate = false, assertion = false;
};

enum class ServiceType { simple, exec, forking, oneshot, notify, idle };
enum class RestartMode { no, on_success, on_failure, on_abnormal, on_watchdog, on_abort, always };
enum class KillMode { control_group, process, mixed, none };
enum class TimeoutMode { terminate, abort, kill };
enum class PreserveMode { no, restart, yes };
enum class NotifyAccess { none, main, exec, all };
enum class ExecPhase { condition, start_pre, start, start_post, reload, stop, stop_post };
inline constexpr std::size_t exec_phases = 7;

struct ServiceConfig {
  ServiceType type = ServiceType::simple;
  bool type_given = false;
  std::vector<ExecCommand> exec[exec_phases];
  RestartMode restart = RestartMode::no;
  Duration restart_delay = 100ms;
  Duration timeout_start = 90s, timeout_stop = 90s, timeout_abort = 90s, runtime_max = Duration::max();
  Duration watchdog{0};
  bool timeout_start_given = false, timeout_abort_given = false;
  TimeoutMode start_failure = TimeoutMode::terminate, stop_failure = TimeoutMode::terminate;
  bool remain_after_exit = false, guess_main_pid = true;
  std::optional<NotifyAccess> notify_access;
  std::string pid_file;
  ExitStatusSet success, restart_prevent, restart_force;
  KillMode kill_mode = KillMode::control_group;
  int kill_signal = 15, final_kill_signal = 9, watchdog_signal = 6;
  std::optional<int> restart_kill_signal;
  bool send_sigkill = true, send_sighup = false;

  // systemd.exec(5)
  std::string user, group, working_directory, root_directory;
  std::vector<std::string> supplementary_groups;
  bool working_directory_optional = false;
  Environment environment;
  std::vector<std::pair<std::string, bool>> environment_files;  // path; true: may be missing
  std::vector<std::string> pass_environment, unset_environment;
  std::map<std::string, LimitValue> limits;  // by name: "NOFILE"
  int umask = 022;
  std::uint64_t capability_bounding_set = all_capabilities, ambient_capabilities = 0;
  std::uint32_t secure_bits = 0;
  bool no_new_privileges = false;
  bool permissions_start_only = false;  // rights and sandboxing are for ExecStart= alone
  Sandboxing sandboxing;
  std::string standard_output = "journal", standard_error = "inherit", standard_input = "null";
  std::string syslog_identifier;
  bool syslog_level_prefix = true;
  // "RUNTIME", "STATE", "CACHE", "LOGS", "CONFIGURATION": directories below /run, /var/lib, ... made at
  // start.
  std::map<std::string, std::vector<std::string>> directories;
  std::map<std::string, std::string> directory_modes;
  PreserveMode preserve_runtime_directory = PreserveMode::no;
};

enum class TimerBase { active, boot, startup, unit_active, unit_inactive, calendar };

struct TimerValue {
  TimerBase base = TimerBase::active;
  Duration span{0};
  std::optional<Calendar> calendar;
};

struct TimerConfig {
  std::vector<TimerValue> values;
  Duration accuracy = 1min, randomized_delay{0};
  bool persistent = false, remain_after_elapse = true;
  std::string unit;  // what it starts; empty: the service of its name
};

struct InstallConfig {
  std::vector<std::string> wanted_by, required_by, also, aliases;
  std::string default_instance;
  bool any() const { return !(wanted_by.empty() && required_by.empty() && also.empty() && aliases.empty()); }
};

struct UnitConfig {
  std::string id;  // "vault.service", aliases resolved
  std::vector<std::string> names;
  LoadState load_state = LoadState::not_found;
  std::string load_error;  // "Unit x.service not found."
  std::string fragment_path;
  std::vector<std::string> dropin_paths;
  std::map<std::string, std::string> contents;  // path -> text as read, to see later whether it changed
  std::string description;
  std::vector<std::string> documentation;
  std::map<Dependency, std::vector<std::string>> dependencies;
  std::vector<Condition> conditions;
  bool default_dependencies = true, refuse_manual_start = false, refuse_manual_stop = false,
       allow_isolate = false;
  Duration start_limit_interval = 10s;
  int start_limit_burst = 5;
  ServiceConfig service;
  TimerConfig timer;
  InstallConfig install;
  std::map<std::string, std::string> raw;  // "ProtectSystem": "full": settings that are shown as they stand
  std::vector<std::string> unserved;       // names of those, in the order of the files

  std::string title() const {
    return description.empty() || description == id ? id : id + " - " + description;
  }
};

}  // namespace squall::guest::systemd
