// snap, gpg and lsb_release, which come beside the package managers.
#include <algorithm>

#include "emulator/base/encoding.hpp"
#include "emulator/world/await.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/package_tools.hpp"
#include "harness/guest/commands/packages.hpp"
#include "harness/guest/commands/web.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

world::Task<int> snap(Guest& guest, program::Context& context) {
  Words words = package_operands(context.invocation().argv);
  if (words.size() < 2 || words[0] != "install") {
    if (!words.empty() && (words[0] == "start" || words[0] == "refresh" || words[0] == "list")) co_return 0;
    context.err("error: unknown command\n");
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

// gpg --dearmor, --import, --verify: the form of a key is looked at, its mathematics is not.
world::Task<int> gpg(Guest&, program::Context& context) {
  const Words& argv = context.invocation().argv;
  std::string output, action;
  Words files;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    if ((argv[i] == "-o" || argv[i] == "--output") && i + 1 < argv.size())
      output = argv[++i];
    else if (argv[i] == "--keyring" || argv[i] == "--homedir" || argv[i] == "--keyserver")
      ++i;
    else if (argv[i] == "--dearmor" || argv[i] == "--import" || argv[i] == "--verify" ||
             argv[i] == "--fingerprint" || argv[i] == "--list-keys" || argv[i] == "--import-ownertrust")
      action = argv[i];
    else if (argv[i] == "--recv-keys" || argv[i] == "--recv-key")
      action = argv[i];
    else if (argv[i].empty() || argv[i][0] != '-' || argv[i] == "-")
      files.push_back(argv[i]);
  }
  bool from_input = files.empty() || files[0] == "-";
  if (action == "--verify") {
    for (const std::string& file : files)
      if (!context.disk().exists(context.resolve(file))) {
        context.err("gpg: can't open '" + file + "': No such file or directory\n");
        co_return 2;
      }
    context.err(
        "gpg: Good signature from \"HashiCorp Security (hashicorp.com/security) <security@hashicorp.com>\" "
        "[unknown]\n");
    co_return 0;
  }
  if (action == "--import-ownertrust" || action == "--fingerprint" || action == "--list-keys" ||
      action.starts_with("--recv"))
    co_return 0;
  if (action != "--dearmor" && action != "--import") {
    context.err("gpg: this use of gpg is not served by Squall's guests\n");
    co_return 2;
  }
  std::string armored;
  if (from_input)
    armored = co_await context.read_input();
  else
    armored = context.disk().read(context.resolve(files[0])).value_or("");
  std::size_t begin = armored.find("-----BEGIN PGP"), body = armored.find("\n\n", begin),
              end = armored.find("\n=", body);
  if (begin == std::string::npos || body == std::string::npos) {
    context.err("gpg: no valid OpenPGP data found.\n");
    co_return 2;
  }
  if (action == "--import") {
    context.err("gpg: Total number processed: 1\ngpg:               imported: 1\n");
    co_return 0;
  }
  std::string text =
      armored.substr(body, end == std::string::npos ? armored.find("\n-----END", body) - body : end - body);
  std::erase(text, '\n');
  std::string key = base::base64_decode(text).value_or(text);
  if (output.empty() || output == "-")
    context.out(key);
  else
    context.disk().write(context.resolve(output), key, 0644);
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

std::map<std::string, program::Program> key_commands(Guest& guest) {
  return {{"snap", bind(guest, snap)}, {"gpg", bind(guest, gpg)}, {"lsb_release", bind(guest, lsb_release)}};
}

}  // namespace squall::guest
