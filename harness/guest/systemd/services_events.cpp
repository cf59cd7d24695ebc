// What happens to a service: its processes end, its timeouts pass, it talks through $NOTIFY_SOCKET.
#include <algorithm>

#include "emulator/world/scheduler.hpp"
#include "harness/guest/journal/timespan.hpp"
#include "harness/guest/systemd/services.hpp"

namespace squall::guest::systemd {
namespace {

Result result_of(const Exit& exit, const ServiceConfig& service, bool daemon) {
  if (service.success.contains(exit)) return Result::success;
  if (exit.code == ExitCode::exited) return exit.status == 0 ? Result::success : Result::exit_code;
  if (exit.code == ExitCode::dumped) return Result::core_dump;
  // HUP, INT, PIPE and TERM are a daemon's clean end.
  const bool clean = exit.status == 1 || exit.status == 2 || exit.status == 13 || exit.status == 15;
  return daemon && clean ? Result::success : Result::signal;
}

}  // namespace

bool Services::exited(Unit& unit, int pid, const Exit& exit) {
  if (pid <= 0) return false;
  if (unit.run.main_pid == pid) {
    main_ended(unit, exit);
    return true;
  }
  if (unit.run.control_pid == pid) {
    control_ended(unit, exit);
    return true;
  }
  return false;
}

void Services::main_ended(Unit& unit, Exit exit) {
  ServiceRun& run = unit.run;
  Result result = result_of(exit, unit.config.service, unit.config.service.type != ServiceType::oneshot);
  run.main_pid = 0;
  run.main_exit = exit;
  run.main_exited = host_.now();
  run.exec_confirmed = Time::max();
  auto& start = commands(unit, ExecPhase::start);
  const bool is_command = run.main_is_command && run.main_command < start.size();
  if (is_command) {
    start[run.main_command].ended = host_.now();
    start[run.main_command].exit = exit;
    if (start[run.main_command].ignore_failure) result = Result::success;
  } else if (!start.empty() && start.front().ignore_failure) {
    result = Result::success;
  }
  if (result != Result::success)
    log(unit, exit.code == ExitCode::exited ? journal::Priority::notice : journal::Priority::warning,
        "Main process exited, code=" + std::string(to_string(exit.code)) +
            ", status=" + journal_status(exit));
  if (run.result == Result::success) run.result = result;
  const bool more = is_command && unit.config.service.type == ServiceType::oneshot &&
                    result == Result::success && run.main_command + 1 < start.size() &&
                    unit.state == SubState::start;
  if (more) {
    ++run.main_command;
    return run_main(unit);
  }
  main_over(unit, result);
}

void Services::main_over(Unit& unit, Result result) {
  const bool control = control_good(unit);
  switch (unit.state) {
    case SubState::start_post:
    case SubState::reload:
      if (!control) enter_stop(unit, result);
      return;
    case SubState::start:
      if (unit.config.service.type == ServiceType::oneshot) {
        if (result == Result::success) return enter_start_post(unit);
        return enter_signal(unit, SubState::stop_sigterm, result);
      }
      if (unit.config.service.type == ServiceType::notify)
        return enter_signal(unit, SubState::stop_sigterm,
                            result == Result::success ? Result::protocol : result);
      return enter_running(unit, result);
    case SubState::running:
      return enter_running(unit, result);
    case SubState::stop_watchdog:
    case SubState::stop_sigterm:
    case SubState::stop_sigkill:
      if (!control) enter_stop_post(unit, result);
      return;
    case SubState::stop_post:
      if (!control) enter_signal(unit, SubState::final_sigterm, result);
      return;
    case SubState::final_watchdog:
    case SubState::final_sigterm:
    case SubState::final_sigkill:
      if (!control) enter_dead(unit, result, true);
      return;
    default:
      return;
  }
}

void Services::control_ended(Unit& unit, Exit exit) {
  ServiceRun& run = unit.run;
  run.control_pid = 0;
  Result result = result_of(exit, unit.config.service, unit.config.service.type != ServiceType::oneshot);
  auto& list = commands(unit, run.control_phase);
  const bool known = run.control_active && run.control_command < list.size();
  if (known) {
    list[run.control_command].ended = host_.now();
    list[run.control_command].exit = exit;
    if (list[run.control_command].ignore_failure) result = Result::success;
  }
  const bool condition = unit.state == SubState::condition;
  if (result != Result::success && !(condition && exit.code == ExitCode::exited && exit.status < 255))
    log(unit, exit.code == ExitCode::exited ? journal::Priority::notice : journal::Priority::warning,
        std::string(condition ? "Condition check" : "Control") + " process exited, code=" +
            std::string(to_string(exit.code)) + ", status=" + journal_status(exit));
  if (condition && result == Result::exit_code && exit.status < 255) result = Result::exec_condition;
  if (unit.state != SubState::reload && run.result == Result::success) run.result = result;
  if (known && result == Result::success && run.control_command + 1 < list.size()) {
    ++run.control_command;
    if (!run_control(unit)) control_over(unit, Result::resources);
    return;
  }
  run.control_active = false;
  control_over(unit, result);
}

void Services::control_over(Unit& unit, Result result) {
  const ServiceConfig& service = unit.config.service;
  switch (unit.state) {
    case SubState::condition:
      if (result == Result::success) return enter_start_pre(unit);
      return enter_signal(unit, SubState::stop_sigterm, result);
    case SubState::start_pre:
      if (result == Result::success) return enter_start(unit);
      return enter_signal(unit, SubState::stop_sigterm, result);
    case SubState::start: {
      if (service.type != ServiceType::forking) return;
      if (result != Result::success) return enter_signal(unit, SubState::stop_sigterm, result);
      const bool has_post = !commands(unit, ExecPhase::start_post).empty();
      if (service.pid_file.empty()) {
        guess_main(unit);
      } else if (!load_pid_file(unit, !has_post) && !has_post) {
        if (group_empty(unit)) return enter_signal(unit, SubState::stop_sigterm, Result::protocol);
        unit.run.pid_file_pending = true;  // the file may still come; the start timeout bounds the wait
        return;
      }
      return enter_start_post(unit);
    }
    case SubState::start_post:
      if (result != Result::success) return enter_signal(unit, SubState::stop_sigterm, result);
      if (!service.pid_file.empty() && !unit.run.main_known && !load_pid_file(unit, true)) {
        if (group_empty(unit)) return enter_stop(unit, Result::protocol);
        unit.run.pid_file_pending = true;
        return;
      }
      return enter_running(unit, Result::success);
    case SubState::reload:
      unit.run.reload_result = result;
      if (result == Result::success && service.type == ServiceType::forking && !load_pid_file(unit, true))
        guess_main(unit);
      return enter_running(unit, Result::success);
    case SubState::stop:
      return enter_signal(unit, SubState::stop_sigterm, result);
    case SubState::stop_watchdog:
    case SubState::stop_sigterm:
    case SubState::stop_sigkill:
      if (main_good(unit) <= 0) enter_stop_post(unit, result);
      return;
    case SubState::stop_post:
      return enter_signal(unit, SubState::final_sigterm, result);
    case SubState::final_watchdog:
    case SubState::final_sigterm:
    case SubState::final_sigkill:
      if (main_good(unit) <= 0) enter_dead(unit, result, true);
      return;
    default:
      return;
  }
}

// A process that is neither main nor control ended: matters only once the group is empty (cgroup.events).
void Services::group_changed(Unit& unit) {
  if (!group_empty(unit)) return;
  const bool busy = main_good(unit) > 0 || control_good(unit);
  switch (unit.state) {
    case SubState::start:
      if (unit.config.service.type == ServiceType::notify && !busy)
        return enter_stop_post(unit, Result::protocol);
      [[fallthrough]];
    case SubState::start_post:
      if (unit.run.pid_file_pending && !busy) {
        log(unit, journal::Priority::warning, "Daemon never wrote its PID file. Failing.");
        unit.run.pid_file_pending = false;
        if (unit.state == SubState::start)
          return enter_signal(unit, SubState::stop_sigterm, Result::protocol);
        return enter_stop(unit, Result::protocol);
      }
      return;
    case SubState::running:
      if (!busy) enter_running(unit, Result::success);
      return;
    case SubState::stop_watchdog:
    case SubState::stop_sigterm:
    case SubState::stop_sigkill:
      if (!busy) enter_stop_post(unit, Result::success);
      return;
    case SubState::stop_post:
    case SubState::final_watchdog:
    case SubState::final_sigterm:
    case SubState::final_sigkill:
      if (!busy) enter_dead(unit, Result::success, true);
      return;
    default:
      return;
  }
}

void Services::notified(Unit& unit, const Notified& message) {
  ServiceRun& run = unit.run;
  const NotifyAccess access = unit.config.service.notify_access.value_or(NotifyAccess::none);
  const std::string from = "Got notification message from PID " + std::to_string(message.pid);
  if (access == NotifyAccess::none || unit.is_dead())
    return log(unit, journal::Priority::warning, from + ", but reception is disabled.");
  const bool is_main = message.pid == run.main_pid && run.main_pid > 0;
  const bool is_exec = is_main || (message.pid == run.control_pid && run.control_pid > 0);
  if (access == NotifyAccess::main && !is_main)
    return log(unit, journal::Priority::warning,
               run.main_pid > 0
                   ? from + ", but reception only permitted for main PID " + std::to_string(run.main_pid)
                   : from + ", but reception only permitted for main PID which is currently not known");
  if (access == NotifyAccess::exec && !is_exec)
    return log(unit, journal::Priority::warning,
               from + ", but reception only permitted for main PID and control PIDs");
  bool ready = false, stopping = false;
  for (const std::string& line : split(message.text, '\n')) {
    if (line == "READY=1") ready = true;
    if (line == "STOPPING=1") stopping = true;
    if (line.starts_with("STATUS=")) run.status_text = line.substr(7);
    if (line == "WATCHDOG=1" && unit.config.service.watchdog > Duration{0})
      run.watchdog_deadline = world::later(host_.now(), unit.config.service.watchdog);
    if (line == "WATCHDOG=trigger" && run.watchdog_deadline != Time::max())
      run.watchdog_deadline = host_.now();
    if (line.starts_with("MAINPID=")) {
      const std::string digits = line.substr(8);
      const auto processes = host_.processes().of_unit(unit.name);
      for (const ProcessInfo& process : processes)
        if (std::to_string(process.pid) == digits && process.pid != run.main_pid)
          adopt_main(unit, process.pid);
    }
    if (line.starts_with("EXTEND_TIMEOUT_USEC=") && run.deadline != Time::max())
      if (auto span = journal::parse_timespan(line.substr(20), 1us); span && *span != Duration::max())
        run.deadline = std::max(run.deadline, world::later(host_.now(), *span));
  }
  if (ready && unit.config.service.type == ServiceType::notify && unit.state == SubState::start)
    enter_start_post(unit);
  if (stopping && unit.state == SubState::running) {
    arm(unit, unit.config.service.timeout_stop);
    host_.set_state(unit, SubState::stop_sigterm);
  }
}

void Services::kill(Unit& unit, const std::string& who, int signal) {
  auto tell = [&](const ProcessInfo& process, const std::string& role) {
    log(unit, journal::Priority::info,
        "Sent signal SIG" + signal_name(signal) + " to " + role + " process " + std::to_string(process.pid) +
            " (" + process.comm + ") on client request.");
    host_.emit(Kill{process.pid, signal});
  };
  for (const ProcessInfo& process : host_.processes().of_unit(unit.name)) {
    if (process.pid == unit.run.main_pid && who != "control")
      tell(process, "main");
    else if (process.pid == unit.run.control_pid && who != "main")
      tell(process, "control");
    else if (who == "all" && process.pid != unit.run.main_pid && process.pid != unit.run.control_pid)
      host_.emit(Kill{process.pid, signal});
  }
}

Time Services::deadline(const Unit& unit) {
  return std::min({unit.run.deadline, unit.run.watchdog_deadline, unit.run.exec_confirmed,
                   // A PID file that is awaited is looked for; systemd watches its folder.
                   unit.run.pid_file_pending ? unit.settle_start : Time::max()});
}

void Services::tick(Unit& unit) {
  ServiceRun& run = unit.run;
  const Time now = host_.now();
  if (run.exec_confirmed <= now) confirm_exec(unit);
  if (run.pid_file_pending && unit.settle_start <= now) {
    unit.settle_start = now + 100ms;
    if (load_pid_file(unit, false)) {
      if (unit.state == SubState::start)
        enter_start_post(unit);
      else
        enter_running(unit, Result::success);
    }
  }
  if (run.watchdog_deadline <= now) {
    run.watchdog_deadline = Time::max();
    if (unit.state == SubState::running || unit.state == SubState::start_post ||
        unit.state == SubState::reload) {
      log(unit, journal::Priority::err,
          "Watchdog timeout (limit " + journal::format_timespan(unit.config.service.watchdog) + ")!");
      enter_signal(unit, SubState::stop_watchdog, Result::watchdog);
    }
  }
  if (run.deadline <= now) {
    run.deadline = Time::max();
    state_timeout(unit);
  }
}

void Services::state_timeout(Unit& unit) {
  const ServiceConfig& service = unit.config.service;
  auto warn = [&](const std::string& text) { log(unit, journal::Priority::warning, text); };
  const std::string state(to_string(unit.state));
  // Where a step fails, its failure mode says how hard: TERM, ABRT or KILL.
  auto by_mode = [&](TimeoutMode mode, const std::string& text, SubState gentle) {
    if (mode == TimeoutMode::abort) {
      warn(text + " Aborting.");
      enter_signal(unit,
                   gentle == SubState::stop_sigterm ? SubState::stop_watchdog : SubState::final_watchdog,
                   Result::timeout);
    } else if (mode == TimeoutMode::kill && service.send_sigkill) {
      warn(text + " Killing.");
      enter_signal(unit, gentle == SubState::stop_sigterm ? SubState::stop_sigkill : SubState::final_sigkill,
                   Result::timeout);
    } else {
      warn(text + " Terminating.");
      enter_signal(unit, gentle, Result::timeout);
    }
  };
  switch (unit.state) {
    case SubState::condition:
    case SubState::start_pre:
    case SubState::start:
    case SubState::start_post:
      return by_mode(service.start_failure, state + " operation timed out.", SubState::stop_sigterm);
    case SubState::running:
      warn("Service reached runtime time limit. Stopping.");
      return enter_stop(unit, Result::timeout);
    case SubState::reload:
      warn("Reload operation timed out. Killing reload process.");
      if (unit.run.control_pid > 0) host_.emit(Kill{unit.run.control_pid, 9});
      unit.run.reload_result = Result::timeout;
      unit.run.control_active = false;
      return enter_running(unit, Result::success);
    case SubState::stop:
      return by_mode(service.stop_failure, "Stopping timed out.", SubState::stop_sigterm);
    case SubState::stop_sigterm:
      if (service.stop_failure == TimeoutMode::abort) {
        warn("State 'stop-sigterm' timed out. Aborting.");
        return enter_signal(unit, SubState::stop_watchdog, Result::timeout);
      }
      [[fallthrough]];
    case SubState::stop_watchdog:
      if (service.send_sigkill) {
        warn("State '" + state + "' timed out. Killing.");
        return enter_signal(unit, SubState::stop_sigkill, Result::timeout);
      }
      warn("State '" + state + "' timed out. Skipping SIGKILL.");
      return enter_stop_post(unit, Result::timeout);
    case SubState::stop_sigkill:
      warn("Processes still around after SIGKILL. Ignoring.");
      return enter_stop_post(unit, Result::timeout);
    case SubState::stop_post:
      return by_mode(service.stop_failure, "State 'stop-post' timed out.", SubState::final_sigterm);
    case SubState::final_sigterm:
    case SubState::final_watchdog:
      if (service.send_sigkill) {
        warn("State '" + state + "' timed out. Killing.");
        return enter_signal(unit, SubState::final_sigkill, Result::timeout);
      }
      warn("State '" + state + "' timed out. Skipping SIGKILL. Entering failed mode.");
      return enter_dead(unit, Result::timeout, false);
    case SubState::final_sigkill:
      warn("Processes still around after final SIGKILL. Entering failed mode.");
      return enter_dead(unit, Result::timeout, true);
    case SubState::auto_restart:
      return enter_restart(unit);
    default:
      return;
  }
}

}  // namespace squall::guest::systemd
