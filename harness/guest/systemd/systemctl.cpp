#include "harness/guest/systemd/systemctl.hpp"

#include <algorithm>

#include "harness/guest/journal/options.hpp"
#include "harness/guest/systemd/systemctl_options.hpp"

namespace squall::guest::systemd {
namespace {

const std::vector<journal::Option>& option_table() {
  static const std::vector<journal::Option> table{{"help", 'h', journal::Argument::none},
                                                  {"version", 0, journal::Argument::none},
                                                  {"type", 't', journal::Argument::required},
                                                  {"property", 'p', journal::Argument::required},
                                                  {"", 'P', journal::Argument::required},
                                                  {"all", 'a', journal::Argument::none},
                                                  {"reverse", 0, journal::Argument::none},
                                                  {"after", 0, journal::Argument::none},
                                                  {"before", 0, journal::Argument::none},
                                                  {"show-types", 0, journal::Argument::none},
                                                  {"failed", 0, journal::Argument::none},
                                                  {"full", 'l', journal::Argument::none},
                                                  {"job-mode", 0, journal::Argument::required},
                                                  {"fail", 0, journal::Argument::none},
                                                  {"irreversible", 0, journal::Argument::none},
                                                  {"ignore-dependencies", 0, journal::Argument::none},
                                                  {"ignore-inhibitors", 'i', journal::Argument::none},
                                                  {"check-inhibitors", 0, journal::Argument::required},
                                                  {"value", 0, journal::Argument::none},
                                                  {"user", 0, journal::Argument::none},
                                                  {"system", 0, journal::Argument::none},
                                                  {"global", 0, journal::Argument::none},
                                                  {"wait", 0, journal::Argument::none},
                                                  {"no-block", 0, journal::Argument::none},
                                                  {"legend", 0, journal::Argument::required},
                                                  {"no-legend", 0, journal::Argument::none},
                                                  {"no-pager", 0, journal::Argument::none},
                                                  {"no-wall", 0, journal::Argument::none},
                                                  {"root", 0, journal::Argument::required},
                                                  {"image", 0, journal::Argument::required},
                                                  {"force", 'f', journal::Argument::none},
                                                  {"no-reload", 0, journal::Argument::none},
                                                  {"kill-who", 0, journal::Argument::required},
                                                  {"kill-whom", 0, journal::Argument::required},
                                                  {"signal", 's', journal::Argument::required},
                                                  {"no-ask-password", 0, journal::Argument::none},
                                                  {"host", 'H', journal::Argument::required},
                                                  {"machine", 'M', journal::Argument::required},
                                                  {"runtime", 0, journal::Argument::none},
                                                  {"lines", 'n', journal::Argument::required},
                                                  {"output", 'o', journal::Argument::required},
                                                  {"plain", 0, journal::Argument::none},
                                                  {"state", 0, journal::Argument::required},
                                                  {"recursive", 'r', journal::Argument::none},
                                                  {"with-dependencies", 0, journal::Argument::none},
                                                  {"preset-mode", 0, journal::Argument::required},
                                                  {"now", 0, journal::Argument::none},
                                                  {"message", 0, journal::Argument::required},
                                                  {"show-transaction", 'T', journal::Argument::none},
                                                  {"quiet", 'q', journal::Argument::none},
                                                  {"marked", 0, journal::Argument::none}};
  return table;
}

// Options that ask for what Squall does not have.
bool refused_option(const std::string& name) {
  static const std::vector<std::string> names{"user",  "global",  "root",       "image",
                                              "host",  "machine", "marked",     "with-dependencies",
                                              "after", "before",  "show-types", "preset-mode"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::optional<int> apply_option(Systemctl& call, const std::string& name, const std::string& value) {
  SystemctlOptions& o = call.options;
  auto add = [&](std::vector<std::string>& list) {
    for (const std::string& item : split(value, ','))
      if (!item.empty()) list.push_back(item);
  };
  if (refused_option(name)) {
    call.err("systemctl: option '--" + name + "' is not served by Squall");
    return 1;
  }
  if (name == "version") {
    call.context.out(journal::systemd_version);
    return 0;
  }
  if (name == "help") {
    call.out("systemctl [OPTIONS...] COMMAND ...\n\nQuery or send control commands to the system manager.");
    return 0;
  }
  if (name == "type") add(o.types);
  if (name == "state") add(o.states);
  if (name == "property") add(o.properties);
  if (name == "P") {
    add(o.properties);
    o.value = true;
  }
  if (name == "all") o.all = true;
  if (name == "full") o.full = true;
  if (name == "quiet") o.quiet = true;
  if (name == "value") o.value = true;
  if (name == "now") o.now = true;
  if (name == "no-block") o.no_block = true;
  if (name == "wait") o.wait = true;
  if (name == "no-reload") o.no_reload = true;
  if (name == "runtime") o.runtime = true;
  if (name == "plain") o.plain = true;
  if (name == "no-legend") o.no_legend = true;
  if (name == "legend") o.no_legend = !parse_boolean(value).value_or(true);
  if (name == "failed") o.states.emplace_back("failed");
  if (name == "reverse") o.reverse = true;
  if (name == "show-transaction") o.show_transaction = true;
  if (name == "force") o.force = true;
  if (name == "no-pager") o.no_pager = true;
  if (name == "signal") o.signal = value;
  if (name == "kill-who" || name == "kill-whom") o.kill_who = value;
  if (name == "output") o.output = value;
  if (name == "job-mode") o.job_mode = value;
  if (name == "fail") o.job_mode = "fail";
  if (name == "irreversible") o.job_mode = "replace-irreversibly";
  if (name == "ignore-dependencies") o.job_mode = "ignore-dependencies";
  if (name == "lines") {
    const bool digits =
        !value.empty() && value.size() < 8 && value.find_first_not_of("0123456789") == std::string::npos;
    if (value != "all" && !digits) {
      call.err("Failed to parse lines '" + value + "'");
      return 1;
    }
    o.lines = value == "all" ? 1'000'000 : std::stoi(value);
  }
  return std::nullopt;
}

// What a unit keeps in folders of its own stays; most have none.
int run_clean(Systemctl& call) {
  for (const std::string& name : call.unit_names()) {
    const auto& folders = call.driver.load(name).config.service.directories;
    const bool keeps =
        std::any_of(folders.begin(), folders.end(), [](const auto& kind) { return !kind.second.empty(); });
    call.err(keeps
                 ? "systemctl: clean of a unit with folders of its own (" + name + ") is not served by Squall"
                 : "Failed to clean unit " + name + ": No matching resources found.");
  }
  return 1;
}

using Sync = int (*)(Systemctl&);
Sync find_query(const std::string& verb) {
  static const std::map<std::string_view, Sync> verbs{
      {"is-active", run_is_active},
      {"check", run_is_active},
      {"is-failed", run_is_failed},
      {"is-enabled", run_is_enabled},
      {"is-system-running", run_is_system_running},
      {"status", run_status},
      {"show", run_show},
      {"cat", run_cat},
      {"list-units", run_list_units},
      {"list-unit-files", run_list_unit_files},
      {"list-timers", run_list_timers},
      {"list-jobs", run_list_jobs},
      {"list-dependencies", run_list_dependencies},
      {"get-default",
       [](Systemctl& call) {
         auto link = call.driver.disk().read_link("/etc/systemd/system/default.target");
         call.out(link ? link->substr(link->rfind('/') + 1) : "graphical.target");
         return 0;
       }},
      {"show-environment",
       [](Systemctl& call) {
         call.out("LANG=C.UTF-8\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
         return 0;
       }},
      {"edit",
       [](Systemctl& call) {
         call.err("Cannot edit units if not on a tty.");
         return 1;
       }},
      {"help",
       [](Systemctl& call) {
         for (const std::string& name : call.unit_names())
           for (const std::string& page : call.driver.load(name).config.documentation)
             call.err("Can't show: " + page);
         return 0;
       }},
      {"clean", run_clean},
      {"freeze",
       [](Systemctl& call) {
         for (const std::string& name : call.unit_names()) {
           const Unit& unit = call.driver.load(name);
           call.err("Failed to freeze unit " + name + ": " +
                    (unit.is_dead() ? "Unit is inactive." : "Freezing is not served by Squall."));
         }
         return 1;
       }},
  };
  auto found = verbs.find(verb);
  return found == verbs.end() ? nullptr : found->second;
}

struct JobVerb {
  JobType type;
  std::string method;  // as errors name it: "Failed to <method> x.service: ..."
};

std::optional<JobVerb> find_job_verb(const std::string& verb) {
  if (verb == "start") return JobVerb{JobType::start, "start"};
  if (verb == "stop") return JobVerb{JobType::stop, "stop"};
  if (verb == "restart") return JobVerb{JobType::restart, "restart"};
  if (verb == "reload") return JobVerb{JobType::reload, "reload"};
  if (verb == "try-restart" || verb == "condrestart") return JobVerb{JobType::try_restart, "try-restart"};
  if (verb == "reload-or-restart" || verb == "force-reload")
    return JobVerb{JobType::reload_or_start, "reload-or-restart"};
  if (verb == "try-reload-or-restart" || verb == "reload-or-try-restart" || verb == "condreload")
    return JobVerb{JobType::try_reload, "reload-or-try-restart"};
  return std::nullopt;
}

// Verbs of systemd 252 that ask for what Squall does not have.
bool is_refused_verb(const std::string& verb) {
  static const std::vector<std::string> verbs{"list-automounts",
                                              "list-sockets",
                                              "list-machines",
                                              "thaw",
                                              "bind",
                                              "mount-image",
                                              "service-log-level",
                                              "service-log-target",
                                              "preset-all",
                                              "add-wants",
                                              "add-requires",
                                              "cancel",
                                              "set-environment",
                                              "unset-environment",
                                              "import-environment",
                                              "log-level",
                                              "log-target",
                                              "service-watchdogs",
                                              "default",
                                              "rescue",
                                              "emergency",
                                              "kexec",
                                              "exit",
                                              "switch-root",
                                              "suspend",
                                              "hibernate",
                                              "hybrid-sleep",
                                              "suspend-then-hibernate",
                                              "link"};
  return std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
}

bool is_install_verb(const std::string& verb) {
  static const std::vector<std::string> verbs{"enable", "disable", "reenable", "preset",
                                              "mask",   "unmask",  "revert",   "set-default"};
  return std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
}

bool needs_argument(const std::string& verb) {
  static const std::vector<std::string> verbs{"is-active", "is-failed", "is-enabled", "cat",
                                              "kill",      "isolate",   "edit",       "help",
                                              "clean",     "freeze",    "check",      "set-property"};
  return find_job_verb(verb) || is_install_verb(verb) ||
         std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
}

// What a verb would print in another form than Squall has.
bool has_output(const std::string& verb, const std::string& output) {
  return output == "short" || (output == "json" && verb == "list-units");
}

// --wait: until the boot has ended, well or not.
world::Task<> wait_for_boot(Systemctl& call) {
  while (call.driver.manager().system_state() == SystemState::starting)
    co_await world::sleep(call.context.scheduler(), 50ms);
}

world::Task<int> dispatch(Systemctl& call) {
  const std::string& verb = call.verb;
  const bool other_output = !has_output(verb, call.options.output);
  if (is_refused_verb(verb) || other_output) {
    call.err("systemctl: " + verb + (other_output ? " --output=" + call.options.output : "") +
             " is not served by Squall");
    co_return 1;
  }
  if (needs_argument(verb) && call.arguments.empty()) {
    call.err("Too few arguments.");
    co_return 1;
  }
  if (auto job = find_job_verb(verb)) co_return co_await run_job_verb(call, job->type, job->method);
  if (is_install_verb(verb)) co_return co_await run_install_verb(call);
  if (verb == "isolate") co_return co_await run_isolate(call);
  if (verb == "kill") co_return co_await run_kill(call);
  if (verb == "reset-failed") co_return co_await run_reset_failed(call);
  if (verb == "daemon-reload" || verb == "daemon-reexec") co_return co_await run_daemon_reload(call);
  if (verb == "set-property") co_return co_await run_set_property(call);
  if (verb == "reboot") co_return co_await run_power(call, ShutdownMode::reboot);
  if (verb == "poweroff") co_return co_await run_power(call, ShutdownMode::poweroff);
  if (verb == "halt") co_return co_await run_power(call, ShutdownMode::halt);
  if (Sync query = find_query(verb)) {
    co_await world::sleep(call.context.scheduler(), query_time);
    if (call.options.wait && verb == "is-system-running") co_await wait_for_boot(call);
    co_return query(call);
  }
  call.err("Unknown command verb " + verb + ".");
  co_return 1;
}

world::Task<int> run_systemctl(DriverSource source, program::Context& context) {
  Driver* driver = source();
  if (driver == nullptr || driver->is_down()) {
    context.err("Failed to connect to bus: Connection refused\n");
    co_return 1;
  }
  Systemctl call{context, *driver, {}, {}, {}};
  if (auto code = parse_systemctl(call)) co_return *code;
  co_return co_await dispatch(call);
}

}  // namespace

std::optional<int> parse_systemctl(Systemctl& call) {
  const auto& argv = call.context.invocation().argv;
  const journal::ParsedOptions parsed = journal::parse_options(
      "systemctl", option_table(), std::vector<std::string>(argv.begin() + 1, argv.end()));
  if (!parsed.error.empty()) {
    call.err(parsed.error);
    return 1;
  }
  for (const auto& [name, value] : parsed.options)
    if (auto code = apply_option(call, name, value)) return code;
  if (call.options.wait && call.options.no_block) {
    call.err("--wait may not be combined with --no-block.");
    return 1;
  }
  call.verb = parsed.rest.empty() ? "list-units" : parsed.rest.front();
  if (!parsed.rest.empty()) call.arguments.assign(parsed.rest.begin() + 1, parsed.rest.end());
  return std::nullopt;
}

std::vector<std::string> Systemctl::unit_names(const std::string& suffix) {
  std::vector<std::string> names;
  for (const std::string& argument : arguments) {
    std::string mangled = mangle_unit_name(argument, suffix);
    const bool odd = mangled != argument && mangled != argument + suffix;
    if (odd && !options.quiet && !is_glob(argument)) {
      std::string shown = mangled;
      if (mangled == mangle_unit_name(argument, "") + suffix) shown.resize(shown.size() - suffix.size());
      err("Invalid unit name \"" + argument + "\" escaped as \"" + shown +
          "\" (maybe you should use systemd-escape?).");
    }
    names.push_back(std::move(mangled));
  }
  return names;
}

std::vector<std::string> Systemctl::expand(const std::vector<std::string>& names) {
  std::vector<std::string> result;
  for (const std::string& name : names) {
    if (!is_glob(name)) {
      result.push_back(name);
      continue;
    }
    for (const Unit* unit : driver.manager().units())
      if (glob_match(name, unit->name) && unit->config.load_state != LoadState::not_found)
        result.push_back(unit->name);
  }
  return result;
}

program::Program systemctl(DriverSource driver) {
  return [driver = std::move(driver)](program::Context& context) { return run_systemctl(driver, context); };
}

namespace {

world::Task<int> run_service(DriverSource source, program::Context& context) {
  const auto& argv = context.invocation().argv;
  if (argv.size() == 2 && argv[1] == "--status-all") {
    context.err("service: --status-all is not served by Squall\n");
    co_return 1;
  }
  if (argv.size() < 3 || argv[1].starts_with('-')) {
    context.err("Usage: service < option > | --status-all | [ service_name [ command | --full-restart ] ]\n");
    co_return 1;
  }
  Driver* driver = source();
  if (driver == nullptr || driver->is_down()) {
    context.err("Failed to connect to bus: Connection refused\n");
    co_return 1;
  }
  const std::string unit = argv[1].find('.') == std::string::npos ? argv[1] + ".service" : argv[1];
  Systemctl call{context, *driver, {}, argv[2], {unit}};
  if (argv[2] == "--full-restart") {
    call.verb = "stop";
    co_await dispatch(call);
    call.verb = "start";
  }
  if (argv[2] == "force-reload") call.verb = "reload-or-restart";
  co_return co_await dispatch(call);
}

}  // namespace

program::Program service_command(DriverSource driver) {
  return [driver = std::move(driver)](program::Context& context) { return run_service(driver, context); };
}

}  // namespace squall::guest::systemd
