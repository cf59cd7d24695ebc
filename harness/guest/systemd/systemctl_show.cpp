// systemctl show: the properties of a unit, in the order in which the manager gives them out.
#include <algorithm>
#include <cstdio>

#include "harness/guest/journal/timespan.hpp"
#include "harness/guest/systemd/install.hpp"
#include "harness/guest/systemd/show_defaults.hpp"
#include "harness/guest/systemd/systemctl_options.hpp"

namespace squall::guest::systemd {
namespace {

using Properties = std::vector<std::pair<std::string, std::string>>;

std::string stamp(Time t) { return t == Time{} ? std::string() : journal::format_timestamp(t); }
std::string span(Duration d) { return journal::format_timespan(d); }
std::string octal(int mode) {
  char text[8];
  std::snprintf(text, sizeof text, "%04o", static_cast<unsigned>(mode));
  return text;
}
std::string yes_no(bool value) { return value ? "yes" : "no"; }
std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

struct Collector {
  Systemctl& call;
  const Unit& unit;
  Properties list{};

  void add(const std::string& name, const std::string& value) { list.emplace_back(name, value); }
  void number(const std::string& name, long long value) { add(name, std::to_string(value)); }
  void time(const std::string& name, Time t) {
    add(name, stamp(t));
    add(name + "Monotonic", std::to_string(t == Time{} ? 0 : (t - call.driver.manager().booted_at()) / 1us));
  }

  static std::string exec_text(const ExecCommand& c, bool flags) {
    const std::string mode = flags ? std::string("flags=") + (c.ignore_failure ? "ignore-failure" : "")
                                   : "ignore_errors=" + yes_no(c.ignore_failure);
    const bool ended = c.ended != Time{};
    const std::string status = !ended ? "0/0"
                               : c.exit.code == ExitCode::exited
                                   ? std::to_string(c.exit.status)
                                   : std::to_string(c.exit.status) + "/" + signal_name(c.exit.status);
    return "{ path=" + c.path + " ; argv[]=" + join(c.argv) + " ; " + mode + " ; start_time=[" +
           (c.started == Time{} ? "n/a" : stamp(c.started)) + "] ; stop_time=[" +
           (ended ? stamp(c.ended) : "n/a") + "] ; pid=" + std::to_string(c.pid) +
           " ; code=" + (ended ? std::string(to_string(c.exit.code)) : "(null)") + " ; status=" + status +
           " }";
  }

  void service() {
    const ServiceConfig& s = unit.config.service;
    const ServiceRun& run = unit.run;
    add("Type", std::string(to_string(s.type)));
    add("ExitType", "main");
    add("Restart", std::string(to_string(s.restart)));
    add("NotifyAccess", std::string(to_string(s.notify_access.value_or(NotifyAccess::none))));
    add("RestartUSec", span(s.restart_delay));
    add("TimeoutStartUSec", span(s.timeout_start));
    add("TimeoutStopUSec", span(s.timeout_stop));
    add("TimeoutAbortUSec", span(s.timeout_abort));
    static constexpr const char* modes[]{"terminate", "abort", "kill"};
    add("TimeoutStartFailureMode", modes[static_cast<std::size_t>(s.start_failure)]);
    add("TimeoutStopFailureMode", modes[static_cast<std::size_t>(s.stop_failure)]);
    add("RuntimeMaxUSec", span(s.runtime_max));
    add("RuntimeRandomizedExtraUSec", "0");
    add("WatchdogUSec", span(s.watchdog));
    add("WatchdogTimestampMonotonic", "0");
    add("RootDirectoryStartOnly", "no");
    add("RemainAfterExit", yes_no(s.remain_after_exit));
    add("GuessMainPID", yes_no(s.guess_main_pid));
    add("PIDFile", s.pid_file);
    number("MainPID", run.main_pid);
    number("ControlPID", run.control_pid);
    add("StatusText", run.status_text);
    add("FileDescriptorStoreMax", "0");
    add("NFileDescriptorStore", "0");
    add("StatusErrno", "0");
    add("Result", std::string(to_string(run.result)));
    add("ReloadResult", std::string(to_string(run.reload_result)));
    add("CleanResult", "success");
    number("NRestarts", run.restarts);
    add("OOMPolicy", "stop");
    time("ExecMainStartTimestamp", run.main_started);
    time("ExecMainExitTimestamp", run.main_exited);
    number("ExecMainPID", run.main_status_pid);
    number("ExecMainCode", static_cast<int>(run.main_exit.code));
    number("ExecMainStatus", run.main_exit.status);
    for (std::size_t phase = 0; phase < exec_phases; ++phase) {
      const std::string name(property_name(static_cast<ExecPhase>(phase)));
      for (const ExecCommand& command : s.exec[phase]) add(name, exec_text(command, false));
      for (const ExecCommand& command : s.exec[phase]) add(name + "Ex", exec_text(command, true));
    }
    add("Slice",
        unit_instance(unit.name).empty() ? "system.slice" : "system-" + unit_prefix(unit.name) + ".slice");
    const bool alive = !call.driver.host().of_unit(unit.name).empty();
    add("ControlGroup", alive ? control_group(unit.name) : "");
    add("MemoryCurrent", "[not set]");
    add("CPUUsageNSec", run.main_status_pid > 0
                            ? std::to_string(call.driver.host().cpu_time(unit.name).count())
                            : "[not set]");
    add("TasksCurrent", "[not set]");
    std::string environment;
    for (const auto& [name, value] : s.environment) {
      const std::string word = name + "=" + value;
      environment += (environment.empty() ? "" : " ") +
                     (word.find(' ') == std::string::npos ? word : "\"" + word + "\"");
    }
    add("Environment", environment);
    for (const auto& [path, optional] : s.environment_files)
      add("EnvironmentFiles", path + " (ignore_errors=" + yes_no(optional) + ")");
    add("UMask", octal(s.umask));
    limits();
    for (const auto& [name, value] : exec_defaults()) add(std::string(name), value_of(name, value));
    number("SecureBits", s.secure_bits);
    add("CapabilityBoundingSet", capability_names(s.capability_bounding_set));
    add("AmbientCapabilities", capability_names(s.ambient_capabilities));
    add("User", s.user);
    add("Group", s.group);
    add("SupplementaryGroups", join(s.supplementary_groups));
    add("WorkingDirectory", (s.working_directory_optional ? "!" : "") + s.working_directory);
    add("KillMode", std::string(to_string(s.kill_mode)));
    number("KillSignal", s.kill_signal);
    number("RestartKillSignal", s.restart_kill_signal.value_or(s.kill_signal));
    number("FinalKillSignal", s.final_kill_signal);
    add("SendSIGKILL", yes_no(s.send_sigkill));
    add("SendSIGHUP", yes_no(s.send_sighup));
    number("WatchdogSignal", s.watchdog_signal);
  }

