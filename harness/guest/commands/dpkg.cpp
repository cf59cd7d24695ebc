// dpkg(1) of 1.21: package files, what is installed, and versions compared.
#include <algorithm>
#include <optional>

#include "emulator/world/await.hpp"
#include "harness/guest/commands/command_line.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/debian_version.hpp"
#include "harness/guest/commands/package_tools.hpp"
#include "harness/guest/commands/packages.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

// Actions, and options that change nothing where packages have no configuration of their own.
constexpr OptionSet options{
    "i,install r,remove P,purge a,pending configure l,list s,status compare-versions print-architecture "
    "print-foreign-architectures add-architecture get-selections set-selections version E,skip-same-version "
    "G,refuse-downgrade B,auto-deconfigure force-all force-confold force-confdef force-confnew "
    "force-confmiss "
    "force-depends force-overwrite no-pager no-triggers f,showformat=",
    "*"};

constexpr char privileges[] = "dpkg: error: requested operation requires superuser privilege\n";

world::Task<int> install_files(Guest& guest, program::Context& context, Words files) {
  if (files.empty()) {
    context.err("dpkg: error: --install needs at least one package archive file argument\n");
    co_return 2;
  }
  for (const std::string& path : files) {
    PackageFile package = co_await read_package_file(guest, context, path);
    if (!package.found) {
      context.err("dpkg: error: cannot access archive '" + path + "': No such file or directory\n");
      co_return 2;
    }
    if (package.selection.package == nullptr) {
      context.err("dpkg-deb: error: '" + path +
                  "' is not a Debian format archive that Squall's guests know\n");
      co_return 1;
    }
    co_await world::sleep(context.scheduler(), 5s);
    unpack_deb(guest, context, package.selection);
  }
  co_return 0;
}

void remove_all(Guest& guest, program::Context& context, const Words& names) {
  for (const std::string& name : names) {
    const auto version = installed_version(guest, name);
    if (version)
      context.out("Removing " + name + " (" + *version + ") ...\n");
    else
      context.err("dpkg: warning: ignoring request to remove " + name + " which isn't installed\n");
    remove_package(guest, name);
  }
}

int compare_versions(program::Context& context, const Words& words) {
  if (words.size() != 3) {
    context.err("dpkg: error: --compare-versions takes three arguments: <version> <relation> <version>\n");
    return 2;
  }
  // An empty version is earlier than any, but for the relations in "-nl", to which it is later.
  const std::string& relation = words[1];
  const bool later = relation.ends_with("-nl");
  int order = compare_debian_versions(words[0], words[2]);
  if (words[0].empty() || words[2].empty())
    order = words[0].empty() == words[2].empty() ? 0 : words[0].empty() == later ? 1 : -1;
  const std::string name = relation.substr(0, relation.size() - (later ? 3 : 0));
  if (name == "lt" || name == "<<") return order < 0 ? 0 : 1;
  if (name == "le" || name == "<=" || name == "<") return order <= 0 ? 0 : 1;
  if (name == "eq" || name == "=") return order == 0 ? 0 : 1;
  if (name == "ne") return order != 0 ? 0 : 1;
  if (name == "ge" || name == ">=" || name == ">") return order >= 0 ? 0 : 1;
  if (name == "gt" || name == ">>") return order > 0 ? 0 : 1;
  context.err("dpkg: error: --compare-versions bad relation\n");
  return 2;
}

// "jq", tabs up to the sixth stop, "install".
void tell_selections(Guest& guest, program::Context& context, const Words& names) {
  for (const auto& [name, version] : installed_packages(guest)) {
    if (!names.empty() && std::find(names.begin(), names.end(), name) == names.end()) continue;
    const std::size_t tabs = 6 - std::min<std::size_t>(name.size() / 8, 5);
    context.out(name + std::string(tabs, '\t') + "install\n");
  }
}

world::Task<int> dpkg(Guest& guest, program::Context& context) {
  const CommandLine words = read_command_line(context.invocation().argv, options);
  if (complains(context, words)) co_return 2;
  const bool installs = words.has("install"), removes = words.has("remove") || words.has("purge");
  if (words.has("print-architecture")) {
    context.out("amd64\n");
    co_return 0;
  }
  if (words.has("version")) {
    context.out("Debian 'dpkg' package management program version 1.21.22 (amd64).\n");
    co_return 0;
  }
  if (words.has("status") || words.has("list")) co_return co_await dpkg_query(guest, context);
  if (words.has("compare-versions")) co_return compare_versions(context, words.operands);
  if (words.has("print-foreign-architectures")) co_return 0;
  if (words.has("get-selections")) {
    tell_selections(guest, context, words.operands);
    co_return 0;
  }
  const bool marks = words.has("set-selections");
  if (!installs && !removes && !marks && !words.has("configure") && !words.has("add-architecture")) {
    context.err("dpkg: error: need an action option\n");
    co_return 2;
  }
  if (context.invocation().uid != 0) {
    context.err(privileges);
    co_return 2;
  }
  if (installs) co_return co_await install_files(guest, context, words.operands);
  if (removes) remove_all(guest, context, words.operands);
  if (marks) co_await context.read_input();  // what a package is held at changes nothing here
  co_return 0;
}

}  // namespace

void unpack_deb(Guest& guest, program::Context& context, const Selection& one) {
  std::string label = one.package->name + " (" + one.version + ") ...\n";
  context.out("Selecting previously unselected package " + one.package->name + ".\nUnpacking " + label +
              "Setting up " + label);
  install_package(guest, one);
}

std::map<std::string, program::Program> dpkg_commands(Guest& guest) {
  return {{"dpkg", bind(guest, dpkg)}, {"dpkg-query", bind(guest, dpkg_query)}};
}

}  // namespace squall::guest
