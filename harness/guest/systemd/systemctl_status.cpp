// systemctl status: print_status_info() of systemctl-show.c.
#include <algorithm>

#include "harness/guest/journal/format.hpp"
#include "harness/guest/journal/journalctl.hpp"
#include "harness/guest/journal/timespan.hpp"
#include "harness/guest/systemd/install.hpp"
#include "harness/guest/systemd/systemctl_options.hpp"

namespace squall::guest::systemd {
namespace {

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// A command line as the CGroup tree shows it: words with blanks in quotes.
std::string quoted_command_line(const std::vector<std::string>& argv) {
  std::string text;
  for (const std::string& word : argv) {
    const bool plain = !word.empty() && word.find_first_of(" \t\n\"'\\;|&<>()$`") == std::string::npos;
    std::string shown = word;
    if (!plain) {
      shown = "\"";
      for (char c : word) {
        if (c == '"' || c == '\\' || c == '`' || c == '$') shown += '\\';
        shown += c;
      }
      shown += '"';
    }
    text += (text.empty() ? "" : " ") + shown;
  }
  return text;
}

struct Printer {
  Systemctl& call;
  const Unit& unit;
  Time now;

  void line(const std::string& label, const std::string& text) {
    call.out(std::string(label.size() < 11 ? 11 - label.size() : 0, ' ') + label + ": " + text);
  }

  void head() {
    const UnitConfig& config = unit.config;
    call.out(state_dot(unit) + " " + config.title());
    if (config.load_state == LoadState::loaded) {
      const std::string state = unit_file_state(call.driver.disk(), unit.name);
      const std::string preset = unit_file_preset(call.driver.disk(), unit.name);
      const bool gone = state.empty();
      line("Loaded", "loaded (" + config.fragment_path + (gone ? "; bad" : "; " + state) +
                         (preset.empty() && !gone ? "" : "; preset: " + (gone ? "enabled" : preset)) + ")");
      if (state == "transient") line("Transient", "yes");
    } else {
      line("Loaded", std::string(to_string(config.load_state)) + " (Reason: " + config.load_error + ")");
    }
    drop_ins();
  }

  void drop_ins() {
    std::map<std::string, std::vector<std::string>> folders;
    for (const std::string& path : unit.config.dropin_paths)
      folders[path.substr(0, path.rfind('/'))].push_back(path.substr(path.rfind('/') + 1));
    bool first = true;
    for (const auto& [folder, files] : folders) {
      if (first)
        line("Drop-In", folder);
      else
        call.out("             " + folder);
      first = false;
      std::string list;
      for (const std::string& file : files) list += (list.empty() ? "" : ", ") + file;
      call.out("             \u2514\u2500" + list);
    }
  }

  void activity() {
    const std::string active(to_string(unit.active())), sub(to_string(unit.state));
    std::string text = active == sub ? active : active + " (" + sub + ")";
    if (unit.run.result != Result::success)
      text += " (Result: " + std::string(to_string(unit.run.result)) + ")";
    Time since;
    switch (unit.active()) {
      case ActiveState::active:
      case ActiveState::reloading:
        since = unit.active_enter;
        break;
      case ActiveState::inactive:
      case ActiveState::failed:
        since = unit.inactive_enter;
        break;
      case ActiveState::activating:
        since = unit.inactive_exit;
        break;
      case ActiveState::deactivating:
        since = unit.active_exit;
        break;
    }
    if (since != Time{})
      text += " since " + journal::format_timestamp(since) + "; " + journal::format_relative(since, now);
    line("Active", text);
    if (unit.is_dead() && unit.active_enter != Time{} && unit.active_exit >= unit.active_enter)
      line("Duration", journal::format_timespan(unit.active_exit - unit.active_enter, 1ms));
    if (!unit.condition_result && unit.condition_time != Time{} && !unit.failed_condition.empty()) {
      line("Condition", "start condition failed at " + journal::format_timestamp(unit.condition_time) + "; " +
                            journal::format_relative(unit.condition_time, now));
      call.out("             \u2514\u2500 " + unit.failed_condition + " was not met");
    }
  }

  void triggers() {
    std::string by;
    for (const Unit* other : call.driver.manager().units())
      if (other->is_timer() && other->config.timer.unit == unit.name) {
        if (by.empty()) by = "TriggeredBy: ";
        call.out(by + state_dot(*other) + " " + other->name);
        by = "             ";
      }
    if (!unit.is_timer()) return;
    const Time next = Timers::deadline(unit);
    line("Trigger", next == Time::max()
                        ? "n/a"
                        : journal::format_timestamp(next) + "; " + journal::format_relative(next, now));
    line("Triggers", "\u25cf " + unit.config.timer.unit);
  }

  void processes() {
    const ServiceRun& run = unit.run;
    for (std::size_t phase = 0; phase < exec_phases; ++phase)
      for (const ExecCommand& command : unit.config.service.exec[phase]) {
        if (command.started == Time{} || command.ended == Time{}) continue;
        line("Process", std::to_string(command.pid) + " " +
                            std::string(property_name(static_cast<ExecPhase>(phase))) + "=" +
                            join(command.argv) + " " + end_text(command.exit));
      }
    const auto alive = call.driver.host().of_unit(unit.name);
    auto comm = [&](int pid) {
      auto found =
          std::find_if(alive.begin(), alive.end(), [&](const ProcessInfo& p) { return p.pid == pid; });
      return found == alive.end() ? std::string() : " (" + found->comm + ")";
    };
    if (run.main_pid > 0)
      line("Main PID", std::to_string(run.main_pid) + comm(run.main_pid));
    else if (run.main_status_pid > 0)
      line("Main PID",
           std::to_string(run.main_status_pid) +
               (run.main_exit.code == ExitCode::none ? std::string() : " " + end_text(run.main_exit)));
    if (run.control_pid > 0) line("Cntrl PID", std::to_string(run.control_pid) + comm(run.control_pid));
    if (!run.status_text.empty()) line("Status", "\"" + run.status_text + "\"");
    const bool ran =
        run.main_status_pid > 0 ||
        std::any_of(
            std::begin(unit.config.service.exec), std::end(unit.config.service.exec), [](const auto& list) {
              return std::any_of(list.begin(), list.end(), [](const auto& c) { return c.started != Time{}; });
            });
    if (ran) line("CPU", journal::format_timespan(call.driver.host().cpu_time(unit.name), 1ms));
    if (alive.empty()) return;
    line("CGroup", control_group(unit.name));
    for (std::size_t i = 0; i < alive.size(); ++i)
      call.out(std::string("             ") + (i + 1 == alive.size() ? "\u2514\u2500" : "\u251c\u2500") +
               std::to_string(alive[i].pid) + " " + quoted_command_line(alive[i].argv));
  }