  // What the unit's file says of a setting that is shown and not enforced, else systemd's default.
  std::string value_of(std::string_view name, std::string_view fallback) const {
    auto found = unit.config.raw.find(std::string(name));
    if (found == unit.config.raw.end()) {
      if (name == "StandardOutput") return unit.config.service.standard_output;
      if (name == "StandardError") return unit.config.service.standard_error;
      if (name == "StandardInput") return unit.config.service.standard_input;
      if (name == "NoNewPrivileges") return yes_no(unit.config.service.no_new_privileges);
      return std::string(fallback);
    }
    if (fallback == "yes" || fallback == "no")
      if (auto value = parse_boolean(found->second)) return yes_no(*value);
    return found->second;
  }

  void limits() {
    for (std::string_view name : limit_names) {
      auto found = unit.config.service.limits.find(std::string(name));
      const LimitValue limit =
          found != unit.config.service.limits.end() ? found->second : default_limit(name);
      add("Limit" + std::string(name), limit_text(limit.hard));
      add("Limit" + std::string(name) + "Soft", limit_text(limit.soft));
    }
  }

  void timer() {
    const TimerConfig& t = unit.config.timer;
    static constexpr const char* bases[]{"OnActiveUSec",     "OnBootUSec",         "OnStartupUSec",
                                         "OnUnitActiveUSec", "OnUnitInactiveUSec", "OnCalendar"};
    add("Unit", t.unit);
    const Time next = unit.timer.next_monotonic;
    const Time boot = call.driver.manager().booted_at();
    for (const TimerValue& value : t.values)
      if (value.base != TimerBase::calendar)
        add("TimersMonotonic",
            std::string("{ ") + bases[static_cast<std::size_t>(value.base)] + "=" + span(value.span) +
                " ; next_elapse=" + (next == Time::max() ? "0" : span(unit.timer.due_monotonic - boot)) +
                " }");
    for (const TimerValue& value : t.values)
      if (value.base == TimerBase::calendar) {
        auto due = value.calendar->next(call.context.scheduler().now());
        add("TimersCalendar", "{ OnCalendar=" + value.calendar->normalized() +
                                  " ; next_elapse=" + (due ? stamp(*due) : "n/a") + " }");
      }
    add("NextElapseUSecRealtime",
        unit.timer.next_calendar == Time::max() ? "" : stamp(unit.timer.next_calendar));
    add("NextElapseUSecMonotonic", next == Time::max() ? "infinity" : span(next - boot));
    add("LastTriggerUSec", stamp(unit.timer.last_trigger));
    add("Result", std::string(to_string(unit.run.result)));
    add("AccuracyUSec", span(t.accuracy));
    add("RandomizedDelayUSec", span(t.randomized_delay));
    add("Persistent", yes_no(t.persistent));
    add("RemainAfterElapse", yes_no(t.remain_after_elapse));
  }

