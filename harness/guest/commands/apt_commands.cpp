// apt-get, apt, apt-mark, add-apt-repository: as far as scripts that set up machines use them, with their own
// texts and exit codes (apt 2.6).
#include <algorithm>

#include "emulator/world/await.hpp"
#include "harness/guest/commands/command_line.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/package_tools.hpp"
#include "harness/guest/commands/packages.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

// Whatever is installed here is the newest of its kind and comes from a repository that is trusted, so that
// most options make no difference.
constexpr OptionSet apt_options{
    "y,yes assume-yes q quiet? f,fix-broken m,ignore-missing fix-missing u,show-upgraded V,verbose-versions "
    "no-install-recommends no-install-suggests install-recommends install-suggests no-upgrade only-upgrade "
    "with-new-pkgs reinstall purge auto-remove autoremove no-remove allow-unauthenticated allow-downgrades "
    "allow-change-held-packages allow-remove-essential allow-insecure-repositories allow-releaseinfo-change "
    "force-yes show-progress no-show-progress no-list-cleanup installed upgradable o,option= "
    "t,target-release= "
    "default-release= c,config-file=",
    "*"};

// "-q=2" is as good as "-q".
Words apt_words(program::Context& context) {
  Words argv = context.invocation().argv;
  for (std::string& word : argv)
    if (word.starts_with("-q=")) word = "-q";
  return argv;
}

bool refuse_users(program::Context& context) {
  if (context.invocation().uid == 0) return false;
  context.err(
      "E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\n"
      "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?\n");
  return true;
}

// What the words ask for; the manager's complaints are told. A word with a slash at its start is a file.
world::Task<std::vector<Selection>> select_all(Guest& guest, program::Context& context, const Words& words,
                                               bool& unknown) {
  std::vector<Selection> wanted;
  for (const std::string& word : words) {
    Selection selection;
    if (word.starts_with('/') || word.starts_with("./")) {
      PackageFile file = co_await read_package_file(guest, context, word);
      selection = file.selection;
      if (selection.package == nullptr)
        context.err(file.found ? "E: " + word + " is no package that Squall's guests know\n"
                               : "E: Unsupported file " + word + " given on commandline\n");
    } else {
      selection = select_package(guest, word);
      if (selection.package != nullptr && selection.package->from_hashicorp &&
          !context.disk().exists(hashicorp_index))
        selection = {};
      if (selection.package == nullptr)
        context.err("E: Unable to locate package " + word.substr(0, word.find('=')) + "\n");
      else if (selection.version.empty())
        context.err("E: Version '" + word.substr(word.find('=') + 1) + "' for '" + selection.package->name +
                    "' was not found\n");
    }
    if (selection.package == nullptr) tell_unknown_package(guest, word);
    if (selection.package == nullptr || selection.version.empty())
      unknown = true;
    else if (!holds(wanted, selection))
      wanted.push_back(selection);
  }
  co_return wanted;
}

std::string counts(std::size_t installed, std::size_t removed) {
  return "0 upgraded, " + std::to_string(installed) + " newly installed, " + std::to_string(removed) +
         " to remove and 0 not upgraded.\n";
}

constexpr char reading[] =
    "Reading package lists...\nBuilding dependency tree...\nReading state information...\n";

world::Task<int> apt_install(Guest& guest, program::Context& context, const CommandLine& words) {
  context.out(reading);
  bool unknown = false;
  std::vector<Selection> wanted = co_await select_all(guest, context, words.operands, unknown);
  if (unknown) co_return 100;
  std::erase_if(wanted, [&](const Selection& one) {
    const std::string& name = one.package->name;
    auto version = installed_version(guest, name);
    if (version) context.out(name + " is already the newest version (" + *version + ").\n");
    const bool skipped = !version && words.has("only-upgrade");
    if (skipped) context.out("Skipping " + name + ", it is not installed and only upgrades are requested.\n");
    return version || skipped;
  });
  Words fresh;
  for (const Selection& one : wanted) fresh.push_back(one.package->name);
  if (!fresh.empty()) context.out("The following NEW packages will be installed:\n  " + joined(fresh) + "\n");
  context.out(counts(fresh.size(), 0));
  if (fresh.empty()) co_return 0;
  co_await world::sleep(context.scheduler(), install_time(guest, joined(fresh)));
  for (const Selection& one : wanted) unpack_deb(guest, context, one);
  co_return 0;
}

int apt_remove(Guest& guest, program::Context& context, const Words& names) {
  context.out(reading);
  Words installed;
  for (const std::string& name : names) {
    if (is_installed(guest, name)) {
      installed.push_back(name);
    } else if (select_package(guest, name).package != nullptr) {
      context.out("Package '" + name + "' is not installed, so not removed\n");
    } else {
      context.err("E: Unable to locate package " + name + "\n");
      return 100;
    }
  }
  if (!installed.empty())
    context.out("The following packages will be REMOVED:\n  " + joined(installed) + "\n");
  context.out(counts(0, installed.size()));
  for (const std::string& name : installed) {
    context.out("Removing " + name + " (" + *installed_version(guest, name) + ") ...\n");
    remove_package(guest, name);
  }
  return 0;
}

