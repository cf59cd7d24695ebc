// A loaded unit: its configuration, and its life since it was loaded (systemd's Unit, Service, Timer
// structs).
#pragma once
#include <cstdint>
#include <string>

#include "harness/guest/systemd/unit_config.hpp"

namespace squall::guest::systemd {

enum class ActiveState { inactive, active, reloading, failed, activating, deactivating };

// Low-level states of every kind; the last three are a timer's.
enum class SubState {
  dead,
  condition,
  start_pre,
  start,
  start_post,
  running,
  exited,
  reload,
  stop,
  stop_watchdog,
  stop_sigterm,
  stop_sigkill,
  stop_post,
  final_watchdog,
  final_sigterm,
  final_sigkill,
  failed,
  auto_restart,
  active,
  waiting,
  elapsed,
};

enum class Result {
  success,
  resources,
  protocol,
  timeout,
  exit_code,
  signal,
  core_dump,
  watchdog,
  start_limit_hit,
  exec_condition,
};

std::string_view to_string(ActiveState state);  // "activating"
std::string_view to_string(SubState state);     // "auto-restart"
std::string_view to_string(Result result);      // "exit-code"
ActiveState active_state(SubState state, ServiceType type);
std::string_view to_string(ServiceType type);
std::string_view to_string(RestartMode mode);
std::string_view to_string(KillMode mode);
std::string_view to_string(NotifyAccess access);
std::string_view to_string(LoadState state);
std::string_view property_name(ExecPhase phase);  // "ExecStartPre"

// The start limit: a fixed window that opens at a start (ratelimit.c), not a sliding one.
struct StartLimit {
  Time begin;
  int count = 0;
  bool allow(Time now, Duration interval, int burst);
};

struct ServiceRun {
  Result result = Result::success, reload_result = Result::success;
  int main_pid = 0, control_pid = 0;
  bool main_known = false;                          // the main process was identified, alive or not
  std::uint64_t main_spawn = 0, control_spawn = 0;  // asked for and not yet answered
  std::size_t main_command = 0;                     // which ExecStart= runs (oneshot)
  bool main_is_command = false;  // the main process was started as that command, not found out (forking)
  ExecPhase control_phase = ExecPhase::start_pre;
  std::size_t control_command = 0;
  bool control_active = false;
  Time main_started, main_exited;  // the epoch: not (yet)
  int main_status_pid = 0;         // ExecMainPID
  Exit main_exit{ExitCode::none, 0};
  bool forbid_restart = false, will_auto_restart = false, flush_restarts = false;
  unsigned restarts = 0;
  std::string status_text;
  std::string private_name;     // of the folders that PrivateTmp= shows; empty: none are made
  Time deadline = Time::max();  // of the state's timeout
  Time watchdog_deadline = Time::max();
  Time exec_confirmed = Time::max();  // Type=exec: when execve() is known to have worked
  bool pid_file_pending = false;
  bool ready_seen = false;
};

struct TimerRun {
  Time next_monotonic = Time::max(), next_calendar = Time::max();
  Time due_monotonic = Time::max();  // without AccuracySec= and RandomizedDelaySec=
  Time last_trigger;
  Time activated;
};

struct Unit {
  std::string name;
  UnitConfig config;
  SubState state = SubState::dead;
  ServiceRun run;
  TimerRun timer;
  StartLimit start_limit;
  std::uint64_t read_in_turn = 0;  // the question at which its files were last read
  std::uint64_t job = 0;           // installed job, 0: none
  std::string invocation_id;
  std::string trigger_environment_unit;  // the unit whose OnFailure= started this one
  // The epoch: never.
  Time state_change, inactive_exit, active_enter, active_exit, inactive_enter, condition_time;
  bool condition_result = false, assert_result = false;
  std::string failed_condition;  // "ConditionPathExists=/nosuch"
  Time settle_start;             // when the current timeout began, for extensions

  ActiveState active() const { return active_state(state, config.service.type); }
  bool is_service() const { return name.ends_with(".service"); }
  bool is_timer() const { return name.ends_with(".timer"); }
  bool is_target() const { return name.ends_with(".target"); }
  bool is_dead() const { return active() == ActiveState::inactive || active() == ActiveState::failed; }
  bool is_up() const { return active() == ActiveState::active || active() == ActiveState::reloading; }
};

}  // namespace squall::guest::systemd
