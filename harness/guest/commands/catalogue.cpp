// Which packages there are: those whose programs a guest has, and those that install in name only, so that a
// bootstrap which takes them along goes on. Versions are Debian 12's where a distribution's do not matter.
#include <algorithm>
#include <array>
#include <string_view>

#include "harness/guest/commands/packages.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

using Manager = Package::Manager;

std::vector<Package> served_packages() {
  constexpr Manager any = Manager::any, apt = Manager::apt, rpm = Manager::rpm;
  return {
      {"vault", "1.14.9-1", any, true, {}, {"vault"}},
      {"vault-enterprise", "1.14.9+ent-1", any, true, {}, {"vault"}},
      {"jq", "1.6-2.1", any, false, {"jq"}, {}},
      {"unzip", "6.0-28", any, false, {"unzip"}, {}},
      {"zip", "3.0-13", any, false, {"zip"}, {}},
      {"awscli", "2.9.19-1", any, false, {}, {"aws"}},
      {"aws-cli", "2.9.19-1", rpm, false, {}, {"aws"}},
      {"awscli-2", "2.9.19-1", rpm, false, {}, {"aws"}},
      {"supervisor", "4.2.5-1", any, false, {}, {"supervisorctl", "supervisord"}},
      {"curl", "7.88.1-10", any, false, {}, {"curl"}},
      {"wget", "1.21.3-1", any, false, {}, {"wget"}},
      {"gnupg", "2.2.40-1", apt, false, {}, {"gpg"}},
      {"gnupg2", "2.2.40-1", any, false, {}, {"gpg"}},
      {"gnupg2-minimal", "2.3.7-1", rpm, false, {}, {"gpg"}},
      {"gnupg2-full", "2.3.7-1", rpm, false, {}, {"gpg"}},
      {"gpg", "2.2.40-1", apt, false, {}, {"gpg"}},
      {"libcap2-bin", "1:2.66-4", apt, false, {}, {"setcap", "getcap"}},
      {"libcap", "2.48-2", rpm, false, {}, {"setcap", "getcap"}},
      {"xfsprogs", "6.1.0-1", any, false, {}, {"mkfs.xfs"}},
      {"e2fsprogs", "1.47.0-2", any, false, {}, {"mkfs.ext4"}},
      {"software-properties-common", "0.99.30", apt, false, {}, {"add-apt-repository", "apt-add-repository"}},
      {"yum-utils", "4.3.0-1", rpm, false, {}, {"yum-config-manager"}},
      {"dnf-plugins-core", "4.3.0-1", rpm, false, {}, {"yum-config-manager"}},
      {"lsb-release", "12.0-1", apt, false, {}, {"lsb_release"}},
      {"ca-certificates", "20230311", any, false, {}, {}},
      {"openssl", "3.0.11-1", any, false, {}, {}},
      {"chrony", "4.3-2", any, false, {}, {}},
      {"cron", "3.0pl1-162", apt, false, {}, {}},
      {"cronie", "1.5.7-1", rpm, false, {}, {}},
      {"rsyslog", "8.2302.0-1", any, false, {}, {}},
      {"python3", "3.11.2-1", any, false, {}, {}},
      {"python3-pip", "23.0.1", any, false, {}, {"pip", "pip3"}},
      {"tar", "1.34", any, false, {}, {}},
      {"gzip", "1.12", any, false, {}, {}},
      {"net-tools", "2.10", any, false, {}, {"ifconfig", "netstat"}},
      {"netcat-openbsd", "1.219-1", apt, false, {}, {"nc"}},
      {"netcat-traditional", "1.10-47", apt, false, {}, {"nc"}},
      {"netcat", "1.10-47", apt, false, {}, {"nc"}},
      {"nc", "7.93-1", rpm, false, {}, {"nc"}},
      {"nmap-ncat", "7.93-1", rpm, false, {}, {"nc"}},
      {"dnsutils", "1:9.18.24-1", apt, false, {}, {"dig", "nslookup"}},
      {"bind9-dnsutils", "1:9.18.24-1", apt, false, {}, {"dig", "nslookup"}},
      {"bind9-host", "1:9.18.24-1", apt, false, {}, {"host"}},
      {"bind-utils", "9.16.48-1", rpm, false, {}, {"dig", "host", "nslookup"}},
      {"gettext-base", "0.21-12", apt, false, {"envsubst"}, {}},
      {"gettext", "0.21-8", any, false, {"envsubst"}, {}},
      {"perl", "5.36.0-7", any, false, {"perl"}, {}},
      {"iproute2", "6.1.0", apt, false, {}, {"ip", "ss"}},
      {"iproute", "5.10.0", rpm, false, {}, {"ip", "ss"}},
      {"amazon-cloudwatch-agent", "1.300030.1", any, false, {}, {}},
      {"amazon-ssm-agent", "3.2.1705.0", any, false, {}, {}},
      {"docker.io", "20.10.24", apt, false, {}, {"docker"}},
      {"docker", "20.10.25", rpm, false, {}, {"docker"}},
      {"docker-ce", "24.0.5", any, false, {}, {"docker"}},
  };
}

