// Which packages there are: those whose programs a guest has, and those that install in name only, so that a
// bootstrap which takes them along goes on. Versions are Debian 12's where a distribution's do not matter.
#include <algorithm>
#include <array>
#include <string_view>

#include "harness/guest/commands/hashicorp_products.hpp"
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
      {"dnf-utils", "4.3.0-1", rpm, false, {}, {"yum-config-manager"}},
      {"lsb-release", "12.0-1", apt, false, {}, {"lsb_release"}},
      {"ca-certificates", "20230311", any, false, {}, {}},
      {"openssl", "3.0.11-1", any, false, {}, {}},
      {"chrony", "4.3-2", any, false, {}, {}},
      {"cron", "3.0pl1-162", apt, false, {}, {}},
      {"cronie", "1.5.7-1", rpm, false, {}, {}},
      {"rsyslog", "8.2302.0-1", any, false, {}, {}},
      {"python3", "3.11.2-1", any, false, {}, {}},
      {"python3-pip", "23.0.1", any, false, {}, {"pip", "pip3"}},
      {"python-pip", "20.2.2", rpm, false, {}, {"pip", "pip3"}},
      {"python2-pip", "20.2.2", rpm, false, {}, {"pip", "pip3"}},
      {"iputils-ping", "3:20221126-1", apt, false, {}, {"ping"}},
      {"iputils", "20210722-2", rpm, false, {}, {"ping"}},
      {"kmod", "30+20221128-1", any, false, {}, {"modprobe", "lsmod", "rmmod", "modinfo"}},
      {"sudo", "1.9.13p3-1", any, false, {}, {"visudo"}},
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

// On every image, or what they are for is: installing them changes nothing.
constexpr std::array plain_names = {"bash",
                                    "bzip2",
                                    "cloud-guest-utils",
                                    "cloud-utils",
                                    "cloud-utils-growpart",
                                    "coreutils",
                                    "diffutils",
                                    "file",
                                    "findutils",
                                    "gawk",
                                    "glibc-langpack-en",
                                    "grep",
                                    "hostname",
                                    "langpacks-en",
                                    "less",
                                    "libselinux-utils",
                                    "locales",
                                    "logrotate",
                                    "openssh-client",
                                    "openssh-clients",
                                    "openssh-server",
                                    "passwd",
                                    "policycoreutils",
                                    "procps",
                                    "procps-ng",
                                    "psmisc",
                                    "sed",
                                    "shadow-utils",
                                    "system-release",
                                    "tzdata",
                                    "util-linux",
                                    "which",
                                    "xz",
                                    "xz-utils"};
