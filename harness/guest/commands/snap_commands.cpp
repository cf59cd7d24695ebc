// snap and lsb_release, which come beside the package managers.
#include <algorithm>

#include "emulator/world/await.hpp"
#include "harness/guest/commands/command_line.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/package_tools.hpp"
#include "harness/guest/commands/packages.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

// A channel chooses among versions, of which this world has one.
constexpr OptionSet snap_options{"classic channel= stable no-wait", "*"};

world::Task<int> snap(Guest& guest, program::Context& context) {
  const CommandLine command = read_command_line(context.invocation().argv, snap_options);
  if (complains(context, command)) co_return 1;
  const Words& words = command.operands;
  if (words.size() < 2 || words[0] != "install") {
    const std::string verb = words.empty() ? "" : words[0];
    if (verb == "start" || verb == "refresh" || verb == "wait") co_return 0;
    refuse(context, verb.empty() ? "a command line without a verb" : verb);
    co_return 64;
  }
  for (std::size_t i = 1; i < words.size(); ++i) {
    std::string name = words[i] == "aws-cli" ? "awscli" : words[i];
    Selection selection = select_package(guest, name);
    bool known = selection.package != nullptr &&
                 (name == "awscli" || name == "jq" || name == "vault" || name == "amazon-ssm-agent");
    if (!known) {
      context.err("error: snap \"" + words[i] + "\" not found\n");
      co_return 1;
    }
    co_await world::sleep(context.scheduler(), install_time(guest, name));
    install_package(guest, selection);
    context.out(words[i] + " " + selection.version + " installed\n");
  }
  co_return 0;
}

// -a, or any of -i -d -r -c, with -s for the bare value.
world::Task<int> lsb_release(Guest& guest, program::Context& context) {
  const SystemFacts& facts = facts_of(guest.system());
  bool ubuntu = is_ubuntu(guest.system()), bare = false;
  std::string asked;
  for (const std::string& word : context.invocation().argv) {
    if (&word == context.invocation().argv.data()) continue;
    static const std::map<std::string, char> long_names = {{"--id", 'i'},      {"--description", 'd'},
                                                           {"--release", 'r'}, {"--codename", 'c'},
                                                           {"--all", 'a'},     {"--short", 's'}};
    auto known = long_names.find(word);
    std::string letters = known != long_names.end()           ? std::string(1, known->second)
                          : word.size() > 1 && word[0] == '-' ? word.substr(1)
                                                              : "?";
    if (letters.find_first_not_of("idrcas") != std::string::npos) {
      context.err("Usage: lsb_release [options]\n\nlsb_release: error: no such option: " + word + "\n");
      co_return 2;
    }
    asked += letters;
  }
  auto wants = [&](char letter) {
    return asked.find(letter) != std::string::npos || asked.find('a') != std::string::npos;
  };
  bare = asked.find('s') != std::string::npos;
  std::string description = context.disk().read("/etc/os-release").value_or("");
  std::size_t begin = description.find("PRETTY_NAME=\"");
  if (begin != std::string::npos)
    description = description.substr(begin + 13, description.find('"', begin + 13) - begin - 13);
  auto tell = [&](char letter, const char* label, const std::string& value) {
    if (wants(letter)) context.out((bare ? "" : std::string(label) + ":\t") + value + "\n");
  };
  tell('i', "Distributor ID", ubuntu ? "Ubuntu" : "Debian");
  tell('d', "Description", description);
  tell('r', "Release", facts.version);
  tell('c', "Codename", facts.codename);
  co_return 0;
}

}  // namespace

std::map<std::string, program::Program> snap_commands(Guest& guest) {
  return {{"snap", bind(guest, snap)}, {"lsb_release", bind(guest, lsb_release)}};
}

}  // namespace squall::guest