// Names of packages that exist and whose programs guests have not.
constexpr std::array apt_names_only = {"apache2-utils",
                                       "apt-transport-https",
                                       "auditd",
                                       "bash-completion",
                                       "build-essential",
                                       "fail2ban",
                                       "git",
                                       "htop",
                                       "iputils-ping",
                                       "libaio1",
                                       "linux-tools-aws",
                                       "logrotate",
                                       "lvm2",
                                       "make",
                                       "nano",
                                       "nfs-common",
                                       "nginx",
                                       "ntp",
                                       "parted",
                                       "postgresql-client",
                                       "python3-boto3",
                                       "python3-venv",
                                       "socat",
                                       "software-properties-gtk",
                                       "sysstat",
                                       "telnet",
                                       "tmux",
                                       "tree",
                                       "tzdata",
                                       "ufw",
                                       "unattended-upgrades",
                                       "vim",
                                       "collectd",
                                       "containerd.io",
                                       "acl",
                                       "nvme-cli",
                                       "ssl-cert",
                                       "libcap-dev",
                                       "dirmngr",
                                       "apache2",
                                       "apparmor-utils",
                                       "apt-utils",
                                       "cloud-guest-utils",
                                       "cloud-utils",
                                       "debconf-utils",
                                       "dnsmasq",
                                       "gcc",
                                       "gdisk",
                                       "haproxy",
                                       "haveged",
                                       "iotop",
                                       "libssl-dev",
                                       "lsof",
                                       "ntpdate",
                                       "postgresql",
                                       "python3-dev",
                                       "python3-setuptools",
                                       "redis-tools",
                                       "rng-tools",
                                       "rsync",
                                       "ruby",
                                       "rubygems",
                                       "screen",
                                       "strace",
                                       "tcpdump",
                                       "traceroute",
                                       "virtualenv",
                                       "whois",
                                       "zsh"};
constexpr std::array rpm_names_only = {"amazon-efs-utils",
                                       "audit",
                                       "bash-completion",
                                       "collectd",
                                       "containerd",
                                       "gcc",
                                       "git",
                                       "htop",
                                       "httpd",
                                       "httpd-tools",
                                       "iputils",
                                       "java-17-amazon-corretto",
                                       "libaio",
                                       "logrotate",
                                       "lvm2",
                                       "make",
                                       "nano",
                                       "nfs-utils",
                                       "nginx",
                                       "ntp",
                                       "nvme-cli",
                                       "parted",
                                       "policycoreutils-python-utils",
                                       "ruby",
                                       "rubygems",
                                       "socat",
                                       "sysstat",
                                       "telnet",
                                       "tmux",
                                       "tree",
                                       "vim",
                                       "vim-enhanced",
                                       "python2-boto3",
                                       "acl",
                                       "amazon-ec2-utils",
                                       "bzip2",
                                       "epel-release",
                                       "aws-cfn-bootstrap",
                                       "device-mapper-persistent-data",
                                       "dnf-automatic",
                                       "dnsmasq",
                                       "ec2-instance-connect",
                                       "firewalld",
                                       "gcc-c++",
                                       "haproxy",
                                       "haveged",
                                       "iptables-services",
                                       "lsof",
                                       "openssl-devel",
                                       "python3-boto3",
                                       "python3-devel",
                                       "rng-tools",
                                       "rpm-build",
                                       "rsync",
                                       "screen",
                                       "setools-console",
                                       "strace",
                                       "tcpdump",
                                       "traceroute",
                                       "yum-cron"};
