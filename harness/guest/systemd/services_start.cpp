// Services on their way up: ExecCondition=, ExecStartPre=, the main process, ExecStartPost=, running.
#include <algorithm>

#include "emulator/world/scheduler.hpp"
#include "harness/guest/systemd/services.hpp"

namespace squall::guest::systemd {
namespace {

std::optional<int> parse_pid(std::string_view text) {
  const std::string digits = trim(text);
  if (digits.empty() || digits.size() > 9 || digits.find_first_not_of("0123456789") != std::string::npos)
    return std::nullopt;
  return std::stoi(digits);
}

}  // namespace

void Services::log(Unit& unit, journal::Priority priority, const std::string& text) {
  host_.log(unit, priority, unit.name + ": " + text);
}

void Services::arm(Unit& unit, Duration timeout) { unit.run.deadline = world::later(host_.now(), timeout); }

int Services::main_good(const Unit& unit) {
  if (unit.run.main_pid > 0 || unit.run.main_spawn != 0) return 1;
  return unit.run.main_known ? 0 : -1;
}

bool Services::group_empty(const Unit& unit) const { return host_.processes().of_unit(unit.name).empty(); }

bool Services::admit(Unit& unit) {
  if (unit.start_limit.allow(host_.now(), unit.config.start_limit_interval, unit.config.start_limit_burst))
    return true;
  log(unit, journal::Priority::warning, "Start request repeated too quickly.");
  enter_dead(unit, Result::start_limit_hit, false);
  return false;
}

Services::Start Services::start(Unit& unit) {
  switch (unit.state) {
    case SubState::stop:
    case SubState::stop_watchdog:
    case SubState::stop_sigterm:
    case SubState::stop_sigkill:
    case SubState::stop_post:
    case SubState::final_watchdog:
    case SubState::final_sigterm:
    case SubState::final_sigkill:
      return Start::again;
    case SubState::auto_restart:
      // The restart timer starts it; whoever asks meanwhile waits for that attempt.
      return Start::again;
    case SubState::condition:
    case SubState::start_pre:
    case SubState::start:
    case SubState::start_post:
      return Start::started;
    default:
      break;
  }
  if (!admit(unit)) return Start::refused;
  ServiceRun& run = unit.run;
  run.result = run.reload_result = Result::success;
  run.main_pid = run.control_pid = 0;
  run.main_known = run.main_is_command = run.forbid_restart = run.pid_file_pending = run.ready_seen = false;
  run.main_started = run.main_exited = Time{};
  run.main_status_pid = 0;
  run.main_exit = {ExitCode::none, 0};
  run.status_text.clear();
  run.watchdog_deadline = Time::max();
  for (auto& phase : unit.config.service.exec)
    for (ExecCommand& command : phase) {
      command.started = command.ended = Time{};
      command.pid = 0;
      command.exit = {ExitCode::none, 0};
    }
  if (run.flush_restarts) {
    run.restarts = 0;
    run.flush_restarts = false;
  }
  unit.invocation_id.clear();
  static constexpr char hex[] = "0123456789abcdef";
  for (int i = 0; i < 32; ++i) unit.invocation_id += hex[host_.random().below(16)];
  enter_condition(unit);
  return Start::started;
}

void Services::warn_leftovers(Unit& unit) {
  for (const ProcessInfo& process : host_.processes().of_unit(unit.name)) {
    log(unit, journal::Priority::warning,
        "Found left-over process " + std::to_string(process.pid) + " (" + process.comm +
            ") in control group while starting unit. Ignoring.");
    host_.log(unit, journal::Priority::warning,
              "This usually indicates unclean termination of a previous run, or service implementation "
              "deficiencies.");
  }
}

void Services::enter_condition(Unit& unit) {
  if (commands(unit, ExecPhase::condition).empty()) return enter_start_pre(unit);
  warn_leftovers(unit);
  host_.set_state(unit, SubState::condition);
  arm(unit, unit.config.service.timeout_start);
  if (!start_control(unit, ExecPhase::condition)) enter_dead(unit, Result::resources, true);
}

void Services::enter_start_pre(Unit& unit) {
  if (commands(unit, ExecPhase::start_pre).empty()) return enter_start(unit);
  if (commands(unit, ExecPhase::condition).empty()) warn_leftovers(unit);
  arm(unit, unit.config.service.timeout_start);
  const SubState before = unit.state;
  if (!start_control(unit, ExecPhase::start_pre)) return enter_dead(unit, Result::resources, true);
  if (unit.state == before) host_.set_state(unit, SubState::start_pre);
}

void Services::enter_start(Unit& unit) {
  const ServiceConfig& service = unit.config.service;
  if (commands(unit, ExecPhase::condition).empty() && commands(unit, ExecPhase::start_pre).empty())
    warn_leftovers(unit);
  if (commands(unit, ExecPhase::start).empty()) return enter_start_post(unit);
  if (service.type == ServiceType::forking) {
    if (!start_control(unit, ExecPhase::start))
      return enter_signal(unit, SubState::stop_sigterm, Result::resources);
    arm(unit, service.timeout_start);
    return host_.set_state(unit, SubState::start);
  }
  unit.run.main_command = 0;
  run_main(unit);
}

// Starts the current ExecStart= command as the main process.
void Services::run_main(Unit& unit) {
  const ServiceConfig& service = unit.config.service;
  if (!spawn(unit, commands(unit, ExecPhase::start)[unit.run.main_command], ExecPhase::start, false))
    return enter_signal(unit, SubState::stop_sigterm, Result::resources);
  // A simple service is up as soon as fork() worked; the others have their timeout.
  arm(unit, service.type == ServiceType::simple || service.type == ServiceType::idle ? Duration::max()
                                                                                     : service.timeout_start);
  if (unit.state != SubState::start) host_.set_state(unit, SubState::start);
}

void Services::enter_start_post(Unit& unit) {
  if (unit.config.service.watchdog > Duration{0})
    unit.run.watchdog_deadline = world::later(host_.now(), unit.config.service.watchdog);
  if (commands(unit, ExecPhase::start_post).empty()) return enter_running(unit, Result::success);
  if (!start_control(unit, ExecPhase::start_post)) return enter_stop(unit, Result::resources);
  arm(unit, unit.config.service.timeout_start);
  host_.set_state(unit, SubState::start_post);
}

void Services::enter_running(Unit& unit, Result result) {
  ServiceRun& run = unit.run;
  if (run.result == Result::success) run.result = result;
  run.control_pid = 0;
  const int main = main_good(unit);
  if (run.result != Result::success) {
    enter_signal(unit, SubState::stop_sigterm, result);
  } else if (main > 0 || (main < 0 && !group_empty(unit))) {
    arm(unit, unit.config.service.runtime_max);
    host_.set_state(unit, SubState::running);
  } else if (unit.config.service.remain_after_exit) {
    run.deadline = Time::max();
    host_.set_state(unit, SubState::exited);
  } else {
    enter_stop(unit, Result::success);
  }
}

void Services::spawned(Unit& unit, const Spawned& answer) {
  ServiceRun& run = unit.run;
  const bool control = run.control_spawn == answer.spawn;
  if (!control && run.main_spawn != answer.spawn) return;
  const bool failed = !answer.failed_step.empty();
  ExecCommand* command = nullptr;
  if (control) {
    run.control_spawn = 0;
    run.control_pid = answer.pid;
    command = &commands(unit, run.control_phase)[run.control_command];
  } else {
    run.main_spawn = 0;
    run.main_pid = run.main_status_pid = answer.pid;
    run.main_known = run.main_is_command = true;
    run.main_started = host_.now();
    run.main_exited = Time{};
    run.main_exit = {ExitCode::none, 0};
    command = &commands(unit, ExecPhase::start)[run.main_command];
  }
  command->started = host_.now();
  command->ended = Time{};
  command->pid = answer.pid;
  if (failed) {
    // What the child says before it gives up: "(name)[pid]: unit: Failed at step ...".
    const std::string base = command->path.substr(command->path.rfind('/') + 1);
    auto child_line = [&](journal::Priority priority, const std::string& text) {
      journal::Entry entry;
      entry.priority = priority;
      entry.pid = answer.pid;
      entry.identifier = "(" + (base.size() > 8 ? base.substr(base.size() - 8) : base) + ")";
      entry.message = unit.name + ": " + text;
      entry.about = unit.name;
      entry.unit = unit.name;
      host_.emit(LogLine{std::move(entry)});
    };
    using journal::Priority;
    if (answer.failed_step == "EXEC" && answer.error == "No such file or directory")
      child_line(Priority::info, "Failed to locate executable " + command->path + ": " + answer.error);
    else if (answer.failed_step == "EXEC")
      child_line(Priority::err, "Failed to execute " + command->path + ": " + answer.error);
    else if (answer.failed_step == "CHDIR")
      child_line(Priority::err, "Changing to the requested working directory failed: " + answer.error);
    else if (answer.failed_step == "USER")
      child_line(Priority::err, "Failed to determine user credentials: " + answer.error);
    else if (answer.failed_step == "GROUP")
      child_line(Priority::err, "Failed to determine group credentials: " + answer.error);
    else if (answer.failed_step == "NAMESPACE")
      child_line(Priority::err, "Failed to set up mount namespacing" +
                                    (answer.failed_path.empty() ? "" : ": " + answer.failed_path) + ": " +
                                    answer.error);
    child_line(Priority::err,
               "Failed at step " + answer.failed_step + " spawning " + command->path + ": " + answer.error);
  }
  if (!control && unit.state == SubState::start) {
    const ServiceType type = unit.config.service.type;
    if (type == ServiceType::simple || type == ServiceType::idle) enter_start_post(unit);
    if (type == ServiceType::exec && !failed) run.exec_confirmed = host_.now() + 5ms;
  }
  if (failed)
    exited(unit, answer.pid, {ExitCode::exited, exit_status_by_name(answer.failed_step).value_or(203)});
}

// execve() of a Type=exec service worked, and the process did not end in the same moment.
void Services::confirm_exec(Unit& unit) {
  unit.run.exec_confirmed = Time::max();
  if (unit.state == SubState::start && unit.run.main_pid > 0) enter_start_post(unit);
}

void Services::adopt_main(Unit& unit, int pid) {
  ServiceRun& run = unit.run;
  run.main_pid = run.main_status_pid = pid;
  run.main_known = true;
  run.main_is_command = false;
  run.main_started = host_.now();
  run.main_exited = Time{};
  run.main_exit = {ExitCode::none, 0};
  run.pid_file_pending = false;
}

// Type=forking with PIDFile=.
bool Services::load_pid_file(Unit& unit, bool may_warn) {
  const std::string& path = unit.config.service.pid_file;
  if (path.empty()) return false;
  auto content = host_.disk().read(path);
  if (!content) {
    if (may_warn)
      log(unit, journal::Priority::info,
          "Can't open PID file " + path + " (yet?) after start: No such file or directory");
    return false;
  }
  auto pid = parse_pid(*content);
  if (!pid) {
    if (may_warn)
      log(unit, journal::Priority::info, "Failed to read PID from file " + path + ": Invalid argument");
    return false;
  }
  const auto processes = host_.processes().of_unit(unit.name);
  const bool alive =
      std::any_of(processes.begin(), processes.end(), [&](const ProcessInfo& p) { return p.pid == *pid; });
  if (!alive) {
    if (may_warn)
      log(unit, journal::Priority::info,
          "PID " + std::to_string(*pid) + " read from file " + path + " does not exist or is a zombie.");
    return false;
  }
  adopt_main(unit, *pid);
  return true;
}

// Type=forking without PIDFile=: a group of a single process names it.
void Services::guess_main(Unit& unit) {
  if (unit.run.main_known || !unit.config.service.guess_main_pid) return;
  const auto processes = host_.processes().of_unit(unit.name);
  if (processes.size() == 1) adopt_main(unit, processes.front().pid);
}

}  // namespace squall::guest::systemd