  static std::string end_text(const Exit& exit) {
    return "(code=" + std::string(to_string(exit.code)) + ", " + status_text(exit) + ")";
  }

  void logs() {
    if (!journal::may_read(call.context)) return;
    std::vector<const journal::Entry*> lines;
    const journal::Journal& all = call.driver.journal();
    const int boot = static_cast<int>(all.boots().size()) - 1;
    // Since the unit last left "inactive"; of any age if it never did since it was loaded.
    for (const journal::Entry& entry : all.entries())
      if (entry.boot == boot && journal::concerns(entry, unit.name) && entry.time >= unit.inactive_exit)
        lines.push_back(&entry);
    if (lines.size() > static_cast<std::size_t>(call.options.lines))
      lines.erase(lines.begin(), lines.end() - call.options.lines);
    if (lines.empty()) return;
    call.out("");
    for (const journal::Entry* entry : lines)
      call.out(journal::format_short(*entry, call.driver.options().hostname));
  }
};

int status_of_system(Systemctl& call) {
  Manager& manager = call.driver.manager();
  static constexpr const char* states[]{"starting", "running", "degraded", "stopping"};
  std::size_t loaded = 0, failed = 0;
  for (const Unit* unit : manager.units()) {
    ++loaded;
    if (unit->active() == ActiveState::failed) ++failed;
  }
  const auto count = [](std::size_t n, const char* word) { return std::to_string(n) + " " + word; };
  const Time now = call.context.scheduler().now();
  call.out("\u25cf " + call.driver.options().hostname);
  call.out(std::string("    State: ") + states[static_cast<std::size_t>(manager.system_state())]);
  call.out("    Units: " + count(loaded, "loaded (incl. loaded aliases)"));
  call.out("     Jobs: " + count(manager.jobs().size(), "queued"));
  call.out("   Failed: " + count(failed, "units"));
  call.out("    Since: " + journal::format_timestamp(manager.booted_at()) + "; " +
           journal::format_relative(manager.booted_at(), now));
  call.out("  systemd: 252.39-1~deb12u2");
  call.out(
      "   CGroup: /\n           \u251c\u2500init.scope\n           \u2502 \u2514\u25001 "
      "/usr/lib/systemd/systemd\n"
      "           \u2514\u2500system.slice");
  std::vector<const Unit*> running;
  for (const Unit* unit : manager.units())
    if (unit->is_service() && !call.driver.host().of_unit(unit->name).empty()) running.push_back(unit);
  for (std::size_t i = 0; i < running.size(); ++i) {
    const bool last = i + 1 == running.size();
    call.out(std::string("             ") + (last ? "\u2514\u2500" : "\u251c\u2500") + running[i]->name);
    const auto processes = call.driver.host().of_unit(running[i]->name);
    for (std::size_t p = 0; p < processes.size(); ++p)
      call.out(std::string("             ") + (last ? "  " : "\u2502 ") +
               (p + 1 == processes.size() ? "\u2514\u2500" : "\u251c\u2500") +
               std::to_string(processes[p].pid) + " " + quoted_command_line(processes[p].argv));
  }
  return 0;
}

}  // namespace

std::string state_dot(const Unit& unit) {
  switch (unit.active()) {
    case ActiveState::failed:
      return "\u00d7";
    case ActiveState::inactive:
      return "\u25cb";
    default:
      return "\u25cf";
  }
}

int run_status(Systemctl& call) {
  if (call.arguments.empty()) return status_of_system(call);
  int code = 0;
  bool first = true;
  for (const std::string& name : call.expand(call.unit_names())) {
    if (is_template(name)) {
      call.err("Failed to get properties: Unit name " + name +
               " is neither a valid invocation ID nor unit name.");
      return 1;
    }
    const Unit& unit = call.driver.load(name);
    const LoadState load = unit.config.load_state;
    if (load == LoadState::not_found && unit.is_dead()) {
      call.err("Unit " + name + " could not be found.");
      code = code == 0 ? 4 : code;
      continue;
    }
    if (!first) call.out("");
    first = false;
    Printer printer{call, unit, call.context.scheduler().now()};
    printer.head();
    printer.activity();
    printer.triggers();
    std::string label = "Docs: ";
    for (const std::string& page : unit.config.documentation) {
      call.out((label.empty() ? std::string(13, ' ') : "       " + label) + page);
      label.clear();
    }
    printer.processes();
    if (call.options.lines > 0) printer.logs();
    if (call.driver.manager().needs_reload(unit)) call.err(changed_on_disk_warning(unit.name));
    const ActiveState state = unit.active();
    const bool up = state == ActiveState::active || state == ActiveState::reloading;
    if (!up && code == 0) code = 3;
  }
  return code;
}

}  // namespace squall::guest::systemd
