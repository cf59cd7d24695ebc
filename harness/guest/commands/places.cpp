// Which commands there are, where, and on which systems from the start.
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/hashicorp_products.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {

std::map<std::string, program::Program> own_commands(Guest& guest) {
  std::map<std::string, program::Program> all = {
      {"sleep", sleep_command()}, {"curl", curl_command()},          {"wget", wget_command()},
      {"ping", ping_command()},   {"squall-tcp", tcp_bridge(guest)}, {"file", file_command(guest)}};
  all.merge(identity_commands(guest));
  all.merge(capability_commands(guest));
  all.merge(address_commands(guest));
  all.merge(socket_commands(guest));
  all.merge(resolver_commands(guest));
  all.merge(block_commands(guest));
  all.merge(mkfs_commands(guest));
  all.merge(mount_commands(guest));
  all.merge(apt_commands(guest));
  all.merge(rpm_commands(guest));
  all.merge(yum_commands(guest));
  all.merge(dpkg_commands(guest));
  all.merge(gpg_commands(guest));
  all.merge(apt_key_commands(guest));
  all.merge(snap_commands(guest));
  all.merge(trust_commands(guest));
  all.merge(logging_commands(guest));
  all.merge(apt_cache_commands(guest));
  all.merge(cloud_init_commands(guest));
  all.merge(sudo_commands(guest));
  all.merge(product_commands());
  all.merge(module_commands(guest));
  all.merge(kernel_setting_commands(guest));
  return all;
}

std::map<std::string, std::string> command_places(System system, bool workstation) {
  std::map<std::string, std::string> places;
  auto add = [&](const char* folder, std::initializer_list<const char*> names) {
    for (const char* name : names) places[name] = folder;
  };
  // sudo, su, runuser and timeout are the guest program's own (agent/main.c).
  add("/usr/bin",
      {"sleep",       "sudo",   "su",     "timeout", "curl",   "wget",       "hostname",   "hostnamectl",
       "timedatectl", "mount",  "umount", "lsblk",   "logger", "cloud-init", "crontab",    "systemctl",
       "journalctl",  "getent", "ss",     "netstat", "file",   "ping",       "systemd-run"});
  add("/usr/sbin",
      {"runuser", "mkfs",     "mkfs.ext2", "mkfs.ext3", "mkfs.ext4", "mkfs.xfs", "blkid",    "sysctl",
       "ip",      "ifconfig", "setcap",    "getcap",    "reboot",    "shutdown", "poweroff", "halt",
       "service", "visudo",   "modprobe",  "rmmod",     "lsmod",     "modinfo"});
  if (has_apt(system)) {
    add("/usr/bin", {"apt", "apt-get", "apt-key", "add-apt-repository", "apt-add-repository", "dpkg", "gpg",
                     "lsb_release", "apt-mark", "debconf-set-selections", "dpkg-query", "apt-cache"});
    add("/usr/sbin", {"update-ca-certificates"});
    if (is_ubuntu(system)) add("/usr/bin", {"snap", "nc", "dig", "host", "nslookup"});
  } else {
    add("/usr/bin", {"yum", "dnf", "yum-config-manager", "rpm", "gpg"});
    add("/usr/bin", {"update-ca-trust"});
    if (system != System::red_hat) add("/usr/bin", {"aws", "dig", "host", "nslookup"});
  }
  if (workstation) add("/usr/bin", {"aws", "vault"});
  return places;
}

}  // namespace squall::guest
