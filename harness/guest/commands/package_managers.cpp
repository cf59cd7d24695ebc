// apt-get, apt, dpkg, apt-key, add-apt-repository, yum, dnf, yum-config-manager, rpm, snap, gpg: as far as
// scripts that set up machines use them, with the managers' own texts and exit codes.
#include <algorithm>
#include <sstream>

#include "emulator/base/encoding.hpp"
#include "emulator/world/await.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/packages.hpp"
#include "harness/guest/commands/web.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

using Words = std::vector<std::string>;
constexpr char apt_site[] = "apt.releases.hashicorp.com";
constexpr char rpm_site[] = "rpm.releases.hashicorp.com";
// What apt-get update fetched; without it a new repository's packages are unknown.
constexpr char hashicorp_index[] = "/var/lib/apt/lists/apt.releases.hashicorp.com_dists_InRelease";

// The words after options; `-o`, `-t`, `-c` and `--option` take the next word with them.
Words operands(const Words& argv) {
  Words found;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    if (argv[i] == "-o" || argv[i] == "-t" || argv[i] == "-c" || argv[i] == "--option")
      ++i;
    else if (argv[i].empty() || argv[i][0] != '-')
      found.push_back(argv[i]);
  }
  return found;
}

bool has(const Words& argv, std::string_view word) {
  return std::find(argv.begin(), argv.end(), word) != argv.end();
}

// All files in a folder, one after another.
std::string read_folder(world::Disk& disk, const std::string& folder) {
  std::string all;
  for (const std::string& name : disk.list(folder))
    if (!name.ends_with('/')) all += disk.read(folder + "/" + name).value_or("") + "\n";
  return all;
}

std::string line_with(const std::string& text, const std::string& part) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line.find(part) != std::string::npos && line[line.find_first_not_of(" \t")] != '#') return line;
  return "";
}

world::Task<bool> reaches(program::Context& context, const char* host, const char* path) {
  world::Call call{.scheme = "https", .host = host, .port = 443};
  call.request.target = path;
  call.request.headers.set("Host", host);
  call.tls.ca_pem = added_certificates(context);
  world::Reply reply = co_await context.network().send(std::move(call));
  const auto* response = std::get_if<http::Response>(&reply);
  co_return response != nullptr && response->status < 400;
}

// Half a minute, give or take: what an install takes on a small instance.
Duration install_time(Guest& guest, const std::string& names) {
  base::Random random = guest.surroundings().random.stream("install " + names);
  return std::chrono::milliseconds(random.between(20'000, 40'000));
}

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
  std::string archive = guest.system() == System::ubuntu
                            ? "http://us-east-1.ec2.archive.ubuntu.com/ubuntu jammy"
                            : "http://cdn-aws.deb.debian.org/debian bookworm";
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

