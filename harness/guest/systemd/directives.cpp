#include "harness/guest/systemd/directives.hpp"

#include "harness/guest/journal/timespan.hpp"
#include "harness/guest/systemd/conditions.hpp"
#include "harness/guest/systemd/directive_setters.hpp"

namespace squall::guest::systemd {
namespace {

template <Dependency kind>
void add_dependency(Context& context, const std::string& value) {
  for (const std::string& word : split_words(value).value_or(std::vector<std::string>{})) {
    std::string name = context.expanded(word);
    if (!valid_unit_name(name)) {
      context.warn("Failed to add dependency on " + name + ", ignoring: Invalid argument");
      continue;
    }
    auto& list = context.config.dependencies[kind];
    if (std::find(list.begin(), list.end(), name) == list.end()) list.push_back(std::move(name));
  }
}

template <ExecPhase phase>
void add_exec(Context& context, const std::string& value) {
  auto& commands = context.config.service.exec[static_cast<std::size_t>(phase)];
  if (value.empty()) return commands.clear();
  std::vector<ExecCommand> parsed;
  if (!parse_exec(value, context.specifiers, context.where(), parsed, context.messages)) {
    // Only what must run is fatal (config_parse_exec(): a command prefixed with "-" is left out).
    context.fatal = context.fatal || value.front() != '-';
    return;
  }
  commands.insert(commands.end(), parsed.begin(), parsed.end());
}

template <TimerBase base>
void add_timer(Context& context, const std::string& value) {
  auto& values = context.config.timer.values;
  if (value.empty()) return values.clear();
  TimerValue timer{base, Duration{0}, std::nullopt};
  if (base == TimerBase::calendar) {
    timer.calendar = Calendar::parse(value);
    if (!timer.calendar) return context.warn("Failed to parse calendar specification, ignoring: " + value);
  } else {
    auto span = journal::parse_timespan(value);
    if (!span) return context.warn("Failed to parse timer value, ignoring: " + value);
    timer.span = *span;
  }
  values.push_back(std::move(timer));
}

// --- the tables ---

const Table& unit_table() {
  static const Table table{
      {"Description", [](Context& c, const std::string& v) { c.config.description = c.expanded(v); }},
      {"Documentation", [](Context& c, const std::string& v) { add_words(c, v, c.config.documentation); }},
      {"Requires", add_dependency<Dependency::requires_>},
      {"Requisite", add_dependency<Dependency::requisite>},
      {"Wants", add_dependency<Dependency::wants>},
      {"BindsTo", add_dependency<Dependency::binds_to>},
      {"BindTo", add_dependency<Dependency::binds_to>},
      {"PartOf", add_dependency<Dependency::part_of>},
      {"Conflicts", add_dependency<Dependency::conflicts>},
      {"Before", add_dependency<Dependency::before>},
      {"After", add_dependency<Dependency::after>},
      {"OnFailure", add_dependency<Dependency::on_failure>},
      {"OnSuccess", add_dependency<Dependency::on_success>},
      {"DefaultDependencies",
       [](Context& c, const std::string& v) { set_boolean(c, v, c.config.default_dependencies); }},
      {"RefuseManualStart",
       [](Context& c, const std::string& v) { set_boolean(c, v, c.config.refuse_manual_start); }},
      {"RefuseManualStop",
       [](Context& c, const std::string& v) { set_boolean(c, v, c.config.refuse_manual_stop); }},
      {"AllowIsolate", [](Context& c, const std::string& v) { set_boolean(c, v, c.config.allow_isolate); }},
      {"StartLimitInterval", set_start_limit_interval},
      {"StartLimitIntervalSec", set_start_limit_interval},
      {"StartLimitBurst", set_burst},
  };
  return table;
}

void set_type(Context& c, const std::string& value) {
  ServiceConfig& s = c.config.service;
  if (value == "dbus") {
    c.messages.push_back({journal::Priority::err, c.where() + ": Type=dbus is not served by Squall"});
    c.fatal = true;
  } else if (set_enum(value, s.type,
                      {{"simple", ServiceType::simple},
                       {"exec", ServiceType::exec},
                       {"forking", ServiceType::forking},
                       {"oneshot", ServiceType::oneshot},
                       {"notify", ServiceType::notify},
                       {"idle", ServiceType::idle}})) {
    s.type_given = true;
  } else {
    c.warn("Failed to parse service type, ignoring: " + value);
  }
}

void set_restart(Context& c, const std::string& value) {
  if (!set_enum(value, c.config.service.restart,
                {{"no", RestartMode::no},
                 {"on-success", RestartMode::on_success},
                 {"on-failure", RestartMode::on_failure},
                 {"on-abnormal", RestartMode::on_abnormal},
                 {"on-watchdog", RestartMode::on_watchdog},
                 {"on-abort", RestartMode::on_abort},
                 {"always", RestartMode::always}}))
    c.warn("Failed to parse service restart specifier, ignoring: " + value);
}

void set_notify_access(Context& c, const std::string& value) {
  NotifyAccess access{};
  if (set_enum(value, access,
               {{"none", NotifyAccess::none},
                {"main", NotifyAccess::main},
                {"exec", NotifyAccess::exec},
                {"all", NotifyAccess::all}}))
    c.config.service.notify_access = access;
  else
    c.warn("Failed to parse notify access specifier, ignoring: " + value);
}

void set_kill_mode(Context& c, const std::string& value) {
  if (!set_enum(value, c.config.service.kill_mode,
                {{"control-group", KillMode::control_group},
                 {"process", KillMode::process},
                 {"mixed", KillMode::mixed},
                 {"none", KillMode::none}}))
    c.warn("Failed to parse kill mode specification, ignoring: " + value);
}

void set_timeout_mode(Context& c, const std::string& value, TimeoutMode& target) {
  if (!set_enum(value, target,
                {{"terminate", TimeoutMode::terminate},
                 {"abort", TimeoutMode::abort},
                 {"kill", TimeoutMode::kill}}))
    c.warn("Failed to parse timeout failure mode, ignoring: " + value);
}

const Table& service_run_table() {
  static const Table table{
      {"Type", set_type},
      {"ExecCondition", add_exec<ExecPhase::condition>},
      {"ExecStartPre", add_exec<ExecPhase::start_pre>},
      {"ExecStart", add_exec<ExecPhase::start>},
      {"ExecStartPost", add_exec<ExecPhase::start_post>},
      {"ExecReload", add_exec<ExecPhase::reload>},
      {"ExecStop", add_exec<ExecPhase::stop>},
      {"ExecStopPost", add_exec<ExecPhase::stop_post>},
      {"Restart", set_restart},
      {"RestartSec",
       [](Context& c, const std::string& v) { set_span(c, v, c.config.service.restart_delay); }},
      {"TimeoutSec",
       [](Context& c, const std::string& v) {
         ServiceConfig& s = c.config.service;
         s.timeout_start_given = set_timeout(c, v, s.timeout_start);
         s.timeout_stop = s.timeout_start;
       }},
      {"TimeoutStartSec",
       [](Context& c, const std::string& v) {
         c.config.service.timeout_start_given = set_timeout(c, v, c.config.service.timeout_start);
       }},
      {"TimeoutStopSec",
       [](Context& c, const std::string& v) { set_timeout(c, v, c.config.service.timeout_stop); }},
      {"TimeoutAbortSec",
       [](Context& c, const std::string& v) {
         c.config.service.timeout_abort_given = set_timeout(c, v, c.config.service.timeout_abort);
       }},
      {"RuntimeMaxSec",
       [](Context& c, const std::string& v) { set_timeout(c, v, c.config.service.runtime_max); }},
      {"WatchdogSec", [](Context& c, const std::string& v) { set_span(c, v, c.config.service.watchdog); }},
      {"TimeoutStartFailureMode",
       [](Context& c, const std::string& v) { set_timeout_mode(c, v, c.config.service.start_failure); }},
      {"TimeoutStopFailureMode",
       [](Context& c, const std::string& v) { set_timeout_mode(c, v, c.config.service.stop_failure); }},
      {"StartLimitInterval", set_start_limit_interval},
      {"StartLimitBurst", set_burst},
      {"RemainAfterExit",
       [](Context& c, const std::string& v) { set_boolean(c, v, c.config.service.remain_after_exit); }},
      {"GuessMainPID",
       [](Context& c, const std::string& v) { set_boolean(c, v, c.config.service.guess_main_pid); }},
      {"NotifyAccess", set_notify_access},
      {"PIDFile",
       [](Context& c, const std::string& v) {
         const std::string path = c.expanded(v);
         c.config.service.pid_file = path.empty() || path[0] == '/' ? path : "/run/" + path;
       }},
      {"SuccessExitStatus",
       [](Context& c, const std::string& v) { set_exit_statuses(c, v, c.config.service.success); }},
      {"RestartPreventExitStatus",
       [](Context& c, const std::string& v) { set_exit_statuses(c, v, c.config.service.restart_prevent); }},
      {"RestartForceExitStatus",
       [](Context& c, const std::string& v) { set_exit_statuses(c, v, c.config.service.restart_force); }},
      {"KillMode", set_kill_mode},
      {"KillSignal",
       [](Context& c, const std::string& v) { set_signal(c, v, c.config.service.kill_signal); }},
      {"RestartKillSignal",
       [](Context& c, const std::string& v) {
         int signal = 0;
         set_signal(c, v, signal);
         if (signal != 0) c.config.service.restart_kill_signal = signal;
       }},
      {"FinalKillSignal",
       [](Context& c, const std::string& v) { set_signal(c, v, c.config.service.final_kill_signal); }},
      {"WatchdogSignal",
       [](Context& c, const std::string& v) { set_signal(c, v, c.config.service.watchdog_signal); }},
      {"SendSIGKILL",
       [](Context& c, const std::string& v) { set_boolean(c, v, c.config.service.send_sigkill); }},
      {"SendSIGHUP",
       [](Context& c, const std::string& v) { set_boolean(c, v, c.config.service.send_sighup); }},
  };
  return table;
}

void set_preserve_mode(Context& c, const std::string& value) {
  PreserveMode& target = c.config.service.preserve_runtime_directory;
  if (auto yes = parse_boolean(value))
    target = *yes ? PreserveMode::yes : PreserveMode::no;
  else if (!set_enum(value, target, {{"restart", PreserveMode::restart}}))
    c.warn("Failed to parse runtime directory preserve mode, ignoring: " + value);
}

const Table& service_exec_table() {
  static const Table table{
      {"User", [](Context& c, const std::string& v) { c.config.service.user = c.expanded(v); }},
      {"Group", [](Context& c, const std::string& v) { c.config.service.group = c.expanded(v); }},
      {"SupplementaryGroups",
       [](Context& c, const std::string& v) { add_words(c, v, c.config.service.supplementary_groups); }},
      {"WorkingDirectory", set_working_directory},
      {"Environment", add_environment},
      {"EnvironmentFile", add_environment_file},
      {"PassEnvironment",
       [](Context& c, const std::string& v) { add_words(c, v, c.config.service.pass_environment); }},
      {"UnsetEnvironment",
       [](Context& c, const std::string& v) { add_words(c, v, c.config.service.unset_environment); }},
      {"UMask", set_umask},
      {"CapabilityBoundingSet",
       [](Context& c, const std::string& v) {
         set_capabilities(v, all_capabilities, c.config.service.capability_bounding_set);
       }},
      {"AmbientCapabilities",
       [](Context& c, const std::string& v) {
         set_capabilities(v, 0, c.config.service.ambient_capabilities);
       }},
      {"SecureBits", set_secure_bits},
      {"NoNewPrivileges",
       [](Context& c, const std::string& v) { set_boolean(c, v, c.config.service.no_new_privileges); }},
      {"PermissionsStartOnly",
       [](Context& c, const std::string& v) { set_boolean(c, v, c.config.service.permissions_start_only); }},
      {"StandardOutput",
       [](Context& c, const std::string& v) { c.config.service.standard_output = c.expanded(v); }},
      {"StandardError",
       [](Context& c, const std::string& v) { c.config.service.standard_error = c.expanded(v); }},
      {"StandardInput",
       [](Context& c, const std::string& v) { c.config.service.standard_input = c.expanded(v); }},
      {"SyslogIdentifier",
       [](Context& c, const std::string& v) { c.config.service.syslog_identifier = c.expanded(v); }},
      {"SyslogLevelPrefix",
       [](Context& c, const std::string& v) { set_boolean(c, v, c.config.service.syslog_level_prefix); }},
      {"RuntimeDirectory", set_directory},
      {"StateDirectory", set_directory},
      {"CacheDirectory", set_directory},
      {"LogsDirectory", set_directory},
      {"ConfigurationDirectory", set_directory},
      {"RuntimeDirectoryMode", set_directory_mode},
      {"StateDirectoryMode", set_directory_mode},
      {"CacheDirectoryMode", set_directory_mode},
      {"LogsDirectoryMode", set_directory_mode},
      {"ConfigurationDirectoryMode", set_directory_mode},
      {"RuntimeDirectoryPreserve", set_preserve_mode},
  };
  return table;
}

template <std::vector<std::string> Sandboxing::*paths>
void add_sandbox_paths(Context& c, const std::string& value) {
  add_paths(c, value, c.config.service.sandboxing.*paths);
}

template <bool Sandboxing::*flag>
void set_sandbox_flag(Context& c, const std::string& value) {
  set_boolean(c, value, c.config.service.sandboxing.*flag);
}

const Table& sandboxing_table() {
  static const Table table{
      {"ProtectSystem", set_protect_system},
      {"ProtectHome", set_protect_home},
      {"PrivateTmp", set_sandbox_flag<&Sandboxing::private_tmp>},
      {"PrivateDevices", set_sandbox_flag<&Sandboxing::private_devices>},
      {"ReadWritePaths", add_sandbox_paths<&Sandboxing::read_write>},
      {"ReadWriteDirectories", add_sandbox_paths<&Sandboxing::read_write>},
      {"ReadOnlyPaths", add_sandbox_paths<&Sandboxing::read_only>},
      {"ReadOnlyDirectories", add_sandbox_paths<&Sandboxing::read_only>},
      {"InaccessiblePaths", add_sandbox_paths<&Sandboxing::inaccessible>},
      {"InaccessibleDirectories", add_sandbox_paths<&Sandboxing::inaccessible>},
  };
  return table;
}

const Table& timer_table() {
  static const Table table{
      {"OnActiveSec", add_timer<TimerBase::active>},
      {"OnBootSec", add_timer<TimerBase::boot>},
      {"OnStartupSec", add_timer<TimerBase::startup>},
      {"OnUnitActiveSec", add_timer<TimerBase::unit_active>},
      {"OnUnitInactiveSec", add_timer<TimerBase::unit_inactive>},
      {"OnCalendar", add_timer<TimerBase::calendar>},
      {"AccuracySec", [](Context& c, const std::string& v) { set_span(c, v, c.config.timer.accuracy); }},
      {"RandomizedDelaySec",
       [](Context& c, const std::string& v) { set_span(c, v, c.config.timer.randomized_delay); }},
      {"Persistent", [](Context& c, const std::string& v) { set_boolean(c, v, c.config.timer.persistent); }},
      {"RemainAfterElapse",
       [](Context& c, const std::string& v) { set_boolean(c, v, c.config.timer.remain_after_elapse); }},
      {"Unit", [](Context& c, const std::string& v) { c.config.timer.unit = c.expanded(v); }},
  };
  return table;
}

const Table& install_table() {
  static const Table table{
      {"WantedBy", [](Context& c, const std::string& v) { add_words(c, v, c.config.install.wanted_by); }},
      {"RequiredBy", [](Context& c, const std::string& v) { add_words(c, v, c.config.install.required_by); }},
      {"Also", [](Context& c, const std::string& v) { add_words(c, v, c.config.install.also); }},
      {"Alias", [](Context& c, const std::string& v) { add_words(c, v, c.config.install.aliases); }},
      {"DefaultInstance",
       [](Context& c, const std::string& v) { c.config.install.default_instance = c.expanded(v); }},
  };
  return table;
}

Handler find_handler(const std::string& section, const std::string& key) {
  auto look = [&](const Table& table) -> Handler {
    auto found = table.find(key);
    return found == table.end() ? nullptr : found->second;
  };
  if (section == "Unit") {
    const std::size_t prefix = key.starts_with("Condition") ? 9 : key.starts_with("Assert") ? 6 : 0;
    if (prefix > 0) return known_condition(key.substr(prefix)) ? add_condition : nullptr;
    return look(unit_table());
  }
  if (section == "Install") return look(install_table());
  if (section == "Timer") return look(timer_table());
  if (section != "Service") return nullptr;
  if (key.starts_with("Limit") && limit_resource(key.substr(5)) >= 0) return set_limit;
  for (const Table* table : {&service_run_table(), &service_exec_table(), &sandboxing_table()})
    if (Handler handler = look(*table)) return handler;
  return nullptr;
}

}  // namespace

bool apply_settings(UnitConfig& config, const UnitFile& file, const SpecifierContext& specifiers,
                    std::vector<Message>& messages) {
  const std::string suffix = unit_suffix(config.id);
  const std::string own = suffix == "service" ? "Service" : suffix == "timer" ? "Timer" : std::string();
  bool fatal = false;
  for (const Setting& setting : file.settings) {
    Context context{config, file, setting, specifiers, messages};
    const std::string& section = setting.section;
    if (section.starts_with("X-") || setting.key.starts_with("X-")) continue;
    if (section != "Unit" && section != "Install" && section != own) {
      if (&setting == file.settings.data() || (&setting)[-1].section != section)
        context.warn("Unknown section '" + section + "'. Ignoring.");
      continue;
    }
    if (Handler handler = find_handler(section, setting.key)) {
      if (sandboxing_table().contains(setting.key)) config.raw[setting.key] = setting.value;
      handler(context, setting.value);
      fatal = fatal || context.fatal;
    } else if (known_unserved(section, setting.key)) {
      config.raw[setting.key] = setting.value;
      if (std::find(config.unserved.begin(), config.unserved.end(), setting.key) == config.unserved.end())
        config.unserved.push_back(setting.key);
    } else {
      context.warn("Unknown key '" + setting.key + "' in section [" + section + "], ignoring.");
    }
  }
  return !fatal;
}

}  // namespace squall::guest::systemd
