#include "harness/guest/supervisor/supervisor.hpp"

#include <algorithm>
#include <utility>

#include "harness/guest/systemd/text.hpp"
#include "harness/guest/systemd/users.hpp"

namespace squall::guest::supervisor {
namespace {

std::string describe(const systemd::Exit& exit) {
  if (exit.code == systemd::ExitCode::exited) return "exit status " + std::to_string(exit.status);
  return "terminated by SIG" + systemd::signal_name(exit.status) +
         (exit.code == systemd::ExitCode::dumped ? " (core dumped)" : "");
}

}  // namespace

std::string_view to_string(State state) {
  static constexpr std::string_view names[]{"STOPPED",  "STARTING", "RUNNING", "BACKOFF",
                                            "STOPPING", "EXITED",   "FATAL"};
  return names[static_cast<std::size_t>(state)];
}

Supervisor::Supervisor(ServerConfig config, ConfigContext context, world::Disk& disk, SupervisorHost& host,
                       Log log, Console console, int pid)
    : config_(std::move(config)),
      latest_(config_),
      context_(std::move(context)),
      disk_(disk),
      host_(host),
      log_(std::move(log)),
      console_(std::move(console)),
      pid_(pid) {
  for (const GroupConfig& group : config_.groups) groups_.push_back(make_group(group));
}

Group Supervisor::make_group(const GroupConfig& config) {
  Group group{config, {}};
  for (const ProgramConfig& program : config.programs) {
    Process process;
    process.config = program;
    process.stdout_log = ChildLog(program.stdout_log, config_, program.name, "stdout");
    if (!program.redirect_stderr)
      process.stderr_log = ChildLog(program.stderr_log, config_, program.name, "stderr");
    group.processes.push_back(std::move(process));
  }
  return group;
}

std::vector<Process*> Supervisor::processes() {
  std::vector<Process*> all;
  for (Group& group : groups_)
    for (Process& process : group.processes) all.push_back(&process);
  return all;
}

Process* Supervisor::find(const std::string& group, const std::string& name) {
  for (Process* process : processes())
    if (process->config.group == group && process->config.name == name) return process;
  return nullptr;
}

bool Supervisor::owns(int pid) const {
  for (const Group& group : groups_)
    for (const Process& process : group.processes)
      if (process.pid == pid) return true;
  return false;
}

void Supervisor::child_output(int pid, bool is_error, std::string_view text) {
  for (Process* process : processes()) {
    if (process->pid != pid) continue;
    ChildLog& log = is_error && !process->config.redirect_stderr ? process->stderr_log : process->stdout_log;
    if (const int console = log.console(); console != 0)
      console_(text, console == 2);
    else
      log.append(disk_, text);
  }
}

void Supervisor::set_state(Process& process, State state, Time now) {
  process.state = state;
  if (state == State::backoff) {
    ++process.backoff;
    process.delay = now + std::chrono::seconds{process.backoff};
  }
}

std::string Supervisor::locate(const ProgramConfig& program, std::vector<std::string>& argv, Fault& fault,
                               std::string& error) const {
  auto words = shlex_split(program.command);
  if (!words || words->empty()) {
    fault = Fault::spawn_error;
    error =
        words ? "command is empty" : "can't parse command '" + program.command + "': No closing quotation";
    return {};
  }
  argv = *words;
  const std::string& name = argv.front();
  std::vector<std::string> candidates{name};
  if (name.find('/') == std::string::npos) {
    candidates.clear();
    auto path = context_.environment.find("PATH");
    for (const std::string& folder :
         systemd::split(path == context_.environment.end() ? "/usr/bin:/bin" : path->second, ':'))
      candidates.push_back(folder + "/" + name);
  }
  for (const std::string& candidate : candidates) {
    if (!disk_.exists(candidate)) continue;
    if (host_.is_executable(candidate)) return candidate;
    fault = Fault::not_executable;
    error = "command at '" + candidate + "' is not executable";
    return {};
  }
  fault = Fault::no_file;
  error = "can't find command '" + name + "'";
  return {};
}

void Supervisor::spawn(Process& process, Time now) {
  process.spawn_error.clear();
  process.last_start = now;
  process.exit_code = 0;
  set_state(process, State::starting, now);
  SpawnRequest request;
  Fault fault{};
  std::string error;
  request.path = locate(process.config, request.argv, fault, error);
  if (request.path.empty()) {
    process.spawn_error = error;
    log_(Level::info, "spawnerr: " + error);
    return set_state(process, State::backoff, now);
  }
  request.program = process.config;
  request.environment = context_.environment;
  request.environment["SUPERVISOR_ENABLED"] = "1";
  request.environment["SUPERVISOR_SERVER_URL"] =
      config_.socket.empty() ? config_.url : "unix://" + config_.socket;
  request.environment["SUPERVISOR_PROCESS_NAME"] = process.config.name;
  request.environment["SUPERVISOR_GROUP_NAME"] = process.config.group;
  for (const auto& [key, value] : process.config.environment) request.environment[key] = value;
  request.uid = context_.uid;
  request.gid = context_.gid;
  request.user = process.config.user;
  if (auto user = systemd::find_user(disk_, request.user); user && !request.user.empty()) {
    request.uid = user->uid;
    request.gid = user->gid;
  }
  request.umask = process.config.umask >= 0 ? process.config.umask : config_.umask;
  request.directory = process.config.directory.empty() ? context_.cwd : process.config.directory;
  request.server_pid = pid_;
  request.min_files = config_.minfds;
  request.min_processes = config_.minprocs;
  process.pid = host_.spawn(request);
  log_(Level::info, "spawned: '" + process.config.name + "' with pid " + std::to_string(process.pid));
  process.delay = now + std::chrono::seconds{process.config.startsecs};
}

void Supervisor::transition(Process& process, Time now) {
  const ProgramConfig& config = process.config;
  const State state = process.state;
  if (!ending_) {
    if (state == State::exited) {
      if (config.autorestart == Autorestart::always ||
          (config.autorestart == Autorestart::unexpected && !process.exit_expected))
        spawn(process, now);
    } else if (state == State::stopped && process.last_start == Time{}) {
      if (config.autostart) spawn(process, now);
    } else if (state == State::backoff && process.backoff <= config.startretries && now > process.delay) {
      spawn(process, now);
    }
  }
  if (state == State::starting && now - process.last_start > std::chrono::seconds{config.startsecs}) {
    process.backoff = 0;
    set_state(process, State::running, now);
    log_(Level::info, "success: " + config.name +
                          " entered RUNNING state, process has stayed up for > than " +
                          std::to_string(config.startsecs) + " seconds (startsecs)");
  } else if (state == State::backoff && process.backoff > config.startretries) {
    process.backoff = 0;
    set_state(process, State::fatal, now);
    log_(Level::info, "gave up: " + config.name + " entered FATAL state, too many start retries too quickly");
  } else if (state == State::stopping && process.delay <= now) {
    log_(Level::warn, "killing '" + config.name + "' (" + std::to_string(process.pid) + ") with SIGKILL");
    process.delay = now + 10s;
    host_.kill(process.pid, 9, config.killasgroup);
  }
}

void Supervisor::finish(Process& process, const systemd::Exit& exit, Time now) {
  const std::string& name = process.config.name;
  const bool by_code = exit.code == systemd::ExitCode::exited;
  const bool expected = by_code && process.config.exitcodes.contains(exit.status);
  const bool too_quickly = now - process.last_start < std::chrono::seconds{process.config.startsecs};
  const std::string how = describe(exit);
  process.last_stop = now;
  process.pid = 0;
  if (process.killing) {
    process.killing = false;
    process.exit_code = by_code ? exit.status : -1;
    set_state(process, State::stopped, now);
    log_(expected ? Level::info : Level::warn, "stopped: " + name + " (" + how + ")");
  } else if (too_quickly) {
    process.spawn_error = "Exited too quickly (process log may have details)";
    set_state(process, State::backoff, now);
    log_(Level::warn, "exited: " + name + " (" + how + "; not expected)");
  } else {
    process.backoff = 0;
    process.exit_code = by_code ? exit.status : -1;
    process.exit_expected = expected;
    if (process.state == State::starting) {
      // startsecs=0, or the loop was late: it did run long enough.
      log_(Level::info, "success: " + name + " entered RUNNING state, process has stayed up for > than " +
                            std::to_string(process.config.startsecs) + " seconds (startsecs)");
    }
    set_state(process, State::exited, now);
    if (!expected) process.spawn_error = "Bad exit code " + std::to_string(process.exit_code);
    log_(expected ? Level::info : Level::warn,
         "exited: " + name + " (" + how + (expected ? "; expected)" : "; not expected)"));
  }
}

bool Supervisor::iterate(Time now) {
  if (ending_) {
    std::string waiting;
    for (Process* process : processes())
      if (!process->resting()) waiting += (waiting.empty() ? "" : ", ") + process->config.name;
    if (!waiting.empty() && now - last_waiting_report_ > 3s) {
      log_(Level::info, "waiting for " + waiting + " to die");
      last_waiting_report_ = now;
      stop_all(now);
    }
  }
  for (Process* process : processes()) transition(*process, now);
  const auto ended = std::exchange(ended_, {});
  for (const auto& [pid, exit] : ended)
    for (Process* process : processes())
      if (process->pid == pid) {
        finish(*process, exit, now);
        break;
      }
  return !ended.empty();
}

void Supervisor::stop_all(Time now) {
  auto all = processes();
  for (auto process = all.rbegin(); process != all.rend(); ++process)
    if ((*process)->busy()) begin_stop(**process, now);
}

bool Supervisor::all_stopped() {
  const auto all = processes();
  return std::all_of(all.begin(), all.end(), [](const Process* p) { return p->resting(); });
}

void Supervisor::kill(Process& process, int number, Time now) {
  if (process.state == State::backoff) {
    process.last_stop = process.last_stop == Time{} ? now : process.last_stop;
    return set_state(process, State::stopped, now);
  }
  if (process.pid == 0) return;
  process.killing = true;
  process.delay = now + std::chrono::seconds{process.config.stopwaitsecs};
  set_state(process, State::stopping, now);
  host_.kill(process.pid, number, process.config.stopasgroup);
}

Supervisor::Fault Supervisor::begin_start(Process& process, Time now) {
  Fault fault = Fault::none;
  std::vector<std::string> argv;
  std::string error;
  if (locate(process.config, argv, fault, error).empty()) return fault;
  if (process.busy()) return Fault::already_started;
  process.backoff = 0;
  spawn(process, now);
  return process.spawn_error.empty() ? Fault::none : Fault::spawn_error;
}

std::optional<Supervisor::Fault> Supervisor::poll_start(Process& process, Time now) {
  if (!process.spawn_error.empty()) return Fault::spawn_error;
  transition(process, now);
  if (process.state == State::running || (process.state == State::exited && process.exit_expected))
    return Fault::none;
  if (process.state != State::starting) return Fault::spawn_error;
  return std::nullopt;
}

Supervisor::Fault Supervisor::begin_stop(Process& process, Time now) {
  if (!process.busy()) return Fault::not_running;
  process.last_report = Time{};
  kill(process, process.config.stopsignal, now);
  return Fault::none;
}

bool Supervisor::poll_stop(Process& process, Time now) {
  if (process.state == State::stopping && now - process.last_report >= 2s) {
    log_(Level::info, "waiting for " + process.config.name + " to stop");
    process.last_report = now;
  }
  return process.resting();
}

Supervisor::Fault Supervisor::signal(Process& process, int number) {
  if (process.pid == 0 || !process.busy()) return Fault::not_running;
  host_.kill(process.pid, number, false);
  return Fault::none;
}

Supervisor::Changes Supervisor::reread() {
  latest_ = load_config(disk_, config_.path, context_);
  Changes changes;
  for (const GroupConfig& group : latest_.groups) {
    auto known = std::find_if(groups_.begin(), groups_.end(),
                              [&](const Group& g) { return g.config.name == group.name; });
    if (known == groups_.end())
      changes.added.push_back(group.name);
    else if (!(known->config == group))
      changes.changed.push_back(group.name);
  }
  for (const Group& group : groups_)
    if (std::none_of(latest_.groups.begin(), latest_.groups.end(),
                     [&](const GroupConfig& g) { return g.name == group.config.name; }))
      changes.removed.push_back(group.config.name);
  return changes;
}

bool Supervisor::add_group(const std::string& name) {
  for (const GroupConfig& group : latest_.groups)
    if (group.name == name) {
      groups_.push_back(make_group(group));
      groups_.sort([](const Group& a, const Group& b) {
        return a.config.priority != b.config.priority ? a.config.priority < b.config.priority
                                                      : a.config.name < b.config.name;
      });
      return true;
    }
  return false;
}

bool Supervisor::remove_group(const std::string& name) {
  for (auto group = groups_.begin(); group != groups_.end(); ++group) {
    if (group->config.name != name) continue;
    for (const Process& process : group->processes)
      if (!process.resting()) return false;
    groups_.erase(group);
    return true;
  }
  return false;
}

std::string Board::canonical(const std::string& socket) {
  return socket.starts_with("/var/run/") ? socket.substr(4) : socket;
}

Supervisor* Board::at(const std::string& socket) {
  auto found = servers_.find(canonical(socket));
  return found == servers_.end() ? nullptr : found->second;
}

void Board::output(int pid, bool is_error, std::string_view text) {
  for (auto& [socket, server] : servers_)
    if (server->owns(pid)) return server->child_output(pid, is_error, text);
}

void Board::exited(int pid, const systemd::Exit& exit) {
  for (auto& [socket, server] : servers_)
    if (server->owns(pid)) {
      server->child_exited(pid, exit);
      if (auto waker = wake.find(server); waker != wake.end()) waker->second();
      return;
    }
}

}  // namespace squall::guest::supervisor
