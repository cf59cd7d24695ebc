// systemd-run(1) of systemd 252: a command as a transient service, or a transient timer that starts one. The
// unit is a file in /run/systemd/transient, as systemd's own is, so that everything else reads it as any
// other.
#include <algorithm>
#include <array>

#include "harness/guest/journal/options.hpp"
#include "harness/guest/journal/timespan.hpp"
#include "harness/guest/systemd/systemctl.hpp"
#include "harness/guest/systemd/systemctl_options.hpp"
#include "harness/guest/systemd/text.hpp"
#include "harness/guest/systemd/unit_loader.hpp"

namespace squall::guest::systemd {
namespace {

using journal::Argument;
using Words = std::vector<std::string>;

struct RunOption {
  const char* name;
  char letter;
  Argument argument;
  const char* service_setting;  // what it writes into [Service]; "": nothing by itself
  const char* timer_setting;    // into [Timer]
  bool served = true;
};
constexpr RunOption refused(const char* name, char letter = 0, Argument argument = Argument::none) {
  return {name, letter, argument, "", "", false};
}
constexpr std::array options = {
    RunOption{"unit", 'u', Argument::required, "", ""},
    RunOption{"property", 'p', Argument::required, "", ""},
    RunOption{"timer-property", 0, Argument::required, "", ""},
    RunOption{"description", 0, Argument::required, "", ""},
    RunOption{"remain-after-exit", 'r', Argument::none, "RemainAfterExit=yes", ""},
    RunOption{"setenv", 'E', Argument::required, "Environment=", ""},
    RunOption{"uid", 0, Argument::required, "User=", ""},
    RunOption{"gid", 0, Argument::required, "Group=", ""},
    RunOption{"nice", 0, Argument::required, "Nice=", ""},
    RunOption{"working-directory", 0, Argument::required, "WorkingDirectory=", ""},
    RunOption{"service-type", 0, Argument::required, "Type=", ""},
    RunOption{"on-active", 0, Argument::required, "", "OnActiveSec="},
    RunOption{"on-boot", 0, Argument::required, "", "OnBootSec="},
    RunOption{"on-startup", 0, Argument::required, "", "OnStartupSec="},
    RunOption{"on-unit-active", 0, Argument::required, "", "OnUnitActiveSec="},
    RunOption{"on-unit-inactive", 0, Argument::required, "", "OnUnitInactiveSec="},
    RunOption{"on-calendar", 0, Argument::required, "", "OnCalendar="},
    RunOption{"wait", 0, Argument::none, "", ""},
    RunOption{"quiet", 'q', Argument::none, "", ""},
    RunOption{"no-block", 0, Argument::none, "", ""},
    RunOption{"collect", 'G', Argument::none, "", ""},
    RunOption{"no-ask-password", 0, Argument::none, "", ""},
    RunOption{"same-dir", 'd', Argument::none, "", ""},
    RunOption{"version", 0, Argument::none, "", ""},
    RunOption{"system", 0, Argument::none, "", ""},
    refused("help", 'h'),
    refused("user"),
    refused("scope"),
    refused("slice", 0, Argument::required),
    refused("slice-inherit"),
    refused("host", 'H', Argument::required),
    refused("machine", 'M', Argument::required),
    refused("send-sighup"),
    refused("pty", 't'),
    refused("pipe", 'P'),
    refused("shell", 'S'),
    refused("on-clock-change"),
    refused("on-timezone-change"),
    refused("path-property", 0, Argument::required),
    refused("socket-property", 0, Argument::required)};

// systemd-run's own options end at the first word that is none.
std::size_t own_words(const Words& argv) {
  std::size_t i = 1;
  for (; i < argv.size() && argv[i].size() > 1 && argv[i][0] == '-'; ++i) {
    if (argv[i] == "--") return i + 1;
    const bool is_long = argv[i].starts_with("--");
    if (is_long && argv[i].find('=') != std::string::npos) continue;
    for (const RunOption& option : options) {
      const bool named =
          is_long ? argv[i].substr(2) == option.name : argv[i] == std::string{'-', option.letter};
      if (named && option.argument == Argument::required) {
        ++i;
        break;
      }
    }
  }
  return std::min(i, argv.size());
}

// As a word of ExecStart= or Environment=: nothing in it is expanded.
std::string quoted(const std::string& word) {
  std::string text = "\"";
  for (char letter : word) {
    if (letter == '"' || letter == '\\') text += '\\';
    if (letter == '%' || letter == '$') text += letter;
    if (letter == '\n')
      text += "\\n";
    else
      text += letter;
  }
  return text + "\"";
}

struct Wanted {
  Words command;
  std::string name, description, service, timer;
  bool wait = false, quiet = false, no_block = false, has_timer = false, version = false, same_folder = false;
  std::string error;
};

void apply(Wanted& wanted, const std::string& name, const std::string& value) {
  const auto option =
      std::find_if(options.begin(), options.end(), [&](const RunOption& one) { return name == one.name; });
  const std::string service = option->service_setting, timer = option->timer_setting;
  if (!option->served && wanted.error.empty())
    wanted.error = "systemd-run: option '--" + name + "' is not served by Squall";
  if (name == "unit") wanted.name = value;
  if (name == "description") wanted.description = value;
  if (name == "property") wanted.service += value + "\n";
  if (name == "timer-property") wanted.timer += value + "\n";
  if (name == "setenv")
    wanted.service += service + quoted(value) + "\n";
  else if (!service.empty())
    wanted.service += service + (option->argument == Argument::required ? value : "") + "\n";
  if (!timer.empty()) wanted.timer += timer + value + "\n";
  wanted.has_timer |= !timer.empty();
  wanted.wait |= name == "wait";
  wanted.version |= name == "version";
  wanted.same_folder |= name == "same-dir";
  wanted.quiet |= name == "quiet";
  wanted.no_block |= name == "no-block";
}

Wanted read_words(const Words& argv) {
  std::vector<journal::Option> table;
  for (const RunOption& one : options) table.push_back({one.name, one.letter, one.argument});
  const auto end = static_cast<std::ptrdiff_t>(own_words(argv));
  const journal::ParsedOptions parsed =
      journal::parse_options("systemd-run", table, Words(argv.begin() + 1, argv.begin() + end));
  Wanted wanted;
  wanted.error = parsed.error;
  wanted.command.assign(argv.begin() + end, argv.end());
  for (const auto& [name, value] : parsed.options) apply(wanted, name, value);
  for (const char* suffix : {".service", ".timer"})
    if (wanted.name.ends_with(suffix))
      wanted.name.resize(wanted.name.size() - std::string_view(suffix).size());
  if (wanted.error.empty() && wanted.command.empty() && !wanted.has_timer && !wanted.version)
    wanted.error = "Command line to execute required.";
  if (wanted.wait && (wanted.has_timer || wanted.no_block))
    wanted.error = wanted.no_block ? "--no-block may not be combined with --wait."
                                   : "--wait may not be combined with --path=, --socket=, or --timer=.";
  return wanted;
}

// The program where the caller's PATH has it; empty when it has not.
std::string find_executable(Driver& driver, program::Context& context, const std::string& name) {
  if (name.find('/') != std::string::npos) return context.resolve(name);
  const std::string path =
      context.env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find(':', at), path.size());
    const std::string file = path.substr(at, end - at) + "/" + name;
    if (driver.disk().exists(file)) return file;
    at = end + 1;
  }
  return {};
}

