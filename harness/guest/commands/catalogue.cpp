// See packages.hpp. HashiCorp's vault package follows the files of its .deb (unit, user, folders); the unit's
// text is the one recorded from the package.
#include <algorithm>
#include <sstream>

#include "harness/guest/agent/embedded.hpp"
#include "harness/guest/commands/packages.hpp"
#include "harness/guest/commands/supervisor_package.hpp"
#include "harness/guest/commands/vault_unit.hpp"
#include "harness/guest/guest.hpp"
#include "harness/guest/host_accounts.hpp"

namespace squall::guest {
namespace {

constexpr char installed_file[] = "/var/lib/squall/packages";

const std::vector<Package>& catalogue() {
  static const std::vector<Package> packages = {
      {"vault", "1.14.9-1", true, {}, {"vault"}},
      {"jq", "1.6-2.1", false, {"jq"}, {}},
      {"unzip", "6.0-28", false, {"unzip"}, {}},
      {"zip", "3.0-13", false, {"zip"}, {}},
      {"awscli", "2.9.19-1", false, {}, {"aws"}},
      {"aws-cli", "2.9.19-1", false, {}, {"aws"}},
      {"awscli-2", "2.9.19-1", false, {}, {"aws"}},
      {"supervisor", "4.2.5-1", false, {}, {"supervisorctl", "supervisord"}},
      {"curl", "7.88.1-10", false, {}, {"curl"}},
      {"wget", "1.21.3-1", false, {}, {"wget"}},
      {"gnupg", "2.2.40-1", false, {}, {"gpg"}},
      {"gnupg2", "2.2.40-1", false, {}, {"gpg"}},
      {"gpg", "2.2.40-1", false, {}, {"gpg"}},
      {"libcap2-bin", "1:2.66-4", false, {}, {"setcap", "getcap"}},
      {"xfsprogs", "6.1.0-1", false, {}, {"mkfs.xfs"}},
      {"software-properties-common", "0.99.30", false, {}, {"add-apt-repository", "apt-add-repository"}},
      {"yum-utils", "4.3.0-1", false, {}, {"yum-config-manager"}},
      {"dnf-plugins-core", "4.3.0-1", false, {}, {"yum-config-manager"}},
      {"vim", "2:9.0", false, {}, {}},
      {"ca-certificates", "20230311", false, {}, {}},
      {"apt-transport-https", "2.6.1", false, {}, {}},
      {"lsb-release", "12.0-1", false, {}, {"lsb_release"}},
      {"openssl", "3.0.11-1", false, {}, {}},
      {"chrony", "4.3-2", false, {}, {}},
      {"cron", "3.0pl1-162", false, {}, {}},
      {"cronie", "1.5.7-1", false, {}, {}},
      {"rsyslog", "8.2302.0-1", false, {}, {}},
      {"ntp", "1:4.2.8p15", false, {}, {}},
      {"python3", "3.11.2-1", false, {}, {}},
      {"python3-pip", "23.0.1", false, {}, {}},
      {"tar", "1.34", false, {}, {}},
      {"gzip", "1.12", false, {}, {}},
      {"net-tools", "2.10", false, {}, {"ifconfig"}},
      {"iproute2", "6.1.0", false, {}, {"ip"}},
      {"logrotate", "3.21.0", false, {}, {}},
      {"amazon-cloudwatch-agent", "1.300030.1", false, {}, {}},
      {"amazon-ssm-agent", "3.2.1705.0", false, {}, {}},
      {"collectd", "5.12.0", false, {}, {}},
  };
  return packages;
}

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

constexpr char simple_daemon_unit_head[] = "[Unit]\nDescription=";

// Daemons that a bootstrap only enables and starts: their unit is there, and what it runs waits to be
// stopped.
void install_daemon(Guest& guest, const std::string& unit, const std::string& description) {
  GuestDisk& disk = guest.disk();
  disk.make_directories("/usr/lib/systemd/system", 0755);
  disk.write("/usr/lib/systemd/system/" + unit + ".service",
             simple_daemon_unit_head + description +
                 "\n\n[Service]\nType=simple\nExecStart=/usr/bin/sleep "
                 "infinity\n\n[Install]\nWantedBy=multi-user.target\n",
             0644);
}

void put_command(Guest& guest, const std::string& name) {
  bool administrators = name == "setcap" || name == "getcap" || name == "ifconfig" || name == "mkfs.xfs";
  std::string path = (administrators ? "/usr/sbin/" : "/usr/bin/") + name;
  if (!guest.disk().exists(path)) guest.disk().write(path, guest_program_bytes(), 0755);
}

}  // namespace

const Package* find_package(Guest& guest, const std::string& name) {
  std::string bare = name.substr(0, name.find_first_of("=:"));
  bool apt = has_apt(guest.system());
  if (!apt && bare.starts_with("vault-")) bare = "vault";
  if (!apt && bare.ends_with(".rpm")) return nullptr;
  for (const Package& package : catalogue()) {
    bool wrong_family =
        (apt && (package.name == "yum-utils" || package.name == "cronie" || package.name == "aws-cli" ||
                 package.name == "awscli-2" || package.name == "dnf-plugins-core")) ||
        (!apt && (package.name == "apt-transport-https" || package.name == "software-properties-common" ||
                  package.name == "cron" || package.name == "lsb-release"));
    if (package.name == bare && !wrong_family) return &package;
  }
  return nullptr;
}

bool is_installed(Guest& guest, const std::string& name) {
  std::istringstream names(guest.disk().read(installed_file).value_or(""));
  for (std::string one; names >> one;)
    if (one == name) return true;
  return false;
}

void install_package(Guest& guest, const Package& package) {
  GuestDisk& disk = guest.disk();
  for (const std::string& program : package.host_programs)
    for (const auto& [path, content] : guest.site().image().program_files(program)) {
      disk.make_directories(path.substr(0, path.find_last_of('/')), 0755);
      disk.write(path, content, 0755);
    }
  for (const std::string& command : package.commands) put_command(guest, command);
  if (package.name == "vault") install_vault(guest);
  if (package.name == "supervisor") install_supervisor(guest);
  if (package.name == "chrony") install_daemon(guest, "chrony", "chrony, an NTP client/server");
  if (package.name == "chrony") install_daemon(guest, "chronyd", "NTP client/server");
  if (package.name == "rsyslog") install_daemon(guest, "rsyslog", "System Logging Service");
  if (package.name == "cronie") install_daemon(guest, "crond", "Command Scheduler");
  if (package.name == "cron") install_daemon(guest, "cron", "Regular background program processing daemon");
  if (package.name == "amazon-cloudwatch-agent") {
    install_daemon(guest, "amazon-cloudwatch-agent", "Amazon CloudWatch Agent");
    std::string folder = "/opt/aws/amazon-cloudwatch-agent/bin";
    disk.make_directories(folder, 0755);
    disk.make_directories("/opt/aws/amazon-cloudwatch-agent/etc", 0755);
    disk.write(
        folder + "/amazon-cloudwatch-agent-ctl",
        "#!/bin/sh\n# Starts the agent's unit; what it would send goes nowhere.\n"
        "case \"$*\" in *fetch-config*|*start*) exec systemctl start amazon-cloudwatch-agent ;; esac\n",
        0755);
  }
  disk.make_directories("/var/lib/squall", 0755);
  if (!is_installed(guest, package.name)) disk.append(installed_file, package.name + "\n", 0644);
  disk.sync_all();  // dpkg and rpm sync what they unpacked, useradd what it changed
}

void remove_package(Guest& guest, const std::string& name) {
  std::string kept;
  std::istringstream names(guest.disk().read(installed_file).value_or(""));
  for (std::string one; names >> one;)
    if (one != name) kept += one + "\n";
  guest.disk().write(installed_file, kept, 0644);
  const Package* package = find_package(guest, name);
  if (package == nullptr) return;
  for (const std::string& command : package->commands) guest.disk().remove("/usr/bin/" + command);
  for (const std::string& program : package->host_programs) guest.disk().remove("/usr/bin/" + program);
}

}  // namespace squall::guest
