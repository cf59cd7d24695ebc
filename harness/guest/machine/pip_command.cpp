// See pip_command.hpp. The texts are those of pip 23. What is installed goes to /usr/local/bin; no unit and
// no configuration come with it: `supervisord -c FILE` is started by hand or by a unit of the script's own.
#include "harness/guest/machine/pip_command.hpp"

#include <algorithm>

#include "emulator/world/await.hpp"
#include "harness/guest/agent/embedded.hpp"

namespace squall::guest {
namespace {

struct Distribution {
  const char* name;
  const char* version;
  std::vector<std::string> commands;
};

const std::vector<Distribution>& distributions() {
  static const std::vector<Distribution> known{{"supervisor", "4.2.5", {"supervisord", "supervisorctl"}},
                                               {"boto3", "1.28.0", {}},
                                               {"pip", "23.2.1", {}},
                                               {"setuptools", "68.0.0", {}},
                                               {"wheel", "0.41.0", {}}};
  return known;
}

int refuse(program::Context& context, const std::string& text) {
  context.err("ERROR: " + text + "\n");
  return 1;
}

// Debian 12 keeps pip away from its own Python (PEP 668).
bool externally_managed(const Guest& guest, const std::vector<std::string>& argv) {
  return (guest.system() == System::debian || guest.system() == System::ubuntu_24_04) &&
         std::find(argv.begin(), argv.end(), "--break-system-packages") == argv.end();
}

world::Task<int> pip(Guest& guest, program::Context& context) {
  const auto& argv = context.invocation().argv;
  if (argv.size() < 2 || argv[1] != "install") {
    context.err("pip: only `install` is served by Squall\n");
    co_return 1;
  }
  if (externally_managed(guest, argv)) {
    context.err(
        "error: externally-managed-environment\n\n\u00d7 This environment is externally managed\n"
        "\u2570\u2500> To install Python packages system-wide, try apt install\n    python3-xyz, where xyz "
        "is the "
        "package you are trying to\n    install.\n");
    co_return 1;
  }
  std::string installed;
  for (std::size_t i = 2; i < argv.size(); ++i) {
    if (argv[i].starts_with('-')) continue;
    const std::string name = argv[i].substr(0, argv[i].find_first_of("=<>!~["));
    const auto found = std::find_if(distributions().begin(), distributions().end(),
                                    [&](const Distribution& one) { return name == one.name; });
    // Installing it would need its programs: what is not here is as if the index did not have it.
    if (found == distributions().end()) {
      context.err("ERROR: Could not find a version that satisfies the requirement " + argv[i] +
                  " (from versions: none)\n");
      co_return refuse(context, "No matching distribution found for " + argv[i]);
    }
    const std::string version = found->version;
    if (argv[i].find("==") != std::string::npos && argv[i] != name + "==" + version)
      co_return refuse(context,
                       "No matching distribution found for " + argv[i] + " (Squall has " + version + ")");
    co_await world::sleep(context.scheduler(), 3s);
    for (const std::string& command : found->commands) {
      guest.disk().make_directories("/usr/local/bin", 0755);
      guest.disk().write("/usr/local/bin/" + command, guest_program_bytes(), 0755);
    }
    context.out("Collecting " + argv[i] + "\n");
    installed += " " + name + "-" + version;
  }
  if (installed.empty()) co_return refuse(context, "You must give at least one requirement to install");
  context.out("Successfully installed" + installed + "\n");
  co_return 0;
}

}  // namespace

std::map<std::string, program::Program> pip_commands(Guest& guest) {
  auto command = [&guest](program::Context& context) { return pip(guest, context); };
  return {{"pip", command}, {"pip3", command}};
}

}  // namespace squall::guest
