// apt-cache (apt 2.6): policy, madison and show of the packages that Squall knows.
#include "harness/guest/commands/command_line.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/package_tools.hpp"
#include "harness/guest/commands/packages.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

// Where apt has the package from: "https://apt.releases.hashicorp.com jammy/main amd64 Packages".
std::string origin_of(Guest& guest, const Package& package) {
  const std::string codename = facts_of(guest.system()).codename;
  const char* archive = package.from_hashicorp      ? "https://apt.releases.hashicorp.com "
                        : is_ubuntu(guest.system()) ? "http://us-east-1.ec2.archive.ubuntu.com/ubuntu "
                                                    : "http://cdn-aws.deb.debian.org/debian ";
  return archive + codename + "/main amd64 Packages";
}

std::string policy(Guest& guest, const Package& package) {
  const std::string installed = installed_version(guest, package.name).value_or("(none)");
  const bool newest = installed == package.version;
  return package.name + ":\n  Installed: " + installed + "\n  Candidate: " + package.version +
         "\n  Version table:\n" + (newest ? " *** " : "     ") + package.version + " 500\n        500 " +
         origin_of(guest, package) + "\n" + (newest ? "        100 /var/lib/dpkg/status\n" : "");
}

constexpr OptionSet options{"q quiet? o,option= c,config-file= no-all-versions", "*"};

}  // namespace

world::Task<int> apt_cache(Guest& guest, program::Context& context) {
  const CommandLine command = read_command_line(context.invocation().argv, options);
  if (complains(context, command)) co_return 100;
  const Words& words = command.operands;
  const std::string verb = words.empty() ? "" : words[0];
  if (verb != "policy" && verb != "madison" && verb != "show") {
    context.err("apt-cache: Squall's guests serve policy, madison and show, each with names of packages\n");
    co_return 100;
  }
  bool any = false;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const Package* package = select_package(guest, words[i]).package;
    if (package == nullptr || (package->from_hashicorp && !context.disk().exists(hashicorp_index))) {
      context.err("N: Unable to locate package " + words[i] + "\n");
      continue;
    }
    any = true;
    if (verb == "policy") context.out(policy(guest, *package));
    if (verb == "madison")
      context.out(package->name + " | " + package->version + " | " + origin_of(guest, *package) + "\n");
    if (verb == "show")
      context.out("Package: " + package->name + "\nArchitecture: amd64\nVersion: " + package->version +
                  "\n\n");
  }
  if (any || verb != "show") co_return 0;
  context.err("E: No packages found\n");
  co_return 100;
}

std::map<std::string, program::Program> apt_cache_commands(Guest& guest) {
  return {{"apt-cache", bind(guest, apt_cache)}};
}

}  // namespace squall::guest
