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
  bool in_name_only = false;  // installs, and brings no module to a guest
};

// As the index compares names (PEP 503).
std::string normalized(std::string name) {
  for (char& letter : name) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    if (letter == '_' || letter == '.') letter = '-';
  }
  return name;
}

const std::vector<Distribution>& distributions() {
  static const std::vector<Distribution> known{{"supervisor", "4.2.5", {"supervisord", "supervisorctl"}},
                                               {"awscli", "1.29.0", {"aws"}},
                                               {"pip", "23.2.1", {"pip", "pip3"}},
                                               {"setuptools", "68.0.0", {}},
                                               {"wheel", "0.41.0", {}},
                                               {"boto3", "1.28.0", {}, true},
                                               {"botocore", "1.31.0", {}, true},
                                               {"cryptography", "41.0.2", {}, true},
                                               {"flask", "2.3.2", {}, true},
                                               {"hvac", "1.1.1", {}, true},
                                               {"jinja2", "3.1.2", {}, true},
                                               {"mysql-connector-python", "8.1.0", {}, true},
                                               {"psycopg2-binary", "2.9.6", {}, true},
                                               {"pyyaml", "6.0.1", {}, true},
                                               {"requests", "2.31.0", {}, true},
                                               {"six", "1.16.0", {}, true},
                                               {"urllib3", "2.0.4", {}, true},
                                               {"virtualenv", "20.24.0", {}, true}};
  return known;
}

// Debian 12 keeps pip away from its own Python (PEP 668).
bool externally_managed(const Guest& guest, const std::vector<std::string>& argv) {
  return (guest.system() == System::debian || guest.system() == System::ubuntu_24_04) &&
         std::find(argv.begin(), argv.end(), "--break-system-packages") == argv.end();
}

struct Choice {
  const Distribution* distribution;
  std::string wanted, version;
};

// All are chosen before the first is installed; `complaint` says why one cannot be.
std::vector<Choice> choose(const std::vector<std::string>& argv, std::string& complaint) {
  std::vector<Choice> choices;
  for (std::size_t i = 2; i < argv.size(); ++i) {
    if (argv[i].starts_with('-')) continue;
    const std::string name = normalized(argv[i].substr(0, argv[i].find_first_of("=<>!~[")));
    const auto found = std::find_if(distributions().begin(), distributions().end(),
                                    [&](const Distribution& one) { return name == one.name; });
    // Installing it would need its programs: what is not here is as if the index did not have it.
    if (found == distributions().end()) {
      complaint = "Could not find a version that satisfies the requirement " + argv[i] +
                  " (from versions: none)\nERROR: No matching distribution found for " + argv[i];
      return {};
    }
    const std::size_t equals = argv[i].find("==");
    const std::string asked = equals == std::string::npos ? found->version : argv[i].substr(equals + 2);
    if (asked != found->version && !found->in_name_only) {
      complaint = "No matching distribution found for " + argv[i] + " (Squall has " + found->version + ")";
      return {};
    }
    choices.push_back({&*found, argv[i], asked});
  }
  return choices;
}

void install(Guest& guest, const Choice& choice) {
  for (const std::string& command : choice.distribution->commands) {
    guest.disk().make_directories("/usr/local/bin", 0755);
    guest.disk().write("/usr/local/bin/" + command, guest_program_bytes(), 0755);
  }
  if (choice.distribution->in_name_only)
    guest.trace({.kind = "boot",
                 .text = std::string("Python package ") + choice.distribution->name +
                         ": installed in name only, guests have none of its modules"});
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
  std::string complaint;
  const std::vector<Choice> choices = choose(argv, complaint);
  if (complaint.empty() && choices.empty()) complaint = "You must give at least one requirement to install";
  if (!complaint.empty()) {
    context.err("ERROR: " + complaint + "\n");
    co_return 1;
  }
  std::string installed;
  for (const Choice& choice : choices) {
    co_await world::sleep(context.scheduler(), 3s);
    install(guest, choice);
    context.out("Collecting " + choice.wanted + "\n");
    installed += std::string(" ") + choice.distribution->name + "-" + choice.version;
  }
  context.out("Successfully installed" + installed + "\n");
  co_return 0;
}

}  // namespace

std::map<std::string, program::Program> pip_commands(Guest& guest) {
  auto command = [&guest](program::Context& context) { return pip(guest, context); };
  return {{"pip", command}, {"pip3", command}};
}

}  // namespace squall::guest
