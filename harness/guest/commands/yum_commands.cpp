// yum, dnf and yum-config-manager, as far as scripts that set up machines use them (dnf 4.14).
#include <algorithm>

#include "emulator/world/await.hpp"
#include "harness/guest/commands/command_line.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/package_tools.hpp"
#include "harness/guest/commands/packages.hpp"
#include "harness/guest/commands/web.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

constexpr char rpm_site[] = "rpm.releases.hashicorp.com";

// Whatever is installed here is the newest of its kind and comes from a repository that is trusted, so that
// most options make no difference.
constexpr OptionSet yum_options{
    "y,assumeyes q,quiet v,verbose e,errorlevel= d,debuglevel= t,tolerant C,cacheonly b,best nobest 4 6 "
    "refresh "
    "nogpgcheck no-gpgchecks skip-broken allowerasing security bugfix obsoletes enablerepo= disablerepo= "
    "setopt= "
    "releasever= x,exclude= excludepkgs= disableexcludes= disableplugin= enableplugin= noplugins color=",
    "*"};

struct Transaction {
  std::vector<Selection> fresh;
  bool from_hashicorp = false;
  std::string missing;  // the first word that no repository knows
};

// What installing these words would do; words ending in .rpm are files or addresses.
world::Task<Transaction> plan(Guest& guest, program::Context& context, const Words& words) {
  Transaction plan;
  bool knows_hashicorp = !line_with(read_folder(context.disk(), "/etc/yum.repos.d"), rpm_site).empty();
  for (const std::string& word : words) {
    bool is_file = word.ends_with(".rpm");
    Selection selection;
    if (is_file) {
      PackageFile file = co_await read_package_file(guest, context, word);
      if (!file.found) context.err("Can not load RPM file: " + word + ".\nCould not open: " + word + "\n");
      if (file.found && file.selection.package == nullptr)
        context.err(word + ": not a package that Squall's guests know\n");
      selection = file.selection;
    } else {
      selection = select_package(guest, word);
      if (selection.package != nullptr && selection.package->from_hashicorp && !knows_hashicorp)
        selection = {};
    }
    if (selection.package == nullptr || selection.version.empty()) {
      if (!is_file) context.out("No match for argument: " + word + "\n");
      if (selection.package == nullptr) tell_unknown_package(guest, word);
      if (plan.missing.empty()) plan.missing = word;
      continue;
    }
    const Package& package = *selection.package;
    if (auto version = installed_version(guest, package.name)) {
      context.out("Package " + package.name + "-" + *version + ".x86_64 is already installed.\n");
      continue;
    }
    plan.from_hashicorp |= package.from_hashicorp;
    if (!holds(plan.fresh, selection)) plan.fresh.push_back(selection);
  }
  co_return plan;
}

// `-y`, or the configuration's word for it.
bool assumes_yes(program::Context& context, const CommandLine& words) {
  if (words.has("assumeyes")) return true;
  for (const char* file : {"/etc/yum.conf", "/etc/dnf/dnf.conf"}) {
    const std::string line = line_with(context.disk().read(file).value_or(""), "assumeyes");
    const std::string value = line.substr(std::min(line.find_first_not_of(" =", 9), line.size()));
    if (value.starts_with("1") || value.starts_with("T") || value.starts_with("t") || value.starts_with("y"))
      return true;
  }
  return false;
}

// A transaction is asked for; where nobody answers, that is a no.
world::Task<bool> is_agreed(program::Context& context, bool assumed) {
  if (assumed) co_return true;
  context.out("Is this ok [y/N]: ");
  std::string answer;
  while (answer.find('\n') == std::string::npos) {
    const std::string some = co_await Guest::read_some(context, answer.size());
    if (some.empty()) break;
    answer += some;
  }
  const bool agreed = answer.starts_with('y') || answer.starts_with('Y');
  if (!agreed) context.out("Operation aborted.\n");
  co_return agreed;
}

world::Task<int> rpm_install(Guest& guest, program::Context& context, const CommandLine& words) {
  Transaction transaction = co_await plan(guest, context, words.operands);
  if (!transaction.missing.empty()) {
    context.err("Error: Unable to find a match: " + transaction.missing + "\n");
    co_return 1;
  }
  if (transaction.from_hashicorp) {
    bool there = co_await reaches(context, rpm_site, "/AmazonLinux/2/x86_64/stable/repodata/repomd.xml");
    if (!there) {
      context.err(
          "Errors during downloading metadata for repository 'hashicorp':\n  - Curl error (7): Couldn't "
          "connect to "
          "server for https://" +
          std::string(rpm_site) + "\nError: Failed to download metadata for repo 'hashicorp'\n");
      co_return 1;
    }
  }
  if (transaction.fresh.empty()) {
    context.out("Dependencies resolved.\nNothing to do.\nComplete!\n");
    co_return 0;
  }
  context.out("Dependencies resolved.\nInstalling:\n");
  Words names;
  for (const Selection& one : transaction.fresh) {
    names.push_back(one.package->name);
    context.out(" " + one.package->name + "  x86_64  " + one.version + "\n");
  }
  const bool agreed = co_await is_agreed(context, assumes_yes(context, words));
  if (!agreed) co_return 1;
  co_await world::sleep(context.scheduler(), install_time(guest, joined(names)));
  for (const Selection& one : transaction.fresh) install_package(guest, one);
  context.out("\nInstalled:\n");
  for (const Selection& one : transaction.fresh)
    context.out("  " + one.package->name + "-" + one.version + ".x86_64\n");
  context.out("\nComplete!\n");
  co_return 0;
}

