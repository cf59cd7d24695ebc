// What each package puts on a guest's disk. HashiCorp's vault package follows the files of its .deb (unit,
// user, folders); the unit's text is the one recorded from the package.
#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>

#include "harness/guest/agent/embedded.hpp"
#include "harness/guest/commands/hashicorp_products.hpp"
#include "harness/guest/commands/packages.hpp"
#include "harness/guest/commands/supervisor_package.hpp"
#include "harness/guest/commands/vault_unit.hpp"
#include "harness/guest/guest.hpp"
#include "harness/guest/host_accounts.hpp"
#include "harness/guest/system_files.hpp"

namespace squall::guest {
namespace {

// One "name version" line per package.
constexpr char installed_file[] = "/var/lib/squall/packages";

// The package's own configuration listens on 8200 with the certificate that its installation made.
constexpr char vault_configuration[] =
    "ui = true\n\nstorage \"file\" {\n  path = \"/opt/vault/data\"\n}\n\nlistener \"tcp\" {\n"
    "  address       = \"0.0.0.0:8200\"\n  tls_cert_file = \"/opt/vault/tls/tls.crt\"\n"
    "  tls_key_file  = \"/opt/vault/tls/tls.key\"\n}\n";

void install_vault(Guest& guest) {
  GuestDisk& disk = guest.disk();
  Account account = add_system_account(guest.disk(), "vault", "/home/vault", "/bin/false");
  for (const char* folder : {"/etc/vault.d", "/opt/vault/data", "/opt/vault/tls"})
    disk.make_directories(folder, 0755);
  if (!disk.exists("/etc/vault.d/vault.hcl")) disk.write("/etc/vault.d/vault.hcl", vault_configuration, 0640);
  if (!disk.exists("/etc/vault.d/vault.env")) disk.write("/etc/vault.d/vault.env", "", 0640);
  disk.make_directories("/usr/lib/systemd/system", 0755);
  disk.write("/usr/lib/systemd/system/vault.service", packaged_vault_unit, 0644);
  for (const char* owned : {"/etc/vault.d", "/etc/vault.d/vault.hcl", "/etc/vault.d/vault.env", "/opt/vault",
                            "/opt/vault/data", "/opt/vault/tls"})
    disk.change_owner(owned, account.uid, account.gid);
  disk.change_mode("/opt/vault/data", 0700);
  disk.change_mode("/opt/vault/tls", 0700);
}

void install_daemon(Guest& guest, const std::string& unit, const std::string& description) {
  GuestDisk& disk = guest.disk();
  disk.make_directories("/usr/lib/systemd/system", 0755);
  disk.write("/usr/lib/systemd/system/" + unit + ".service", daemon_unit(description), 0644);
}

void install_cloudwatch_agent(Guest& guest) {
  GuestDisk& disk = guest.disk();
  add_system_account(disk, "cwagent", "/home/cwagent", "/sbin/nologin");
  install_daemon(guest, "amazon-cloudwatch-agent", "Amazon CloudWatch Agent");
  std::string root = "/opt/aws/amazon-cloudwatch-agent";
  for (const char* folder : {"/bin", "/etc", "/logs", "/var"}) disk.make_directories(root + folder, 0755);
  disk.write(
      root + "/bin/amazon-cloudwatch-agent-ctl",
      "#!/bin/sh\n# Starts the agent's unit; what it would send goes nowhere.\n"
      "case \"$*\" in *fetch-config*|*start*) exec systemctl restart amazon-cloudwatch-agent ;; esac\n",
      0755);
  disk.link(root + "/bin/amazon-cloudwatch-agent-ctl", "/usr/bin/amazon-cloudwatch-agent-ctl");
}

// Packages that bring a daemon whose unit scripts start. It runs, and does nothing.
struct PackagedDaemon {
  std::string_view package, unit, description;
};
constexpr std::array packaged_daemons = {
    PackagedDaemon{"amazon-ssm-agent", "amazon-ssm-agent", "amazon-ssm-agent"},
    PackagedDaemon{"rsyslog", "rsyslog", "System Logging Service"},
    PackagedDaemon{"cronie", "crond", "Command Scheduler"},
    PackagedDaemon{"cron", "cron", "Regular background program processing daemon"},
    PackagedDaemon{"docker", "docker", "Docker Application Container Engine"},
    PackagedDaemon{"docker.io", "docker", "Docker Application Container Engine"},
    PackagedDaemon{"docker-ce", "docker", "Docker Application Container Engine"},
    PackagedDaemon{"chrony", "chrony", "chrony, an NTP client/server"},
    PackagedDaemon{"chrony", "chronyd", "NTP client/server"},
    PackagedDaemon{"ntp", "ntp", "Network Time Service"},
    PackagedDaemon{"ntp", "ntpd", "Network Time Service"},
    PackagedDaemon{"nginx", "nginx", "A high performance web server and a reverse proxy server"},
    PackagedDaemon{"httpd", "httpd", "The Apache HTTP Server"},
    PackagedDaemon{"apache2", "apache2", "The Apache HTTP Server"},
    PackagedDaemon{"haproxy", "haproxy", "HAProxy Load Balancer"},
    PackagedDaemon{"fail2ban", "fail2ban", "Fail2Ban Service"},
    PackagedDaemon{"auditd", "auditd", "Security Auditing Service"},
    PackagedDaemon{"audit", "auditd", "Security Auditing Service"},
    PackagedDaemon{"haveged", "haveged", "Entropy Daemon based on the HAVEGE algorithm"},
    PackagedDaemon{"rng-tools", "rngd", "Hardware RNG Entropy Gatherer Daemon"},
    PackagedDaemon{"collectd", "collectd", "Statistics collection and monitoring daemon"},
    PackagedDaemon{"firewalld", "firewalld", "firewalld - dynamic firewall daemon"},
    PackagedDaemon{"unattended-upgrades", "unattended-upgrades", "Unattended Upgrades Shutdown"},
    PackagedDaemon{"containerd.io", "containerd", "containerd container runtime"},
    PackagedDaemon{"containerd", "containerd", "containerd container runtime"},
    PackagedDaemon{"dnsmasq", "dnsmasq", "dnsmasq - A lightweight DHCP and caching DNS server"}};

void install_services(Guest& guest, const std::string& name) {
  if (name == "vault" || name == "vault-enterprise") install_vault(guest);
  if (name == "supervisor") install_supervisor(guest);
  install_product_files(guest, name);
  if (name == "amazon-cloudwatch-agent") install_cloudwatch_agent(guest);
  for (const PackagedDaemon& daemon : packaged_daemons)
    if (daemon.package == name)
      install_daemon(guest, std::string(daemon.unit), std::string(daemon.description));
}

std::string place_of(const std::string& command) {
  constexpr std::array<std::string_view, 9> names = {"setcap", "getcap",   "ifconfig", "ip",     "visudo",
                                                     "lsmod",  "modprobe", "rmmod",    "modinfo"};
  bool administrators =
      command.starts_with("mkfs.") || std::find(names.begin(), names.end(), command) != names.end();
  return (administrators ? "/usr/sbin/" : "/usr/bin/") + command;
}

// What the list of installed packages says, without the lines of `name`.
std::string others_installed(Guest& guest, const std::string& name) {
  std::string kept;
  std::istringstream lines(guest.disk().read(installed_file).value_or(""));
  for (std::string one, version; lines >> one >> version;)
    if (one != name) kept += one + " " + version + "\n";
  return kept;
}

}  // namespace

bool holds(const std::vector<Selection>& wanted, const Selection& selection) {
  return std::any_of(wanted.begin(), wanted.end(),
                     [&](const Selection& one) { return one.package == selection.package; });
}

void tell_unknown_package(Guest& guest, const std::string& wanted) {
  if (select_package(guest, wanted).package != nullptr) return;  // the repository is missing, not the package
  guest.trace({.kind = "boot", .text = "package " + wanted + ": not one that Squall's guests know"});
}

std::map<std::string, std::string> installed_packages(Guest& guest) {
  std::map<std::string, std::string> packages;
  std::istringstream lines(guest.disk().read(installed_file).value_or(""));
  for (std::string one, version; lines >> one >> version;) packages[one] = version;
  return packages;
}

std::optional<std::string> installed_version(Guest& guest, const std::string& name) {
  auto packages = installed_packages(guest);
  auto found = packages.find(name);
  return found == packages.end() ? std::nullopt : std::optional(found->second);
}

void install_package(Guest& guest, const Selection& selection) {
  GuestDisk& disk = guest.disk();
  const Package& package = *selection.package;
  for (const std::string& program : package.host_programs)
    for (const auto& [path, content] : guest.site().image().program_files(program)) {
      disk.make_directories(path.substr(0, path.find_last_of('/')), 0755);
      disk.write(path, content, 0755);
    }
  for (const std::string& command : package.commands)
    if (std::string path = place_of(command); !disk.exists(path))
      disk.write(path, guest_program_bytes(), 0755);
  install_services(guest, package.name);
  if (package.in_name_only)
    guest.trace(
        {.kind = "boot",
         .text = "package " + package.name + ": installed in name only, guests have none of its programs"});
  disk.make_directories("/var/lib/squall", 0755);
  disk.write(installed_file,
             others_installed(guest, package.name) + package.name + " " + selection.version + "\n", 0644);
  disk.sync_all();  // dpkg and rpm sync what they unpacked, useradd what it changed
}

void remove_package(Guest& guest, const std::string& name) {
  if (!is_installed(guest, name)) return;
  guest.disk().write(installed_file, others_installed(guest, name), 0644);
  Selection known = select_package(guest, name);
  if (known.package == nullptr) return;
  for (const std::string& command : known.package->commands) guest.disk().remove(place_of(command));
  for (const std::string& program : known.package->host_programs) guest.disk().remove("/usr/bin/" + program);
}

}  // namespace squall::guest