// HashiCorp's others, which its repositories have beside Vault.
constexpr std::array hashicorp_names_only = {"boundary", "consul",    "consul-template", "nomad",
                                             "packer",   "terraform", "vault-ssh-helper"};

std::vector<Package> all_packages() {
  std::vector<Package> packages = served_packages();
  for (std::string_view name : apt_names_only)
    packages.push_back({std::string(name), "1.0-1", Manager::apt, false, {}, {}, true});
  for (std::string_view name : rpm_names_only)
    packages.push_back({std::string(name), "1.0-1", Manager::rpm, false, {}, {}, true});
  for (std::string_view name : hashicorp_names_only)
    packages.push_back({std::string(name), "1.17.0-1", Manager::any, true, {}, {}, true});
  return packages;
}

const Package* find_package(Guest& guest, const std::string& name) {
  static const std::vector<Package> packages = all_packages();
  Manager own = has_apt(guest.system()) ? Manager::apt : Manager::rpm;
  auto found = std::find_if(packages.begin(), packages.end(), [&](const Package& package) {
    return package.name == name && (package.manager == Manager::any || package.manager == own);
  });
  return found == packages.end() ? nullptr : &*found;
}

// HashiCorp's repositories keep every version; a distribution's has the one.
std::string version_of(const Package& package, std::string wanted) {
  bool open = wanted.ends_with('*');
  if (open) wanted.pop_back();
  if (package.from_hashicorp && !wanted.empty()) {
    if (open && wanted.ends_with('-')) return wanted + "1";
    if (!open) return wanted;
  }
  bool fits = open ? package.version.starts_with(wanted) : wanted == package.version;
  return fits ? package.version : "";
}

Selection select_apt(Guest& guest, const std::string& wanted) {
  std::size_t equals = wanted.find('=');
  std::string name = wanted.substr(0, std::min(equals, wanted.find_first_of(":/")));
  const Package* package = find_package(guest, name);
  if (package == nullptr) return {};
  return {package,
          equals == std::string::npos ? package->version : version_of(*package, wanted.substr(equals + 1))};
}

// name, name-version, name-version-release, each with or without an architecture.
Selection select_rpm(Guest& guest, std::string wanted) {
  for (std::string_view architecture : {".x86_64", ".aarch64", ".noarch"})
    if (wanted.ends_with(architecture)) wanted.resize(wanted.size() - architecture.size());
  if (const Package* package = find_package(guest, wanted)) return {package, package->version};
  for (std::size_t dash = wanted.rfind('-'); dash != std::string::npos && dash > 0;
       dash = wanted.rfind('-', dash - 1)) {
    const Package* package = find_package(guest, wanted.substr(0, dash));
    std::string version = wanted.substr(dash + 1);
    if (package == nullptr || version.empty() || version[0] < '0' || version[0] > '9') continue;
    if (package->from_hashicorp)
      return {package, version.find('-') == std::string::npos ? version + "-1" : version};
    return {package, package->version.starts_with(version) ? package->version : ""};
  }
  return {};
}

}  // namespace

Selection select_package(Guest& guest, const std::string& wanted) {
  return has_apt(guest.system()) ? select_apt(guest, wanted) : select_rpm(guest, wanted);
}

}  // namespace squall::guest
