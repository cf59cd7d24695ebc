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

world::Task<int> rpm_install(Guest& guest, program::Context& context, const Words& names) {
  world::Disk& disk = context.disk();
  std::string repositories = read_folder(disk, "/etc/yum.repos.d");
  std::vector<const Package*> wanted;
  Words fresh;
  bool unknown = false;
  for (std::string name : names) {
    std::size_t slash = name.find_last_of('/');
    bool is_file = name.ends_with(".rpm");
    if (is_file)
      name = name.substr(slash == std::string::npos ? 0 : slash + 1,
                         name.find('_') == std::string::npos ? std::string::npos : name.find('_'));
    if (is_file && name.ends_with(".rpm")) name.resize(name.size() - 4);
    const Package* package = find_package(guest, name);
    if (package != nullptr && package->from_hashicorp && line_with(repositories, rpm_site).empty() &&
        !is_file)
      package = nullptr;
    if (package == nullptr) {
      context.out("No match for argument: " + name + "\n");
      unknown = true;
    } else if (is_installed(guest, package->name)) {
      context.out("Package " + package->name + "-" + package->version + ".x86_64 is already installed.\n");
    } else {
      wanted.push_back(package);
      fresh.push_back(package->name);
    }
  }
  if (unknown) {
    context.err("Error: Unable to find a match: " + joined(names) + "\n");
    co_return 1;
  }
  bool needs_hashicorp =
      std::any_of(wanted.begin(), wanted.end(), [](const Package* one) { return one->from_hashicorp; });
  if (needs_hashicorp) {
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
  if (fresh.empty()) {
    context.out("Dependencies resolved.\nNothing to do.\nComplete!\n");
    co_return 0;
  }
  context.out("Dependencies resolved.\nInstalling:\n");
  for (const Package* package : wanted)
    context.out(" " + package->name + "  x86_64  " + package->version + "\n");
  co_await world::sleep(context.scheduler(), install_time(guest, joined(fresh)));
  for (const Package* package : wanted) install_package(guest, *package);
  context.out("\nInstalled:\n");
  for (const Package* package : wanted)
    context.out("  " + package->name + "-" + package->version + ".x86_64\n");
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
      if (is_installed(guest, name))
        context.out(name + "-" + find_package(guest, name)->version + ".x86_64\n");
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

program::Program bind(Guest& guest, world::Task<int> (*run)(Guest&, program::Context&)) {
  return [&guest, run](program::Context& context) { return run(guest, context); };
}

}  // namespace

std::map<std::string, program::Program> rpm_commands(Guest& guest) {
  return {{"yum", bind(guest, yum)},
          {"dnf", bind(guest, yum)},
          {"yum-config-manager", bind(guest, yum_config_manager)},
          {"rpm", bind(guest, rpm)}};
}

}  // namespace squall::guest