world::Task<int> yum_remove(Guest& guest, program::Context& context, const CommandLine& words) {
  Words installed;
  for (const std::string& name : words.operands) {
    if (is_installed(guest, name))
      installed.push_back(name);
    else
      context.out("No match for argument: " + name + "\n");
  }
  if (installed.empty()) {
    context.err("No packages marked for removal.\n");
    context.out("Dependencies resolved.\nNothing to do.\nComplete!\n");
    co_return 0;
  }
  context.out("Dependencies resolved.\nRemoving:\n");
  for (const std::string& name : installed)
    context.out(" " + name + "  x86_64  " + *installed_version(guest, name) + "\n");
  const bool agreed = co_await is_agreed(context, assumes_yes(context, words));
  if (!agreed) co_return 1;
  for (const std::string& name : installed) remove_package(guest, name);
  context.out("\nComplete!\n");
  co_return 0;
}

// list installed [NAME...]
int yum_list(Guest& guest, program::Context& context, Words words) {
  if (words.empty() || words[0] != "installed") {
    refuse(context, "a list of what is not installed");
    return 1;
  }
  words.erase(words.begin());
  std::string lines;
  for (const auto& [name, version] : installed_packages(guest))
    if (words.empty() || std::find(words.begin(), words.end(), name) != words.end())
      lines += name + ".x86_64    " + version + "    @System\n";
  if (!lines.empty()) context.out("Installed Packages\n" + lines);
  if (lines.empty()) context.err("Error: No matching Packages to list\n");
  return lines.empty() ? 1 : 0;
}

// Repositories of this world are always on: one may be enabled, and none disabled.
constexpr OptionSet config_options{"add-repo= enable set-enabled y,assumeyes q,quiet save setopt= e= d=",
                                   "*"};

// yum and dnf; `config-manager` of dnf is yum-config-manager.
world::Task<int> add_rpm_repository(program::Context& context) {
  const CommandLine words = read_command_line(context.invocation().argv, config_options);
  if (complains(context, words)) co_return 1;
  for (const std::string& from : words.values("add-repo")) {
    auto url = parse_url(from);
    std::string content = "[added]\nname=added\nbaseurl=" + from + "\nenabled=1\n";
    if (url && from.ends_with(".repo")) {
      std::string place = from;
      const std::optional<std::string> published = co_await read_place(context, std::move(place));
      if (!published) {
        context.err("Error: Configuration of repo failed\n");
        co_return 1;
      }
      content = *published;
    }
    std::string file = url && from.ends_with(".repo") ? remote_name(*url) : "added.repo";
    context.disk().make_directories("/etc/yum.repos.d", 0755);
    context.disk().write("/etc/yum.repos.d/" + file, content, 0644);
    context.out("Adding repo from: " + from + "\n");
  }
  co_return 0;
}

world::Task<int> yum(Guest& guest, program::Context& context) {
  const Words& argv = context.invocation().argv;
  if (std::find(argv.begin(), argv.end(), "config-manager") != argv.end())
    co_return co_await add_rpm_repository(context);
  CommandLine words = read_command_line(argv, yum_options);
  if (complains(context, words)) co_return 1;
  const std::string verb = words.operands.empty() ? "" : words.operands[0];
  if (!words.operands.empty()) words.operands.erase(words.operands.begin());
  if (verb == "list") co_return yum_list(guest, context, words.operands);
  if (context.invocation().uid != 0) {
    context.err(
        "Error: This command has to be run with superuser privileges (under the root user on most "
        "systems).\n");
    co_return 1;
  }
  if (verb == "install" || verb == "localinstall") co_return co_await rpm_install(guest, context, words);
  if (verb == "remove" || verb == "erase") co_return co_await yum_remove(guest, context, words);
  if (is_among(verb, {"update", "upgrade", "update-minimal", "makecache", "check-update", "distro-sync"})) {
    co_await world::sleep(context.scheduler(), install_time(guest, verb));
    context.out("Dependencies resolved.\nNothing to do.\nComplete!\n");
    co_return 0;
  }
  if (verb == "swap" && words.operands.size() == 2) {
    const std::string old = words.operands[0];
    words.operands.erase(words.operands.begin());
    int status = co_await rpm_install(guest, context, words);
    if (status == 0 && old != words.operands[0]) remove_package(guest, old);
    co_return status;
  }
  if (verb == "clean" || verb == "autoremove") co_return 0;
  if (is_among(verb, {"groupinstall", "group",     "groups",
                      "module",       "info",      "repolist",
                      "provides",     "search",    "reinstall",
                      "download",     "downgrade", "history",
                      "repoquery",    "deplist",   "mark",
                      "shell",        "swap",      "versionlock",
                      "updateinfo",   "builddep",  "copr",
                      "help",         "grouplist", "whatprovides",
                      "localupdate",  "alias",     "needs-restarting"}))
    refuse(context, verb);
  else
    context.err("No such command: " + verb + ". Please use /usr/bin/dnf --help\n");
  co_return 1;
}

world::Task<int> yum_config_manager(Guest&, program::Context& context) { return add_rpm_repository(context); }

}  // namespace

std::map<std::string, program::Program> yum_commands(Guest& guest) {
  return {{"yum", bind(guest, yum)},
          {"dnf", bind(guest, yum)},
          {"yum-config-manager", bind(guest, yum_config_manager)}};
}

}  // namespace squall::guest
