// rpm(8) of 4.16: package files, what is installed, keys and the macros that scripts ask for.
#include <algorithm>
#include <map>

#include "emulator/world/await.hpp"
#include "harness/guest/commands/command_line.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/openpgp.hpp"
#include "harness/guest/commands/package_tools.hpp"
#include "harness/guest/commands/packages.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

// Signatures and dependencies are not looked at, nor is what rpm keeps of a file.
constexpr OptionSet options{
    "q,query a,all i,install U,upgrade F,freshen v,verbose h,hash e,erase E,eval= import quiet nodeps force "
    "oldpackage "
    "version rebuilddb nosignature nodigest replacepkgs nogpgcheck excludedocs",
    "*"};

int query(Guest& guest, program::Context& context, const CommandLine& words) {
  int missing = 0;
  if (words.has("all")) {
    for (const auto& [name, version] : installed_packages(guest))
      if (words.operands.empty() || words.operands[0] == name)
        context.out(name + "-" + version + ".x86_64\n");
    return 0;
  }
  if (words.operands.empty()) {
    context.err("rpm: no arguments given for query\n");
    return 1;
  }
  for (const std::string& name : words.operands) {
    if (auto version = installed_version(guest, name))
      context.out(name + "-" + *version + ".x86_64\n");
    else
      context.out("package " + name + " is not installed\n"), ++missing;
  }
  return missing;
}

// A bar of -h: its label in 38 columns, 33 marks.
std::string bar(std::string label, int percent) {
  label.resize(std::max<std::size_t>(38, label.size()), ' ');
  const std::string number = std::to_string(percent);
  return label + std::string(33, '#') + " [" + std::string(3 - number.size(), ' ') + number + "%]\n";
}

world::Task<int> install(Guest& guest, program::Context& context, const CommandLine& words) {
  const bool shows = words.has("hash");
  const bool freshens = words.has("freshen");
  const bool forced = words.has("force") || words.has("replacepkgs");
  std::vector<Selection> fresh;
  int failed = 0;
  for (const std::string& where : words.operands) {
    const PackageFile file = co_await read_package_file(guest, context, where);
    if (!file.found) {
      const bool remote = where.find("://") != std::string::npos;
      context.err(remote ? "error: skipping " + where + " - transfer failed\n"
                         : "error: open of " + where + " failed: No such file or directory\n");
      ++failed;
    } else if (file.selection.package == nullptr) {
      context.err("error: " + where + ": not an rpm package that Squall's guests know\n");
      ++failed;
    } else if (is_installed(guest, file.selection.package->name) && !forced) {
      context.err("\tpackage " + file.selection.package->name + "-" + file.selection.version +
                  ".x86_64 is already installed\n");
      ++failed;
    } else if (!freshens) {
      fresh.push_back(file.selection);
    }
  }
  if (words.operands.empty()) context.err("rpm: no packages given for install\n");
  if (failed > 0 || words.operands.empty()) co_return std::max(failed, 1);
  if (shows) context.out(bar("Preparing...", 100) + "Updating / installing...\n");
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    co_await world::sleep(context.scheduler(), 5s);
    install_package(guest, fresh[i]);
    const std::string number = std::to_string(i + 1);
    const std::string name = fresh[i].package->name + "-" + fresh[i].version;
    if (shows)
      context.out(bar(std::string(4 - std::min<std::size_t>(number.size(), 4), ' ') + number + ":" + name,
                      static_cast<int>(100 * (i + 1) / fresh.size())));
  }
  co_return 0;
}

int erase(Guest& guest, program::Context& context, const Words& names) {
  int failed = 0;
  for (const std::string& name : names)
    if (!is_installed(guest, name)) {
      context.err("error: package " + name + " is not installed\n");
      ++failed;
    }
  if (failed == 0)
    for (const std::string& name : names) remove_package(guest, name);
  return failed;
}

// A macro that is not defined stands for itself, "%{?x}" for nothing.
std::string evaluated(Guest& guest, const std::string& text) {
  const SystemFacts& facts = facts_of(guest.system());
  std::map<std::string, std::string> macros = {
      {"_arch", "x86_64"},     {"_target_cpu", "x86_64"}, {"_os", "linux"},
      {"_bindir", "/usr/bin"}, {"_sysconfdir", "/etc"},   {"_unitdir", "/usr/lib/systemd/system"}};
  if (guest.system() == System::red_hat)
    macros.insert({{"rhel", "9"}, {"dist", ".el9"}, {"el9", "1"}});
  else
    macros.insert({{"amzn", facts.version}, {"dist", std::string(".amzn") + facts.version}});
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%' || i + 1 == text.size() || text[i + 1] == '%') {
      out += text[i];
      if (text.substr(i, 2) == "%%") ++i;
      continue;
    }
    const bool braces = text[i + 1] == '{';
    const std::size_t begin = i + (braces ? 2 : 1);
    std::size_t end = begin;
    if (braces)
      end = std::min(text.find('}', begin), text.size());
    else
      while (end < text.size() &&
             (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_'))
        ++end;
    const bool optional = text[begin] == '?';
    const auto found = macros.find(text.substr(begin + optional, end - begin - optional));
    const std::size_t next = std::min(end + braces, text.size());
    if (found != macros.end())
      out += found->second;
    else if (!optional)
      out += text.substr(i, next - i);
    i = next - 1;
  }
  return out;
}

world::Task<int> import_keys(program::Context& context, const Words& places) {
  int failed = 0;
  for (const std::string& where : places) {
    std::string place = where;
    const std::optional<std::string> key = co_await read_place(context, std::move(place));
    if (key && is_armored_key(*key)) continue;
    context.err("error: " + where +
                (key ? ": key 1 not an armored public key.\n" : ": import read failed(2).\n"));
    ++failed;
  }
  co_return failed;
}

world::Task<int> rpm(Guest& guest, program::Context& context) {
  const CommandLine words = read_command_line(context.invocation().argv, options);
  if (complains(context, words)) co_return 1;
  if (words.has("version")) {
    context.out("RPM version 4.16.1.3\n");
    co_return 0;
  }
  if (words.has("eval")) {
    for (const std::string& text : words.values("eval")) context.out(evaluated(guest, text) + "\n");
    co_return 0;
  }
  const bool queries = words.has("query");
  if (queries && words.has("install")) {
    refuse(context, "-qi");
    co_return 1;
  }
  if (queries) co_return query(guest, context, words);
  if (context.invocation().uid != 0) {
    context.err("error: can't create transaction lock on /var/lib/rpm/.rpm.lock (Permission denied)\n");
    co_return 1;
  }
  if (words.has("import")) co_return co_await import_keys(context, words.operands);
  if (words.has("rebuilddb")) co_return 0;
  if (words.has("erase")) co_return erase(guest, context, words.operands);
  if (words.has("install") || words.has("upgrade") || words.has("freshen"))
    co_return co_await install(guest, context, words);
  context.err("RPM version 4.16.1.3\nCopyright (C) 1998-2002 - Red Hat, Inc.\n");
  co_return 1;
}

}  // namespace

std::map<std::string, program::Program> rpm_commands(Guest& guest) { return {{"rpm", bind(guest, rpm)}}; }

}  // namespace squall::guest
