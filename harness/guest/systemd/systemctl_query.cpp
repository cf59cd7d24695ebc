// The short questions: is-active, is-failed, is-enabled, is-system-running, cat.
#include "harness/guest/systemd/install.hpp"
#include "harness/guest/systemd/systemctl_options.hpp"
#include "harness/guest/systemd/unit_loader.hpp"
#include "harness/guest/systemd/vendor_units.hpp"

namespace squall::guest::systemd {
namespace {

std::string state_of(Systemctl& call, const std::string& name) {
  return std::string(to_string(call.driver.load(name).active()));
}

}  // namespace

std::string control_group(const std::string& unit) {
  std::string slice = "/system.slice/";
  if (!unit_instance(unit).empty()) {
    std::string prefix = unit_prefix(unit);
    slice += "system-" + prefix + ".slice/";
  }
  return slice + unit;
}

int run_is_active(Systemctl& call) {
  bool any = false;
  for (const std::string& name : call.expand(call.unit_names())) {
    const std::string state = state_of(call, name);
    if (!call.options.quiet) call.out(state);
    any = any || state == "active" || state == "reloading";
  }
  return any ? 0 : 3;
}

int run_is_failed(Systemctl& call) {
  bool any = false;
  for (const std::string& name : call.expand(call.unit_names())) {
    const std::string state = state_of(call, name);
    if (!call.options.quiet) call.out(state);
    any = any || state == "failed";
  }
  return any ? 0 : 1;
}

int run_is_enabled(Systemctl& call) {
  bool any = false;
  for (const std::string& name : call.unit_names()) {
    const std::string state = unit_file_state(call.driver.disk(), name);
    if (state.empty()) {
      if (!call.options.quiet)
        call.err("Failed to get unit file state for " + name + ": No such file or directory");
      return 1;
    }
    if (!call.options.quiet) call.out(state);
    any = any || state.starts_with("enabled") || state == "static" || state == "alias" || state == "indirect";
  }
  return any ? 0 : 1;
}

int run_is_system_running(Systemctl& call) {
  static constexpr const char* states[]{"starting", "running", "degraded", "stopping"};
  const SystemState state = call.driver.manager().system_state();
  if (!call.options.quiet) call.out(states[static_cast<std::size_t>(state)]);
  return state == SystemState::running ? 0 : 1;
}

int run_cat(Systemctl& call) {
  bool first = true;
  for (const std::string& name : call.expand(call.unit_names())) {
    const Unit& unit = call.driver.load(name);
    if (unit.config.fragment_path.empty()) {
      call.err("No files found for " + name + ".");
      return 1;
    }
    std::vector<std::string> paths{unit.config.fragment_path};
    paths.insert(paths.end(), unit.config.dropin_paths.begin(), unit.config.dropin_paths.end());
    for (const std::string& path : paths) {
      std::string content = call.driver.disk().read(path).value_or("");
      if (content.empty()) content = vendor_unit(path.substr(path.rfind('/') + 1)).value_or("");
      if (!first) call.out("");
      first = false;
      call.out("# " + path);
      call.context.out(content);
      if (!content.empty() && content.back() != '\n') call.out("");
    }
  }
  return 0;
}

}  // namespace squall::guest::systemd
