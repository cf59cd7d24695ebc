// yum, dnf, yum-config-manager, rpm: as far as scripts that set up machines use them.
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

constexpr char rpm_site[] = "rpm.releases.hashicorp.com";

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

world::Task<int> rpm_install(Guest& guest, program::Context& context, const Words& words) {
  Transaction transaction = co_await plan(guest, context, words);
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
  co_await world::sleep(context.scheduler(), install_time(guest, joined(names)));
  for (const Selection& one : transaction.fresh) install_package(guest, one);
  context.out("\nInstalled:\n");
  for (const Selection& one : transaction.fresh)
    context.out("  " + one.package->name + "-" + one.version + ".x86_64\n");
  context.out("\nComplete!\n");
  co_return 0;
}

// yum and dnf; `config-manager` of dnf is yum-config-manager.
world::Task<int> add_rpm_repository(program::Context& context) {
  const Words& argv = context.invocation().argv;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    std::string from = argv[i].starts_with("--add-repo=") ? argv[i].substr(11) : "";
    if (argv[i] == "--add-repo" && i + 1 < argv.size()) from = argv[++i];
    if (from.empty()) continue;
    auto url = parse_url(from);
    std::string content = "[added]\nname=added\nbaseurl=" + from + "\nenabled=1\n";
    if (url && from.ends_with(".repo")) {
      world::Call call{.scheme = url->scheme, .host = url->host, .port = url->port};
      call.request.target = url->target;
      call.request.headers.set("Host", host_header(*url));
      world::Reply reply = co_await context.network().send(std::move(call));
      const auto* response = std::get_if<http::Response>(&reply);
      if (response == nullptr || response->status >= 400) {
        context.err("Error: Configuration of repo failed\n");
        co_return 1;
      }
      content = response->body;
    }
    std::string name = url && from.ends_with(".repo") ? remote_name(*url) : "added.repo";
    context.disk().make_directories("/etc/yum.repos.d", 0755);
    context.disk().write("/etc/yum.repos.d/" + name, content, 0644);
    context.out("Adding repo from: " + from + "\n");
  }
  co_return 0;
}

world::Task<int> yum(Guest& guest, program::Context& context) {
  Words words = package_operands(context.invocation().argv);
  std::string verb = words.empty() ? "" : words[0];
  if (!words.empty()) words.erase(words.begin());
  if (context.invocation().uid != 0) {
    context.err(
        "Error: This command has to be run with superuser privileges (under the root user on most "
        "systems).\n");
    co_return 1;
  }
  if (verb == "install" || verb == "localinstall") co_return co_await rpm_install(guest, context, words);
  if (verb == "config-manager") co_return co_await add_rpm_repository(context);
  if (verb == "update" || verb == "upgrade" || verb == "makecache" || verb == "check-update") {
    co_await world::sleep(context.scheduler(), install_time(guest, verb));
    context.out("Dependencies resolved.\nNothing to do.\nComplete!\n");
    co_return 0;
  }
  if (verb == "swap" && words.size() == 2) {
    std::string old = words[0];
    words.erase(words.begin());
    int status = co_await rpm_install(guest, context, words);
    if (status == 0 && old != words[0]) remove_package(guest, old);
    co_return status;
  }
  if (verb == "remove" || verb == "erase") {
    for (const std::string& name : words) remove_package(guest, name);
    context.out("Complete!\n");
    co_return 0;
  }
  if (verb == "clean" || verb == "autoremove") co_return 0;
  context.err("No such command: " + verb + ". Please use /usr/bin/dnf --help\n");
  co_return 1;
}

world::Task<int> yum_config_manager(Guest&, program::Context& context) { return add_rpm_repository(context); }

world::Task<int> rpm(Guest& guest, program::Context& context) {
  const Words& argv = context.invocation().argv;
  Words words = package_operands(argv);
  if (has_word(argv, "--import")) co_return 0;
  if (argv.size() > 1 && (argv[1] == "-q" || argv[1] == "--query")) {
    int missing = 0;
    for (const std::string& name : words) {
      if (auto version = installed_version(guest, name))
        context.out(name + "-" + *version + ".x86_64\n");
      else
        context.out("package " + name + " is not installed\n"), ++missing;
    }
    co_return missing;
  }
  if (argv.size() > 1 && (argv[1].starts_with("-U") || argv[1].starts_with("-i")))
    co_return co_await rpm_install(guest, context, words);
  context.err("rpm: no arguments given for query\n");
  co_return 1;
}

}  // namespace

std::map<std::string, program::Program> rpm_commands(Guest& guest) {
  return {{"yum", bind(guest, yum)},
          {"dnf", bind(guest, yum)},
          {"yum-config-manager", bind(guest, yum_config_manager)},
          {"rpm", bind(guest, rpm)}};
}

}  // namespace squall::guest