// Names of packages that exist and whose programs guests have not.
constexpr std::array apt_names_only = {"apache2-utils",
                                       "apt-transport-https",
                                       "auditd",
                                       "bash-completion",
                                       "build-essential",
                                       "fail2ban",
                                       "git",
                                       "htop",
                                       "libaio1",
                                       "linux-tools-aws",
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
                                       "zsh",
                                       "ansible",
                                       "aide",
                                       "autoconf",
                                       "automake",
                                       "bridge-utils",
                                       "bsdmainutils",
                                       "certbot",
                                       "chkrootkit",
                                       "clamav",
                                       "cmake",
                                       "conntrack",
                                       "cowsay",
                                       "curlftpfs",
                                       "default-jdk",
                                       "default-jre",
                                       "default-mysql-client",
                                       "dialog",
                                       "docker-buildx-plugin",
                                       "docker-ce-cli",
                                       "docker-compose",
                                       "docker-compose-plugin",
                                       "dos2unix",
                                       "ebtables",
                                       "ec2-instance-connect",
                                       "golang",
                                       "golang-go",
                                       "grafana",
                                       "iperf3",
                                       "ipset",
                                       "iptables",
                                       "iptables-persistent",
                                       "jo",
                                       "keepalived",
                                       "krb5-user",
                                       "kubeadm",
                                       "kubectl",
                                       "kubelet",
                                       "ldap-utils",
                                       "libnss-resolve",
                                       "libpam-pwquality",
                                       "libtool",
                                       "lsb-core",
                                       "lynis",
                                       "mailutils",
                                       "mariadb-client",
                                       "maven",
                                       "moreutils",
                                       "mysql-client",
                                       "nftables",
                                       "nmap",
                                       "nodejs",
                                       "npm",
                                       "ntpsec",
                                       "openjdk-11-jdk",
                                       "openjdk-11-jre-headless",
                                       "openjdk-17-jdk",
                                       "openjdk-17-jre-headless",
                                       "pass",
                                       "pkg-config",
                                       "php",
                                       "podman",
                                       "postfix",
                                       "postgresql-client-12",
                                       "postgresql-client-13",
                                       "postgresql-client-14",
                                       "postgresql-client-15",
                                       "postgresql-client-16",
                                       "prometheus",
                                       "prometheus-node-exporter",
                                       "python3-apt",
                                       "python3-certbot",
                                       "python3-cryptography",
                                       "python3-hvac",
                                       "python3-requests",
                                       "python3-virtualenv",
                                       "python3-wheel",
                                       "python3-yaml",
                                       "pv",
                                       "resolvconf",
                                       "rkhunter",
                                       "s3cmd",
                                       "s3fs",
                                       "stunnel4",
                                       "unbound",
                                       "vim-tiny",
                                       "yamllint",
                                       "libpq-dev",
                                       "libffi-dev",
                                       "mysql-server",
                                       "mariadb-server",
                                       "gnupg-agent",
                                       "nfs-kernel-server",
                                       "cifs-utils",
                                       "bc",
                                       "iputils-tracepath",
                                       "mtr-tiny",
                                       "psmisc",
                                       "sshpass",
                                       "ssh-import-id"};
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
                                       "java-17-amazon-corretto",
                                       "libaio",
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
                                       "yum-cron",
                                       "ansible",
                                       "ansible-core",
                                       "amazon-ecr-credential-helper",
                                       "bc",
                                       "bind",
                                       "bridge-utils",
                                       "certbot",
                                       "cloud-init",
                                       "conntrack-tools",
                                       "container-selinux",
                                       "containerd.io",
                                       "crypto-policies-scripts",
                                       "docker-buildx-plugin",
                                       "docker-ce-cli",
                                       "docker-compose-plugin",
                                       "ecs-init",
                                       "fio",
                                       "golang",
                                       "grafana",
                                       "iotop",
                                       "ipset",
                                       "iptables",
                                       "iptables-nft",
                                       "java-1.8.0-openjdk",
                                       "java-11-amazon-corretto",
                                       "java-11-openjdk",
                                       "kernel-devel",
                                       "kernel-headers",
                                       "krb5-workstation",
                                       "kubectl",
                                       "mariadb",
                                       "mariadb105",
                                       "mlocate",
                                       "mysql",
                                       "nftables",
                                       "nmap",
                                       "nodejs",
                                       "npm",
                                       "oddjob",
                                       "oddjob-mkhomedir",
                                       "openldap-clients",
                                       "openssl-libs",
                                       "perl-Digest-SHA",
                                       "php",
                                       "podman",
                                       "policycoreutils-python",
                                       "postgresql",
                                       "postgresql15",
                                       "python3-cryptography",
                                       "python3-libselinux",
                                       "python3-requests",
                                       "python3-wheel",
                                       "realmd",
                                       "redhat-lsb-core",
                                       "s3fs-fuse",
                                       "selinux-policy",
                                       "selinux-policy-targeted",
                                       "sssd",
                                       "stunnel",
                                       "unbound",
                                       "yum-plugin-versionlock",
                                       "cifs-utils",
                                       "dos2unix",
                                       "patch",
                                       "file",
                                       "sshpass",
                                       "selinux-policy-devel",
                                       "checkpolicy"};
std::vector<Package> all_packages() {
  std::vector<Package> packages = served_packages();
  for (std::string_view name : plain_names)
    packages.push_back({std::string(name), "1.0-1", Manager::any, false, {}, {}});
  for (std::string_view name : apt_names_only)
    packages.push_back({std::string(name), "1.0-1", Manager::apt, false, {}, {}, true});
  for (std::string_view name : rpm_names_only)
    packages.push_back({std::string(name), "1.0-1", Manager::rpm, false, {}, {}, true});
  for (const std::string& name : hashicorp_products())
    packages.push_back({name, "1.17.0-1", Manager::any, true, {}, {name}, true});
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

// HashiCorp's repositories keep every version, and which there are of a package that is here in name only
// nobody knows; a distribution's has the one.
bool has_every_version(const Package& package) { return package.from_hashicorp || package.in_name_only; }

std::string version_of(const Package& package, std::string wanted) {
  bool open = wanted.ends_with('*');
  if (open) wanted.pop_back();
  if (has_every_version(package) && !wanted.empty()) {
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
    if (has_every_version(*package))
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