// The first free run-u7.
std::string free_name(Driver& driver) {
  for (int number = 1;; ++number) {
    std::string name = "run-u" + std::to_string(number);
    if (!driver.disk().exists("/run/systemd/transient/" + name + ".service")) return name;
  }
}

bool in_use(Driver& driver, const std::string& unit) {
  const Unit* loaded = driver.manager().loaded(unit);
  if (loaded != nullptr && (loaded->active() != ActiveState::inactive)) return true;
  const std::vector<std::string>& folders = unit_search_path();
  return std::any_of(folders.begin(), folders.end(), [&](const std::string& folder) {
    return folder != "/run/systemd/transient" && driver.disk().exists(folder + "/" + unit);
  });
}

void write_unit(Driver& driver, const std::string& unit, const std::string& text) {
  driver.disk().make_directories("/run/systemd/transient", 0755);
  driver.disk().write(
      "/run/systemd/transient/" + unit,
      "# This is a transient unit file, created programmatically via the systemd API. Do not edit.\n" + text,
      0644);
}

// --wait: what became of it, in the words of systemd-run; the exit status is the command's own.
world::Task<int> wait_for_end(Driver& driver, program::Context& context, const std::string& unit,
                              bool quiet) {
  const Time began = context.scheduler().now();
  const Unit* run = &driver.load(unit);
  while (!run->is_dead()) {
    co_await world::sleep(context.scheduler(), 10ms);
    run = &driver.load(unit);
  }
  const Exit ended = run->run.main_exit;
  const bool exited = ended.code == ExitCode::exited;
  if (!quiet)
    context.err("Finished with result: " + std::string(to_string(run->run.result)) +
                "\nMain processes terminated with: code=" + std::string(to_string(ended.code)) +
                "/status=" + (exited ? std::to_string(ended.status) : signal_name(ended.status)) +
                "\nService runtime: " + journal::format_timespan(context.scheduler().now() - began, 1ms) +
                "\n");
  co_return exited ? ended.status : 255;
}

