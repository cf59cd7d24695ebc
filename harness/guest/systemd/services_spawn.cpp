// How a service's command becomes a process: user, environment, directories (systemd.exec(5), "Environment
// Variables in Spawned Processes").
#include <algorithm>
#include <sstream>

#include "harness/guest/systemd/services.hpp"
#include "harness/guest/systemd/users.hpp"

namespace squall::guest::systemd {

bool Services::start_control(Unit& unit, ExecPhase phase) {
  unit.run.control_phase = phase;
  unit.run.control_command = 0;
  return run_control(unit);
}

bool Services::run_control(Unit& unit) {
  const ExecPhase phase = unit.run.control_phase;
  unit.run.control_active = spawn(unit, commands(unit, phase)[unit.run.control_command], phase, true);
  return unit.run.control_active;
}

namespace {

// Where the directories of RuntimeDirectory= and its kind lie.
const std::vector<std::pair<std::string, std::string>> directory_roots{{"RUNTIME", "/run/"},
                                                                       {"STATE", "/var/lib/"},
                                                                       {"CACHE", "/var/cache/"},
                                                                       {"LOGS", "/var/log/"},
                                                                       {"CONFIGURATION", "/etc/"}};

constexpr const char* private_parents[] = {"/tmp", "/var/tmp"};

// What is mounted beside the root, of the lines "source target type" that mount(8) keeps.
std::vector<std::string> mount_points(world::Disk& disk) {
  std::vector<std::string> places;
  std::istringstream lines(disk.read("/run/squall-mounts").value_or(""));
  for (std::string source, target, type; lines >> source >> target >> type;) places.push_back(target);
  return places;
}

}  // namespace

// The folders of PrivateTmp= live from the first process of a start to the service's end.
std::vector<Mount> Services::prepare_mounts(Unit& unit) {
  const ServiceConfig& service = unit.config.service;
  if (!service.sandboxing.any()) return {};
  if (service.sandboxing.private_tmp && unit.run.private_name.empty()) {
    static constexpr char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    unit.run.private_name = "systemd-private-" + host_.options().boot_id + "-" + unit.name + "-";
    for (std::uint64_t bits = base::hash64(unit.invocation_id), i = 0; i < 6; ++i, bits /= 52)
      unit.run.private_name += letters[bits % 52];
    for (const char* parent : private_parents) {
      const std::string folder = private_folder(parent, unit.run.private_name);
      host_.emit(MakeDirectory{folder, "0700", 0, 0});
      host_.emit(MakeDirectory{folder + "/tmp", "1777", 0, 0});
    }
  }
  std::vector<std::string> own;
  for (const auto& [kind, root] : directory_roots)
    if (auto named = service.directories.find(kind); named != service.directories.end())
      for (const std::string& name : named->second) own.push_back(root + name);
  return mounts_of(service.sandboxing, unit.run.private_name, own, mount_points(host_.disk()));
}

void Services::remove_private_folders(Unit& unit) {
  if (unit.run.private_name.empty()) return;
  for (const char* parent : private_parents)
    host_.emit(MakeDirectory{private_folder(parent, unit.run.private_name), "", 0, 0, true});
  unit.run.private_name.clear();
}

void Services::make_directories(Unit& unit, int uid, int gid, Environment& environment) {
  const ServiceConfig& service = unit.config.service;
  for (const auto& [kind, root] : directory_roots) {
    auto named = service.directories.find(kind);
    if (named == service.directories.end() || named->second.empty()) continue;
    auto mode = service.directory_modes.find(kind);
    std::string joined;
    for (const std::string& name : named->second) {
      joined += (joined.empty() ? "" : ":") + root + name;
      host_.emit(MakeDirectory{root + name, mode == service.directory_modes.end() ? "0755" : mode->second,
                               uid, gid});
    }
    set_variable(environment, kind + "_DIRECTORY", joined);
  }
}

std::optional<Environment> Services::build_environment(Unit& unit, ExecPhase phase, bool control, int uid,
                                                       int gid, const std::string& home,
                                                       const std::string& shell) {
  const ServiceConfig& service = unit.config.service;
  const ServiceRun& run = unit.run;
  Environment environment{{"LANG", "C.UTF-8"},
                          {"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}};
  const Environment manager = [] { return Environment{{"HOME", "/root"}, {"LANG", "C.UTF-8"}}; }();
  if (!service.user.empty()) {
    set_variable(environment, "HOME", home);
    set_variable(environment, "LOGNAME", service.user);
    set_variable(environment, "USER", service.user);
    if (!shell.empty()) set_variable(environment, "SHELL", shell);
  }
  set_variable(environment, "INVOCATION_ID", unit.invocation_id);
  if (service.standard_output == "journal") {
    // Device and inode of the stream: any stable pair serves.
    set_variable(environment, "JOURNAL_STREAM",
                 "8:" + std::to_string(10000 + base::hash64(unit.invocation_id) % 90000));
  }
  set_variable(environment, "SYSTEMD_EXEC_PID", "");  // the driver fills it in
  if (*service.notify_access != NotifyAccess::none)
    set_variable(environment, "NOTIFY_SOCKET", "/run/systemd/notify");
  if (service.watchdog > Duration{0} && !control)
    set_variable(environment, "WATCHDOG_USEC", std::to_string(service.watchdog / 1us));
  if (control && run.main_pid > 0) set_variable(environment, "MAINPID", std::to_string(run.main_pid));
  if (!unit.config.service.pid_file.empty()) set_variable(environment, "PIDFILE", service.pid_file);
  auto add_end = [&](const std::string& prefix, const Unit& other) {
    set_variable(environment, prefix + "SERVICE_RESULT", std::string(to_string(other.run.result)));
    if (other.run.main_exit.code == ExitCode::none || other.run.main_pid > 0) return;
    set_variable(environment, prefix + "EXIT_CODE", std::string(to_string(other.run.main_exit.code)));
    set_variable(environment, prefix + "EXIT_STATUS",
                 other.run.main_exit.code == ExitCode::exited ? std::to_string(other.run.main_exit.status)
                                                              : signal_name(other.run.main_exit.status));
  };
  if (phase == ExecPhase::stop || phase == ExecPhase::stop_post) add_end("", unit);
  if (Unit* trigger = host_.find(unit.trigger_environment_unit); trigger != nullptr && trigger != &unit) {
    add_end("MONITOR_", *trigger);
    set_variable(environment, "MONITOR_INVOCATION_ID", trigger->invocation_id);
    set_variable(environment, "MONITOR_UNIT", trigger->name);
  }
  make_directories(unit, uid, gid, environment);
  for (const std::string& name : service.pass_environment)
    for (const auto& [key, value] : manager)
      if (key == name) set_variable(environment, key, value);
  for (const auto& [name, value] : service.environment) set_variable(environment, name, value);
  for (const auto& [path, optional] : service.environment_files) {
    auto content = host_.disk().read(path);
    if (!content) {
      if (optional) continue;
      log(unit, journal::Priority::err, "Failed to load environment files: No such file or directory");
      return std::nullopt;
    }
    std::vector<std::string> invalid;
    for (const auto& [name, value] : parse_environment_file(*content, invalid))
      set_variable(environment, name, value);
    for (const std::string& assignment : invalid)
      log(unit, journal::Priority::err,
          "Ignoring invalid environment assignment '" + assignment + "': " + path);
  }
  for (const std::string& name : service.unset_environment)
    std::erase_if(environment, [&](const auto& variable) { return variable.first == name; });
  return environment;
}

bool Services::spawn(Unit& unit, ExecCommand& command, ExecPhase phase, bool control) {
  const ServiceConfig& service = unit.config.service;
  auto failed = [&](const char* task) {
    log(unit, journal::Priority::warning,
        "Failed to run '" + std::string(task) + "' task: No such file or directory");
    return false;
  };
  const char* task = phase == ExecPhase::start_pre    ? "start-pre"
                     : phase == ExecPhase::start_post ? "start-post"
                     : phase == ExecPhase::stop       ? "stop"
                     : phase == ExecPhase::stop_post  ? "stop-post"
                     : phase == ExecPhase::condition  ? "exec-condition"
                     : phase == ExecPhase::reload     ? "reload"
                                                      : "start";
  const auto user =
      service.user.empty() ? std::optional<User>{User{}} : find_user(host_.disk(), service.user);
  int gid = user ? user->gid : -1;
  if (!service.group.empty()) gid = find_group(host_.disk(), service.group).value_or(-1);
  auto environment = build_environment(unit, phase, control, user ? user->uid : 0, std::max(gid, 0),
                                       user ? user->home : "/", user ? user->shell : "");
  if (!environment) return failed(task);
  Spawn request;
  request.unit = unit.name;
  request.control = control;
  request.path = command.path;
  request.argv = expand_argv(command, *environment);
  request.environment = std::move(*environment);
  bool as_root = command.full_privileges || (service.permissions_start_only && phase != ExecPhase::start);
  if (!as_root) {
    request.user = service.user;
    request.group = service.group;
    request.uid = user ? user->uid : -1;  // -1: there is no such user; the process ends with 217/USER
    request.gid = gid;
    request.supplementary_groups = service.supplementary_groups;
    request.capability_bounding_set = service.capability_bounding_set;
    request.ambient_capabilities = service.ambient_capabilities;
    request.secure_bits = service.secure_bits;
    request.no_new_privileges = service.no_new_privileges;
    request.mounts = prepare_mounts(unit);
  }
  request.working_directory =
      service.working_directory == "~" && user ? user->home : service.working_directory;
  request.working_directory_optional = service.working_directory_optional;
  request.limits = service.limits;
  request.umask = service.umask;
  request.standard_input = service.standard_input;
  request.standard_output = service.standard_output;
  request.standard_error = service.standard_error;
  request.identifier = service.syslog_identifier.empty() ? command.path.substr(command.path.rfind('/') + 1)
                                                         : service.syslog_identifier;
  request.level_prefix = service.syslog_level_prefix;
  request.invocation_id = unit.invocation_id;
  request.id = host_.next_spawn(unit, control);
  (control ? unit.run.control_spawn : unit.run.main_spawn) = request.id;
  host_.emit(std::move(request));
  return true;
}

}  // namespace squall::guest::systemd
