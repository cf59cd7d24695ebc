// apt-get, apt, apt-key, add-apt-repository, dpkg: as far as scripts that set up machines use them, with the
// managers' own texts and exit codes.
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

constexpr char apt_site[] = "apt.releases.hashicorp.com";

bool refuse_users(program::Context& context) {
  if (context.invocation().uid == 0) return false;
  context.err(
      "E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\n"
      "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?\n");
  return true;
}

world::Task<int> apt_update(Guest& guest, program::Context& context) {
  co_await world::sleep(context.scheduler(), std::chrono::milliseconds(3500));
  world::Disk& disk = context.disk();
  std::string sources =
      disk.read("/etc/apt/sources.list").value_or("") + read_folder(disk, "/etc/apt/sources.list.d");
  std::string archive =
      std::string(is_ubuntu(guest.system()) ? "http://us-east-1.ec2.archive.ubuntu.com/ubuntu "
                                            : "http://cdn-aws.deb.debian.org/debian ") +
      facts_of(guest.system()).codename;
  context.out("Hit:1 " + archive + " InRelease\n");
  std::string line = line_with(sources, apt_site);
  if (line.empty()) {
    context.out("Reading package lists...\n");
    co_return 0;
  }
  bool there = co_await reaches(context, apt_site, "/dists/stable/InRelease");
  std::string repository = std::string("https://") + apt_site;
  if (!there) {
    context.out("Err:2 " + repository + " InRelease\n  Could not connect to " + apt_site +
                ":443\nReading package lists...\n");
    context.err(
        "W: Failed to fetch " + repository + "/dists/InRelease  Could not connect to " + apt_site +
        ":443\nW: Some index files failed to download. They have been ignored, or old ones used instead.\n");
    co_return 0;
  }
  std::size_t signed_by = line.find("signed-by=");
  std::string key = signed_by == std::string::npos
                        ? ""
                        : line.substr(signed_by + 10, line.find_first_of(" ]", signed_by) - signed_by - 10);
  bool trusted =
      line.find("trusted=yes") != std::string::npos || line.find("URIs:") != std::string::npos ||
      (!key.empty() ? !disk.read(key).value_or("").empty()
                    : !disk.list("/etc/apt/trusted.gpg.d").empty() || disk.exists("/etc/apt/trusted.gpg"));
  if (!trusted) {
    context.out("Get:2 " + repository + " InRelease\nErr:2 " + repository +
                " InRelease\n  The following signatures couldn't be "
                "verified because the public key is not available: NO_PUBKEY AA16FCBCA621E701\nReading "
                "package lists...\n");
    context.err("W: GPG error: " + repository +
                " InRelease: The following signatures couldn't be verified because the public "
                "key is not available: NO_PUBKEY AA16FCBCA621E701\nE: The repository '" +
                repository + " InRelease' is not signed.\n");
    co_return 100;
  }
  disk.make_directories("/var/lib/apt/lists", 0755);
  disk.write(hashicorp_index, "vault\n", 0644);
  context.out("Get:2 " + repository + " InRelease [12.9 kB]\nGet:3 " + repository +
              " main amd64 Packages [121 kB]\nFetched 134 kB in 1s (121 kB/s)\nReading package lists...\n");
  co_return 0;
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

void unpack(Guest& guest, program::Context& context, const Selection& one) {
  std::string label = one.package->name + " (" + one.version + ") ...\n";
  context.out("Selecting previously unselected package " + one.package->name + ".\nUnpacking " + label +
              "Setting up " + label);
  install_package(guest, one);
}

world::Task<int> apt_install(Guest& guest, program::Context& context, const Words& words) {
  context.out("Reading package lists...\nBuilding dependency tree...\nReading state information...\n");
  bool unknown = false;
  std::vector<Selection> wanted = co_await select_all(guest, context, words, unknown);
  if (unknown) co_return 100;
  std::erase_if(wanted, [&](const Selection& one) {
    auto version = installed_version(guest, one.package->name);
    if (version) context.out(one.package->name + " is already the newest version (" + *version + ").\n");
    return version.has_value();
  });
  Words fresh;
  for (const Selection& one : wanted) fresh.push_back(one.package->name);
  if (!fresh.empty()) context.out("The following NEW packages will be installed:\n  " + joined(fresh) + "\n");
  context.out("0 upgraded, " + std::to_string(fresh.size()) +
              " newly installed, 0 to remove and 0 not upgraded.\n");
  if (fresh.empty()) co_return 0;
  co_await world::sleep(context.scheduler(), install_time(guest, joined(fresh)));
  for (const Selection& one : wanted) unpack(guest, context, one);
  co_return 0;
}

world::Task<int> apt(Guest& guest, program::Context& context) {
  Words words = package_operands(context.invocation().argv);
  std::string verb = words.empty() ? "" : words[0];
  if (!words.empty()) words.erase(words.begin());
  if (verb != "list" && verb != "show" && refuse_users(context)) co_return 100;
  if (verb == "update") co_return co_await apt_update(guest, context);
  if (verb == "install") co_return co_await apt_install(guest, context, words);
  if (verb == "upgrade" || verb == "dist-upgrade" || verb == "full-upgrade") {
    co_await world::sleep(context.scheduler(), install_time(guest, verb));
    context.out("Reading package lists...\n0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n");
    co_return 0;
  }
  if (verb == "remove" || verb == "purge") {
    for (const std::string& name : words) remove_package(guest, name);
    co_return 0;
  }
  if (verb == "clean" || verb == "autoremove" || verb == "autoclean") co_return 0;
  context.err("E: Invalid operation " + verb + "\n");
  co_return 100;
}

world::Task<int> apt_key(Guest&, program::Context& context) {
  const Words& argv = context.invocation().argv;
  context.err(
      "Warning: apt-key is deprecated. Manage keyring files in trusted.gpg.d instead (see apt-key(8)).\n");
  if (argv.size() < 2 || argv[1] != "add") {
    context.err("Usage: apt-key [--keyring file] [command] [arguments]\n");
    co_return argv.size() < 2 ? 1 : 0;
  }
  bool from_input = argv.size() < 3 || argv[2] == "-";
  std::string key;
  if (from_input)
    key = co_await context.read_input();
  else
    key = context.disk().read(context.resolve(argv[2])).value_or("");
  if (key.find("PGP PUBLIC KEY") == std::string::npos) {
    context.err("gpg: no valid OpenPGP data found.\n");
    co_return 2;
  }
  context.disk().append("/etc/apt/trusted.gpg", key, 0644);
  context.out("OK\n");
  co_return 0;
}

world::Task<int> add_repository(Guest& guest, program::Context& context) {
  Words words = package_operands(context.invocation().argv);
  if (words.empty()) {
    context.err("Error: need a single repository as argument\n");
    co_return 1;
  }
  std::string line = joined(words);
  std::string name = line.find("hashicorp") != std::string::npos ? "hashicorp" : "added";
  context.disk().make_directories("/etc/apt/sources.list.d", 0755);
  context.disk().append("/etc/apt/sources.list.d/" + name + ".list", line + "\n", 0644);
  context.out("Repository: '" + line + "'\nAdding repository.\n");
  // The distributions' own tool updates at once, unless told not to.
  if (has_word(context.invocation().argv, "--no-update") || has_word(context.invocation().argv, "-n"))
    co_return 0;
  co_await apt_update(guest, context);
  co_return 0;
}

world::Task<int> dpkg(Guest& guest, program::Context& context) {
  const Words& argv = context.invocation().argv;
  if (has_word(argv, "--print-architecture")) {
    context.out("amd64\n");
    co_return 0;
  }
  Words words = package_operands(argv);
  if (has_word(argv, "-i") || has_word(argv, "--install")) {
    for (const std::string& path : words) {
      PackageFile package = co_await read_package_file(guest, context, path);
      if (!package.found) {
        context.err("dpkg: error: cannot access archive '" + path + "': No such file or directory\n");
        co_return 2;
      }
      if (package.selection.package == nullptr) {
        context.err("dpkg-deb: error: '" + path + "' is not a Debian format archive that Squall knows\n");
        co_return 1;
      }
      co_await world::sleep(context.scheduler(), 5s);
      unpack(guest, context, package.selection);
    }
    co_return 0;
  }
  if (has_word(argv, "-s") || has_word(argv, "-l")) co_return co_await dpkg_query(guest, context);
  context.err("dpkg: error: need an action option\n");
  co_return 2;
}

// What a package is held at, or asked at its installation, changes nothing here.
world::Task<int> apt_mark(Guest& guest, program::Context& context) {
  Words words = package_operands(context.invocation().argv);
  const std::string verb = words.empty() ? "" : words[0];
  if (verb != "hold" && verb != "unhold") {
    context.err("apt-mark: Squall's guests serve hold and unhold\n");
    co_return 1;
  }
  int status = 0;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (select_package(guest, words[i]).package != nullptr) {
      context.out(words[i] + (verb == "hold" ? " set on hold.\n" : " was not on hold.\n"));
      continue;
    }
    context.err("E: Unable to locate package " + words[i] + "\n");
    status = 100;
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
          {"apt-get", bind(guest, apt)},
          {"apt-key", bind(guest, apt_key)},
          {"add-apt-repository", bind(guest, add_repository)},
          {"apt-add-repository", bind(guest, add_repository)},
          {"apt-mark", bind(guest, apt_mark)},
          {"debconf-set-selections", bind(guest, set_selections)},
          {"dpkg", bind(guest, dpkg)},
          {"dpkg-query", bind(guest, dpkg_query)}};
}

}  // namespace squall::guest
