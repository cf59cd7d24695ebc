// Services on their way down: ExecStop=, signals by KillMode=, ExecStopPost=, the end, and the restart after
// it.
#include <algorithm>

#include "harness/guest/systemd/services.hpp"

namespace squall::guest::systemd {

void Services::stop(Unit& unit) {
  unit.run.forbid_restart = true;
  switch (unit.state) {
    case SubState::auto_restart:
      unit.run.deadline = Time::max();
      return host_.set_state(unit, SubState::dead);
    case SubState::condition:
    case SubState::start_pre:
    case SubState::start:
    case SubState::start_post:
    case SubState::reload:
      return enter_signal(unit, SubState::stop_sigterm, Result::success);
    case SubState::running:
    case SubState::exited:
      return enter_stop(unit, Result::success);
    default:
      return;  // already on its way down
  }
}

void Services::reload(Unit& unit) {
  unit.run.reload_result = Result::success;
  if (!start_control(unit, ExecPhase::reload)) {
    log(unit, journal::Priority::warning, "Failed to run 'reload' task: No such file or directory");
    unit.run.reload_result = Result::resources;
    return enter_running(unit, Result::success);
  }
  arm(unit, unit.config.service.timeout_start);
  host_.set_state(unit, SubState::reload);
}

void Services::reset_failed(Unit& unit) {
  if (unit.state == SubState::failed) host_.set_state(unit, SubState::dead);
  unit.run.result = unit.run.reload_result = Result::success;
  unit.run.restarts = 0;
  unit.run.flush_restarts = false;
  unit.start_limit = {};
}

void Services::enter_stop(Unit& unit, Result result) {
  if (unit.run.result == Result::success) unit.run.result = result;
  if (commands(unit, ExecPhase::stop).empty())
    return enter_signal(unit, SubState::stop_sigterm, Result::success);
  if (!start_control(unit, ExecPhase::stop))
    return enter_signal(unit, SubState::stop_sigterm, Result::resources);
  arm(unit, unit.config.service.timeout_stop);
  host_.set_state(unit, SubState::stop);
}

// Sends the signal to the main and control process and, if asked, the rest of the group. True: something to
// wait for.
bool Services::kill_group(Unit& unit, int signal, bool everyone, bool logged) {
  bool sent = false;
  auto send = [&](const ProcessInfo& process) {
    if (logged)
      log(unit, journal::Priority::notice,
          "Killing process " + std::to_string(process.pid) + " (" + process.comm + ") with signal SIG" +
              signal_name(signal) + ".");
    host_.emit(Kill{process.pid, signal});
    if (unit.config.service.send_sighup && signal != 1 && signal != 9) host_.emit(Kill{process.pid, 1});
    sent = true;
  };
  const auto processes = host_.processes().of_unit(unit.name);
  auto special = [&](const ProcessInfo& p) {
    return p.pid == unit.run.main_pid || p.pid == unit.run.control_pid;
  };
  for (const ProcessInfo& process : processes)
    if (special(process)) send(process);
  if (everyone)
    for (const ProcessInfo& process : processes)
      if (!special(process)) send(process);
  return sent;
}

void Services::enter_signal(Unit& unit, SubState state, Result result) {
  const ServiceConfig& service = unit.config.service;
  if (unit.run.result == Result::success) unit.run.result = result;
  const bool final_kill = state == SubState::stop_sigkill || state == SubState::final_sigkill;
  const bool watchdog = state == SubState::stop_watchdog || state == SubState::final_watchdog;
  int signal = service.kill_signal;
  if (host_.has_job(unit, JobType::restart)) signal = service.restart_kill_signal.value_or(signal);
  if (final_kill) signal = service.final_kill_signal;
  if (watchdog) signal = service.watchdog_signal;
  const bool everyone =
      service.kill_mode == KillMode::control_group || (service.kill_mode == KillMode::mixed && final_kill);
  const bool waiting =
      service.kill_mode != KillMode::none && kill_group(unit, signal, everyone, final_kill || watchdog);
  if (waiting) {
    arm(unit, watchdog ? service.timeout_abort : service.timeout_stop);
    return host_.set_state(unit, state);
  }
  switch (state) {
    case SubState::stop_watchdog:
    case SubState::stop_sigterm:
      if (service.send_sigkill) return enter_signal(unit, SubState::stop_sigkill, Result::success);
      return enter_stop_post(unit, Result::success);
    case SubState::stop_sigkill:
      return enter_stop_post(unit, Result::success);
    case SubState::final_watchdog:
    case SubState::final_sigterm:
      if (service.send_sigkill) return enter_signal(unit, SubState::final_sigkill, Result::success);
      return enter_dead(unit, Result::success, true);
    default:
      return enter_dead(unit, Result::success, true);
  }
}

void Services::enter_stop_post(Unit& unit, Result result) {
  if (unit.run.result == Result::success) unit.run.result = result;
  if (commands(unit, ExecPhase::stop_post).empty())
    return enter_signal(unit, SubState::final_sigterm, Result::success);
  if (!start_control(unit, ExecPhase::stop_post))
    return enter_signal(unit, SubState::final_sigterm, Result::resources);
  arm(unit, unit.config.service.timeout_stop);
  host_.set_state(unit, SubState::stop_post);
}

bool Services::shall_restart(const Unit& unit) const {
  const ServiceConfig& service = unit.config.service;
  const ServiceRun& run = unit.run;
  if (run.forbid_restart) return false;
  if (service.restart_prevent.contains(run.main_exit)) return false;
  if (service.restart_force.contains(run.main_exit)) return true;
  switch (service.restart) {
    case RestartMode::no:
      return false;
    case RestartMode::always:
      return run.result != Result::exec_condition;
    case RestartMode::on_success:
      return run.result == Result::success;
    case RestartMode::on_failure:
      return run.result != Result::success && run.result != Result::exec_condition;
    case RestartMode::on_abnormal:
      return run.result != Result::success && run.result != Result::exit_code &&
             run.result != Result::exec_condition;
    case RestartMode::on_watchdog:
      return run.result == Result::watchdog;
    case RestartMode::on_abort:
      return run.result == Result::signal || run.result == Result::core_dump;
  }
  return false;
}

void Services::enter_dead(Unit& unit, Result result, bool allow_restart) {
  ServiceRun& run = unit.run;
  if (run.result == Result::success) run.result = result;
  const bool failed = run.result != Result::success && run.result != Result::exec_condition;
  if (failed)
    log(unit, journal::Priority::warning, "Failed with result '" + std::string(to_string(run.result)) + "'.");
  else
    log(unit, journal::Priority::info,
        run.result == Result::success ? "Deactivated successfully." : "Skipped due to 'exec-condition'.");
  for (const ProcessInfo& process : host_.processes().of_unit(unit.name))
    log(unit, journal::Priority::info,
        "Unit process " + std::to_string(process.pid) + " (" + process.comm +
            ") remains running after unit stopped.");
  run.deadline = run.watchdog_deadline = run.exec_confirmed = Time::max();
  run.main_pid = run.control_pid = 0;
  run.control_active = false;
  run.will_auto_restart = allow_restart && shall_restart(unit);
  const PreserveMode preserve = unit.config.service.preserve_runtime_directory;
  if (preserve == PreserveMode::no || (preserve == PreserveMode::restart && !run.will_auto_restart))
    for (const std::string& name : unit.config.service.directories["RUNTIME"])
      host_.emit(MakeDirectory{"/run/" + name, "", 0, 0, true});
  remove_private_folders(unit);
  host_.set_state(unit, failed ? SubState::failed : SubState::dead);
  if (run.will_auto_restart) {
    run.will_auto_restart = false;
    // The timer of RestartSec= may fire up to 250 ms late, as it did on the recorded machine.
    const Duration slack = std::chrono::milliseconds{host_.random().between(0, 250)};
    arm(unit, unit.config.service.restart_delay == Duration::max()
                  ? Duration::max()
                  : unit.config.service.restart_delay + slack);
    host_.set_state(unit, SubState::auto_restart);
  } else {
    // Kept to be looked at; the next start forgets it.
    run.flush_restarts = true;
  }
}

void Services::enter_restart(Unit& unit) {
  unit.run.deadline = Time::max();
  if (host_.has_job(unit, JobType::stop)) return;
  // A restart, not a start: units bound to this one go through it too.
  if (!host_.queue_job(unit.name, JobType::restart)) {
    log(unit, journal::Priority::warning, "Failed to schedule restart job.");
    return enter_dead(unit, Result::resources, false);
  }
  ++unit.run.restarts;
  unit.run.flush_restarts = false;
  log(unit, journal::Priority::info,
      "Scheduled restart job, restart counter is at " + std::to_string(unit.run.restarts) + ".");
}

}  // namespace squall::guest::systemd
