// systemctl enable, disable, reenable, preset, mask, unmask, revert, set-default.
#include "harness/guest/systemd/install.hpp"
#include "harness/guest/systemd/systemctl_options.hpp"
#include "harness/guest/systemd/unit_loader.hpp"
#include "harness/guest/systemd/vendor_units.hpp"

namespace squall::guest::systemd {
namespace {

constexpr const char* no_install_text =
    "The unit files have no installation config (WantedBy=, RequiredBy=, Also=,\n"
    "Alias= settings in the [Install] section, and DefaultInstance= for template\n"
    "units). This means they are not meant to be enabled using systemctl.\n"
    " \n"
    "Possible reasons for having this kind of units are:\n"
    "\u2022 A unit may be statically enabled by being symlinked from another unit's\n"
    "  .wants/ or .requires/ directory.\n"
    "\u2022 A unit's purpose may be to act as a helper for some other unit which has\n"
    "  a requirement dependency on it.\n"
    "\u2022 A unit may be started when needed via activation (socket, path, timer,\n"
    "  D-Bus, udev, scripted systemctl call, ...).\n"
    "\u2022 In case of template units, the unit is meant to be enabled with some\n"
    "  instance name specified.";

InstallOutcome change_files(Systemctl& call, const std::vector<std::string>& names) {
  world::Disk& disk = call.driver.disk();
  const bool runtime = call.options.runtime;
  if (call.verb == "disable") return disable_units(disk, names, runtime);
  if (call.verb == "mask") return mask_units(disk, names, runtime);
  if (call.verb == "unmask") return unmask_units(disk, names, runtime);
  if (call.verb == "revert") return revert_units(disk, names);
  if (call.verb == "reenable") {
    InstallOutcome removed = disable_units(disk, names, runtime);
    if (!removed.error.empty()) return removed;
    InstallOutcome made = enable_units(disk, names, runtime);
    made.lines.insert(made.lines.begin(), removed.lines.begin(), removed.lines.end());
    return made;
  }
  InstallOutcome outcome = enable_units(disk, names, runtime);
  // Debian's preset enables everything; there is nothing to tell when that changes nothing.
  if (call.verb == "preset") outcome.nothing_to_install = false;
  return outcome;
}

int set_default(Systemctl& call) {
  const std::string name = mangle_unit_name(call.arguments.front(), ".target");
  const char* const place = "/etc/systemd/system/default.target";
  world::Disk& disk = call.driver.disk();
  std::string path = vendor_unit(name) ? "/lib/systemd/system/" + name : "";
  for (const std::string& folder : unit_search_path())
    if (path.empty() && disk.exists(folder + "/" + name)) path = folder + "/" + name;
  if (path.empty() || !name.ends_with(".target")) {
    call.err("Failed to set default target: " +
             (path.empty() ? "Unit file " + name + " does not exist." : std::string("Invalid argument")));
    return 1;
  }
  if (disk.read_link(place)) {
    disk.remove(place);
    if (!call.options.quiet) call.err("Removed \"" + std::string(place) + "\".");
  }
  disk.symlink(path, place);
  if (!call.options.quiet) call.err("Created symlink " + std::string(place) + " \u2192 " + path + ".");
  if (!call.options.no_reload) call.driver.daemon_reload();
  return 0;
}

}  // namespace

world::Task<int> run_install_verb(Systemctl& call) {
  if (!call.privileged()) {
    co_await world::sleep(call.context.scheduler(), query_time);
    call.err("Failed to " + std::string(call.verb) + " unit: Access denied");
    co_return 1;
  }
  co_await world::sleep(call.context.scheduler(), call.options.no_reload ? query_time : reload_time);
  if (call.verb == "set-default") co_return set_default(call);
  std::vector<std::string> names;
  for (const std::string& argument : call.arguments)
    names.push_back(argument.starts_with('/') ? argument : mangle_unit_name(argument));
  const InstallOutcome outcome = change_files(call, names);
  if (!call.options.quiet)
    for (const std::string& line : outcome.lines) call.err(line);
  if (!outcome.error.empty()) {
    const std::string what = call.verb == "reenable" || call.verb == "preset" ? "enable" : call.verb;
    call.err("Failed to " + what + " unit: " + outcome.error);
    co_return 1;
  }
  const bool enabling = call.verb == "enable" || call.verb == "reenable";
  if (enabling && outcome.nothing_to_install && !call.options.quiet) call.err(no_install_text);
  if (!call.options.no_reload) call.driver.daemon_reload();
  // Of the other verbs --now is taken and does nothing, as in systemctl.c.
  const bool acts = call.verb == "enable" || call.verb == "disable" || call.verb == "mask";
  if (!call.options.now || !acts) co_return 0;
  for (std::string& name : names) name = name.substr(name.rfind('/') + 1);
  call.arguments = names;
  co_return co_await run_job_verb(call, enabling ? JobType::start : JobType::stop,
                                  enabling ? "start" : "stop");
}

}  // namespace squall::guest::systemd