std::string joined(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

world::Task<int> apt_install(Guest& guest, program::Context& context, const Words& names) {
  context.out("Reading package lists...\nBuilding dependency tree...\nReading state information...\n");
  std::vector<const Package*> wanted;
  bool unknown = false;
  for (const std::string& name : names) {
    const Package* package = find_package(guest, name);
    if (package == nullptr || (package->from_hashicorp && !context.disk().exists(hashicorp_index))) {
      context.err("E: Unable to locate package " + name + "\n");
      unknown = true;
    } else {
      wanted.push_back(package);
    }
  }
  if (unknown) co_return 100;
  std::erase_if(wanted, [&](const Package* package) {
    if (!is_installed(guest, package->name)) return false;
    context.out(package->name + " is already the newest version (" + package->version + ").\n");
    return true;
  });
  Words fresh;
  for (const Package* package : wanted) fresh.push_back(package->name);
  if (!fresh.empty()) context.out("The following NEW packages will be installed:\n  " + joined(fresh) + "\n");
  context.out("0 upgraded, " + std::to_string(fresh.size()) +
              " newly installed, 0 to remove and 0 not upgraded.\n");
  if (fresh.empty()) co_return 0;
  co_await world::sleep(context.scheduler(), install_time(guest, joined(fresh)));
  for (const Package* package : wanted) {
    context.out("Selecting previously unselected package " + package->name + ".\nUnpacking " + package->name +
                " (" + package->version + ") ...\nSetting up " + package->name + " (" + package->version +
                ") ...\n");
    install_package(guest, *package);
  }
  co_return 0;
}

world::Task<int> apt(Guest& guest, program::Context& context) {
  Words words = operands(context.invocation().argv);
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
  Words words = operands(context.invocation().argv);
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
  if (has(context.invocation().argv, "--no-update") || has(context.invocation().argv, "-n")) co_return 0;
  co_await apt_update(guest, context);
  co_return 0;
}

world::Task<int> dpkg(Guest& guest, program::Context& context) {
  const Words& argv = context.invocation().argv;
  if (has(argv, "--print-architecture")) {
    context.out("amd64\n");
    co_return 0;
  }
  Words words = operands(argv);
  if (has(argv, "-i") || has(argv, "--install")) {
    for (const std::string& path : words) {
      if (!context.disk().exists(context.resolve(path))) {
        context.err("dpkg: error: cannot access archive '" + path + "': No such file or directory\n");
        co_return 2;
      }
      std::string file = path.substr(path.find_last_of('/') + 1);
      const Package* package = find_package(guest, file.substr(0, file.find_first_of("_.")));
      if (package == nullptr) {
        context.err("dpkg-deb: error: '" + path + "' is not a Debian format archive that Squall knows\n");
        co_return 1;
      }
      co_await world::sleep(context.scheduler(), 5s);
      install_package(guest, *package);
      context.out("Setting up " + package->name + " (" + package->version + ") ...\n");
    }
    co_return 0;
  }
  if (has(argv, "-s") || has(argv, "-l")) {
    for (const std::string& name : words) {
      if (is_installed(guest, name)) {
        context.out("Package: " + name + "\nStatus: install ok installed\n");
        continue;
      }
      context.err("dpkg-query: package '" + name + "' is not installed and no information is available\n");
      co_return 1;
    }
    co_return 0;
  }
  context.err("dpkg: error: need an action option\n");
  co_return 2;
}

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
  Words words = operands(context.invocation().argv);
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
  Words words = operands(argv);
  if (has(argv, "--import")) co_return 0;
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

world::Task<int> snap(Guest& guest, program::Context& context) {
  Words words = operands(context.invocation().argv);
  if (words.size() < 2 || words[0] != "install") {
    if (!words.empty() && (words[0] == "start" || words[0] == "refresh" || words[0] == "list")) co_return 0;
    context.err("error: unknown command\n");
    co_return 64;
  }
  for (std::size_t i = 1; i < words.size(); ++i) {
    std::string name = words[i] == "aws-cli" ? "awscli" : words[i];
    const Package* package = find_package(guest, name);
    bool known = package != nullptr &&
                 (name == "awscli" || name == "jq" || name == "vault" || name == "amazon-ssm-agent");
    if (!known) {
      context.err("error: snap \"" + words[i] + "\" not found\n");
      co_return 1;
    }
    co_await world::sleep(context.scheduler(), install_time(guest, name));
    install_package(guest, *package);
    context.out(words[i] + " " + package->version + " installed\n");
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
             argv[i] == "--fingerprint" || argv[i] == "--list-keys")
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
  if (action == "--fingerprint" || action == "--list-keys" || action.starts_with("--recv")) co_return 0;
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

world::Task<int> lsb_release(Guest& guest, program::Context& context) {
  const Words& argv = context.invocation().argv;
  bool ubuntu = guest.system() == System::ubuntu;
  std::string letters = argv.size() > 1 ? argv[1] : "-a";
  std::string value = letters.find('c') != std::string::npos   ? (ubuntu ? "jammy" : "bookworm")
                      : letters.find('i') != std::string::npos ? (ubuntu ? "Ubuntu" : "Debian")
                      : letters.find('r') != std::string::npos
                          ? (ubuntu ? "22.04" : "12")
                          : (ubuntu ? "Ubuntu 22.04.4 LTS" : "Debian GNU/Linux 12 (bookworm)");
  std::string label = letters.find('c') != std::string::npos   ? "Codename:\t"
                      : letters.find('i') != std::string::npos ? "Distributor ID:\t"
                      : letters.find('r') != std::string::npos ? "Release:\t"
                                                               : "Description:\t";
  context.out((letters.find('s') != std::string::npos ? "" : label) + value + "\n");
  co_return 0;
}

program::Program bind(Guest& guest, world::Task<int> (*run)(Guest&, program::Context&)) {
  return [&guest, run](program::Context& context) { return run(guest, context); };
}

}  // namespace

std::map<std::string, program::Program> package_commands(Guest& guest) {
  return {{"apt", bind(guest, apt)},
          {"apt-get", bind(guest, apt)},
          {"apt-key", bind(guest, apt_key)},
          {"add-apt-repository", bind(guest, add_repository)},
          {"apt-add-repository", bind(guest, add_repository)},
          {"dpkg", bind(guest, dpkg)},
          {"yum", bind(guest, yum)},
          {"dnf", bind(guest, yum)},
          {"yum-config-manager", bind(guest, yum_config_manager)},
          {"rpm", bind(guest, rpm)},
          {"snap", bind(guest, snap)},
          {"gpg", bind(guest, gpg)},
          {"lsb_release", bind(guest, lsb_release)}};
}

}  // namespace squall::guest