world::Task<int> start(Driver& driver, program::Context& context, Wanted wanted) {
  const std::string service = wanted.name + ".service", timer = wanted.name + ".timer";
  const std::string& unit = wanted.has_timer ? timer : service;
  const Driver::Answer answer = driver.request({unit});
  if (answer.refused) {
    context.err("Failed to start transient " + std::string(wanted.has_timer ? "timer" : "service") +
                " unit: " + answer.refused->text + "\n");
    co_return 1;
  }
  if (!wanted.no_block) {
    const JobResult result = co_await answer.result;
    if (result != JobResult::done) {
      context.err("Job for " + unit + " failed.\nSee \"systemctl status " + unit +
                  "\" and \"journalctl -xeu " + unit + "\" for details.\n");
      co_return 1;
    }
  }
  if (!wanted.quiet && wanted.has_timer) context.err("Running timer as unit: " + timer + "\n");
  if (!wanted.quiet && wanted.has_timer && !wanted.command.empty())
    context.err("Will run service as unit: " + service + "\n");
  if (!wanted.quiet && !wanted.has_timer) context.err("Running as unit: " + service + "\n");
  if (!wanted.wait) co_return 0;
  co_return co_await wait_for_end(driver, context, service, wanted.quiet);
}

world::Task<int> run(DriverSource source, program::Context& context) {
  Driver* driver = source();
  if (driver == nullptr || driver->is_down()) {
    context.err("Failed to connect to bus: Connection refused\n");
    co_return 1;
  }
  Wanted wanted = read_words(context.invocation().argv);
  if (wanted.version) {
    context.out(journal::systemd_version);
    co_return 0;
  }
  if (wanted.same_folder) wanted.service += "WorkingDirectory=" + context.invocation().cwd + "\n";
  if (wanted.error.empty() && context.invocation().uid != 0)
    wanted.error = "Failed to start transient service unit: Interactive authentication required.";
  std::string executable;
  if (wanted.error.empty() && !wanted.command.empty()) {
    executable = find_executable(*driver, context, wanted.command[0]);
    if (executable.empty())
      wanted.error = "Failed to find executable " + wanted.command[0] + ": No such file or directory";
  }
  if (wanted.name.empty()) wanted.name = free_name(*driver);
  const std::string service = wanted.name + ".service", timer = wanted.name + ".timer";
  for (const std::string& unit : {service, timer})
    if (wanted.error.empty() && (unit == service ? !wanted.command.empty() : wanted.has_timer) &&
        in_use(*driver, unit))
      wanted.error = "Failed to start transient " + std::string(unit == service ? "service" : "timer") +
                     " unit: Unit " + unit + " was already loaded or has a fragment file.";
  if (!wanted.error.empty()) {
    context.err(wanted.error + "\n");
    co_return 1;
  }
  std::string line = quoted(executable);
  for (std::size_t i = 1; i < wanted.command.size(); ++i) line += " " + quoted(wanted.command[i]);
  std::string shown = executable;
  for (std::size_t i = 1; i < wanted.command.size(); ++i) shown += " " + wanted.command[i];
  std::replace(shown.begin(), shown.end(), '\n', ' ');
  const std::string head =
      "[Unit]\nDescription=" + (wanted.description.empty() ? shown : wanted.description) + "\n";
  if (!wanted.command.empty())
    write_unit(*driver, service, head + "\n[Service]\n" + wanted.service + "ExecStart=" + line + "\n");
  if (wanted.has_timer) write_unit(*driver, timer, head + "\n[Timer]\nRemainAfterElapse=no\n" + wanted.timer);
  driver->daemon_reload();
  co_return co_await start(*driver, context, std::move(wanted));
}

}  // namespace

program::Program systemd_run(DriverSource driver) {
  return [driver = std::move(driver)](program::Context& context) { return run(driver, context); };
}

}  // namespace squall::guest::systemd