  void common() {
    const UnitConfig& c = unit.config;
    add("Id", unit.name);
    add("Names", join(c.names));
    auto dependency = [&](const char* name, Dependency kind) {
      auto found = c.dependencies.find(kind);
      add(name, found == c.dependencies.end() ? "" : join(found->second));
    };
    auto inverse = [&](const char* name, Dependency kind) {
      add(name, join(call.driver.manager().referrers(unit.name, kind)));
    };
    dependency("Requires", Dependency::requires_);
    dependency("Requisite", Dependency::requisite);
    dependency("Wants", Dependency::wants);
    dependency("BindsTo", Dependency::binds_to);
    dependency("PartOf", Dependency::part_of);
    inverse("RequiredBy", Dependency::requires_);
    inverse("WantedBy", Dependency::wants);
    inverse("BoundBy", Dependency::binds_to);
    inverse("ConsistsOf", Dependency::part_of);
    dependency("Conflicts", Dependency::conflicts);
    dependency("Before", Dependency::before);
    dependency("After", Dependency::after);
    dependency("OnFailure", Dependency::on_failure);
    add("Documentation", join(c.documentation));
    add("Description", c.description.empty() ? unit.name : c.description);
    add("LoadState", std::string(to_string(c.load_state)));
    add("ActiveState", std::string(to_string(unit.active())));
    add("FreezerState", "running");
    add("SubState", std::string(to_string(unit.state)));
    add("FragmentPath", c.fragment_path);
    add("DropInPaths", join(c.dropin_paths));
    add("UnitFileState", unit_file_state(call.driver.disk(), unit.name));
    add("UnitFilePreset", unit_file_preset(call.driver.disk(), unit.name));
    time("StateChangeTimestamp", unit.state_change);
    time("InactiveExitTimestamp", unit.inactive_exit);
    time("ActiveEnterTimestamp", unit.active_enter);
    time("ActiveExitTimestamp", unit.active_exit);
    time("InactiveEnterTimestamp", unit.inactive_enter);
    const bool loaded = c.load_state == LoadState::loaded;
    add("CanStart", yes_no(loaded && !c.refuse_manual_start));
    add("CanStop", yes_no(!c.refuse_manual_stop));
    add("CanReload", yes_no(!c.service.exec[static_cast<std::size_t>(ExecPhase::reload)].empty()));
    add("CanIsolate", yes_no(c.allow_isolate));
    add("StopWhenUnneeded", "no");
    add("RefuseManualStart", yes_no(c.refuse_manual_start));
    add("RefuseManualStop", yes_no(c.refuse_manual_stop));
    add("AllowIsolate", yes_no(c.allow_isolate));
    add("DefaultDependencies", yes_no(c.default_dependencies));
    add("OnSuccessJobMode", "fail");
    add("OnFailureJobMode", "replace");
    add("IgnoreOnIsolate", "no");
    add("NeedDaemonReload", yes_no(call.driver.manager().needs_reload(unit)));
    add("JobTimeoutUSec", "infinity");
    add("JobRunningTimeoutUSec", "infinity");
    add("JobTimeoutAction", "none");
    add("ConditionResult", yes_no(unit.condition_result));
    add("AssertResult", yes_no(unit.assert_result));
    time("ConditionTimestamp", unit.condition_time);
    add("Transient", yes_no(c.fragment_path.starts_with("/run/systemd/transient/")));
    add("Perpetual", "no");
    add("StartLimitIntervalUSec", span(c.start_limit_interval));
    number("StartLimitBurst", c.start_limit_burst);
    add("StartLimitAction", "none");
    add("FailureAction", "none");
    add("SuccessAction", "none");
    add("InvocationID", unit.invocation_id);
    add("CollectMode", "inactive");
  }
};

void print(Systemctl& call, const Properties& list) {
  const auto& wanted = call.options.properties;
  for (const auto& [name, value] : list) {
    const bool named = std::find(wanted.begin(), wanted.end(), name) != wanted.end();
    if (!wanted.empty() && !named) continue;
    // Without a choice, what is not set is left out.
    if (wanted.empty() && value.empty() && !call.options.all) continue;
    call.out(call.options.value ? value : name + "=" + value);
  }
}

}  // namespace

int run_show(Systemctl& call) {
  if (call.arguments.empty()) {
    std::size_t failed = 0;
    for (const Unit* unit : call.driver.manager().units())
      failed += unit->active() == ActiveState::failed ? 1 : 0;
    print(call,
          {{"Version", "252.39-1~deb12u2"},
           {"Architecture", "x86-64"},
           {"UnitPath",
            "/etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system /lib/systemd/system"},
           {"Environment", "LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
           {"NFailedUnits", std::to_string(failed)},
           {"NJobs", std::to_string(call.driver.manager().jobs().size())},
           {"DefaultTimeoutStartUSec", "1min 30s"},
           {"DefaultTimeoutStopUSec", "1min 30s"},
           {"DefaultRestartUSec", "100ms"},
           {"DefaultStartLimitIntervalUSec", "10s"},
           {"DefaultStartLimitBurst", "5"}});
    return 0;
  }
  bool first = true;
  for (const std::string& name : call.expand(call.unit_names())) {
    if (!first) call.out("");
    first = false;
    Collector collector{call, call.driver.load(name)};
    if (name.ends_with(".service")) collector.service();
    if (name.ends_with(".timer")) collector.timer();
    collector.common();
    print(call, collector.list);
  }
  return 0;
}

}  // namespace squall::guest::systemd
