// See pip_command.hpp. The texts are those of pip 23. What is installed goes to /usr/local/bin; no unit and
// no configuration come with it: `supervisord -c FILE` is started by hand or by a unit of the script's own.
#include "harness/guest/machine/pip_command.hpp"

#include <algorithm>
#include <sstream>

#include "emulator/world/await.hpp"
#include "harness/guest/agent/embedded.hpp"
#include "harness/guest/commands/command_line.hpp"

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

// There is one index, one place to install to, and nothing to build.
constexpr OptionSet options{
    "U,upgrade q,quiet v,verbose V,version r,requirement= user I,ignore-installed force-reinstall "
    "no-cache-dir no-input "
    "pre break-system-packages disable-pip-version-check no-warn-script-location root-user-action= no-color "
    "prefer-binary upgrade-strategy= timeout= retries= progress-bar= trusted-host=",
    "*"};

// Debian 12 keeps pip away from its own Python (PEP 668).
bool externally_managed(const Guest& guest, const CommandLine& words) {
  return (guest.system() == System::debian || guest.system() == System::ubuntu_24_04) &&
         !words.has("break-system-packages");
}

// What the command line asks for, and the files of requirements that it names; a file that is not there is
// complained of.
std::vector<std::string> requirements(program::Context& context, const CommandLine& words,
                                      std::string& complaint) {
  std::vector<std::string> wanted(words.operands.begin() + 1, words.operands.end());
  for (const std::string& file : words.values("requirement")) {
    const std::optional<std::string> text = context.disk().read(context.resolve(file));
    if (!text)
      complaint = "Could not open requirements file: [Errno 2] No such file or directory: '" + file + "'";
    std::istringstream lines(text.value_or(""));
    for (std::string line, word; std::getline(lines, line);)
      if (std::istringstream(line.substr(0, line.find('#'))) >> word) wanted.push_back(word);
  }
  return wanted;
}

struct Choice {
  const Distribution* distribution;
  std::string wanted, version;
};

// All are chosen before the first is installed; `complaint` says why one cannot be.
std::vector<Choice> choose(const std::vector<std::string>& wanted, std::string& complaint) {
  std::vector<Choice> choices;
  for (const std::string& one : wanted) {
    const std::string name = normalized(one.substr(0, one.find_first_of("=<>!~[;")));
    const auto found = std::find_if(distributions().begin(), distributions().end(),
                                    [&](const Distribution& known) { return name == known.name; });
    // Installing it would need its programs: what is not here is as if the index did not have it.
    if (found == distributions().end()) {
      complaint = "Could not find a version that satisfies the requirement " + one +
                  " (from versions: none)\nERROR: No matching distribution found for " + one;
      return {};
    }
    const std::size_t equals = one.find("==");
    const std::string asked = equals == std::string::npos ? found->version : one.substr(equals + 2);
    if (asked != found->version && !found->in_name_only) {
      complaint = "No matching distribution found for " + one + " (Squall has " + found->version + ")";
      return {};
    }
    choices.push_back({&*found, one, asked});
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
  const CommandLine words = read_command_line(context.invocation().argv, options);
  if (complains(context, words)) co_return 1;
  const std::string verb = words.operands.empty() ? "" : words.operands[0];
  if (verb.empty() && words.has("version")) {
    context.out("pip 23.2.1 from /usr/local/lib/python3/site-packages/pip (python 3.11)\n");
    co_return 0;
  }
  if (verb != "install") {
    refuse(context, verb.empty() ? "a command line without a command" : verb);
    co_return 1;
  }
  if (externally_managed(guest, words)) {
    context.err(
        "error: externally-managed-environment\n\n\u00d7 This environment is externally managed\n"
        "\u2570\u2500> To install Python packages system-wide, try apt install\n    python3-xyz, where xyz "
        "is the "
        "package you are trying to\n    install.\n");
    co_return 1;
  }
  std::string complaint;
  const std::vector<std::string> wanted = requirements(context, words, complaint);
  std::vector<Choice> choices;
  if (complaint.empty()) choices = choose(wanted, complaint);
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