// apt list: of what is installed, or of the packages that are named.
int apt_list(Guest& guest, program::Context& context, const CommandLine& words) {
  const bool installed_only = words.has("installed");
  if (words.operands.empty() && !installed_only && !words.has("upgradable")) {
    refuse(context, "a list of all packages");
    return 100;
  }
  context.out("Listing...\n");
  if (words.has("upgradable")) return 0;
  const auto tell = [&](const std::string& name, const std::string& version, bool installed) {
    context.out(name + "/" + facts_of(guest.system()).codename + (installed ? ",now " : " ") + version +
                " amd64" + (installed ? " [installed]" : "") + "\n");
  };
  if (words.operands.empty())
    for (const auto& [name, version] : installed_packages(guest)) tell(name, version, true);
  for (const std::string& name : words.operands) {
    const Package* package = select_package(guest, name).package;
    if (auto version = installed_version(guest, name))
      tell(name, *version, true);
    else if (package != nullptr && !installed_only)
      tell(name, package->version, false);
  }
  return 0;
}

world::Task<int> run_apt(Guest& guest, program::Context& context, bool for_people) {
  CommandLine words = read_command_line(apt_words(context), apt_options);
  if (complains(context, words)) co_return 100;
  const std::string verb = words.operands.empty() ? "" : words.operands[0];
  if (!words.operands.empty()) words.operands.erase(words.operands.begin());
  if (for_people) {
    context.err("\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n");
    if (verb == "list") co_return apt_list(guest, context, words);
    if (verb == "show" || verb == "policy") co_return co_await apt_cache(guest, context);
  }
  const bool changes = is_among(verb, {"update", "install", "upgrade", "dist-upgrade", "full-upgrade",
                                       "remove", "purge", "clean", "autoremove", "autopurge", "autoclean"});
  if (changes && refuse_users(context)) co_return 100;
  if (verb == "update") co_return co_await apt_update(guest, context);
  if (verb == "install") co_return co_await apt_install(guest, context, words);
  if (verb == "remove" || verb == "purge") co_return apt_remove(guest, context, words.operands);
  if (verb == "upgrade" || verb == "dist-upgrade" || verb == "full-upgrade") {
    co_await world::sleep(context.scheduler(), install_time(guest, verb));
    context.out("Reading package lists...\n" + counts(0, 0));
    co_return 0;
  }
  if (changes || verb == "check") co_return 0;
  if (is_among(verb, {"source", "download", "build-dep", "changelog", "satisfy", "indextargets", "search",
                      "edit-sources", "dselect-upgrade", "depends", "rdepends", "help"}))
    refuse(context, verb);
  else
    context.err("E: Invalid operation " + verb + "\n");
  co_return 100;
}

world::Task<int> apt(Guest& guest, program::Context& context) { return run_apt(guest, context, true); }
world::Task<int> apt_get(Guest& guest, program::Context& context) { return run_apt(guest, context, false); }

constexpr OptionSet repository_options{"y,yes n,no-update u,update m,massive-debug", "*"};

world::Task<int> add_repository(Guest& guest, program::Context& context) {
  const CommandLine words = read_command_line(context.invocation().argv, repository_options);
  if (complains(context, words)) co_return 1;
  if (words.operands.empty()) {
    context.err("Error: need a single repository as argument\n");
    co_return 1;
  }
  std::string line = joined(words.operands);
  std::string name = line.find("hashicorp") != std::string::npos ? "hashicorp" : "added";
  context.disk().make_directories("/etc/apt/sources.list.d", 0755);
  context.disk().append("/etc/apt/sources.list.d/" + name + ".list", line + "\n", 0644);
  context.out("Repository: '" + line + "'\nAdding repository.\n");
  // The distributions' own tool updates at once, unless told not to.
  if (words.has("no-update")) co_return 0;
  co_await apt_update(guest, context);
  co_return 0;
}

// What a package is held at, or asked at its installation, changes nothing here.
world::Task<int> apt_mark(Guest& guest, program::Context& context) {
  CommandLine words = read_command_line(apt_words(context), apt_options);
  if (complains(context, words)) co_return 100;
  const std::string verb = words.operands.empty() ? "" : words.operands[0];
  if (!is_among(verb, {"hold", "unhold", "auto", "manual"})) {
    refuse(context, verb.empty() ? "a command line without a verb" : verb);
    co_return 1;
  }
  int status = 0;
  for (std::size_t i = 1; i < words.operands.size(); ++i) {
    const std::string& name = words.operands[i];
    if (select_package(guest, name).package == nullptr) {
      context.err("E: Unable to locate package " + name + "\n");
      status = 100;
    } else {
      const bool holds = verb == "hold", marks = verb == "auto" || verb == "manual";
      context.out(name + (marks ? " set to " + verb + (verb == "auto" ? "matically" : "ly") + " installed.\n"
                          : holds ? " set on hold.\n"
                                  : " was not on hold.\n"));
    }
  }
  co_return status;
}

world::Task<int> set_selections(Guest&, program::Context& context) {
  co_await context.read_input();
  co_return 0;
}

}  // namespace

std::map<std::string, program::Program> apt_commands(Guest& guest) {
  return {{"apt", bind(guest, apt)},
          {"apt-get", bind(guest, apt_get)},
          {"add-apt-repository", bind(guest, add_repository)},
          {"apt-add-repository", bind(guest, add_repository)},
          {"apt-mark", bind(guest, apt_mark)},
          {"debconf-set-selections", bind(guest, set_selections)}};
}

}  // namespace squall::guest
