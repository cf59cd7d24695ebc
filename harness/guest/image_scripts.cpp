// Which of the scripts in scripts/ stand where, on which images.
#include <sys/stat.h>

#include <fstream>

#include "harness/guest/system_scripts.hpp"

namespace squall::guest {
namespace fs = std::filesystem;
namespace {

void put_all(const fs::path& root, const char* folder, std::initializer_list<const char*> names) {
  for (const char* name : names) put_script(root, std::string(folder) + "/" + name, embedded_script(name));
}

const char* selinux_mode(System system) {
  if (system == System::red_hat) return "enforcing";
  return system == System::amazon_linux_2 ? "disabled" : "permissive";
}

void put_selinux(const fs::path& root, System system) {
  put_all(root, "usr/sbin",
          {"getenforce", "setenforce", "selinuxenabled", "sestatus", "getsebool", "setsebool"});
  // No file has a label, so that there is none to restore.
  for (const char* place : {"usr/sbin/restorecon", "usr/bin/chcon"}) put_script(root, place, "#!/bin/sh\n");
  if (system == System::red_hat) put_all(root, "usr/sbin", {"semanage"});
  fs::create_directories(root / "etc/selinux");
  std::ofstream(root / "etc/selinux/config")
      << "SELINUX=" << selinux_mode(system) << "\nSELINUXTYPE=targeted\n";
}

void put_by_family(const fs::path& root, System system) {
  if (has_apt(system)) return put_all(root, "usr/sbin", {"locale-gen", "invoke-rc.d"});
  put_all(root, "usr/bin", {"needs-restarting"});
  put_selinux(root, system);
  fs::create_symlink("../bin/update-alternatives", root / "usr/sbin/alternatives");
}

}  // namespace

void write_image_scripts(const fs::path& root, System system) {
  put_all(
      root, "usr/bin",
      {"fallocate", "growpart", "fuser", "loginctl", "systemd-cat", "systemd-analyze", "chronyc", "dmesg"});
  put_all(root, "usr/sbin", {"mkswap", "swapon", "swapoff", "resize2fs", "xfs_growfs", "logrotate"});
  put_by_family(root, system);
  const bool old = system == System::amazon_linux_2;
  if (system != System::debian) put_all(root, "usr/bin", {"lsof"}), put_all(root, "usr/sbin", {"dmidecode"});
  if (!old && system != System::red_hat) put_all(root, "usr/bin", {"resolvectl"});
  if (is_ubuntu(system)) put_all(root, "usr/sbin", {"ufw"});
  if (!is_ubuntu(system) && !old) return;
  for (const char* name : {"iptables", "ip6tables"})
    put_script(root, std::string("usr/sbin/") + name, embedded_script("iptables"));
  for (const char* name : {"pvcreate", "vgcreate", "lvcreate", "vgextend", "lvextend", "pvs", "vgs", "lvs"})
    put_script(root, std::string("usr/sbin/") + name, embedded_script("no-volume-groups"));
}

}  // namespace squall::guest
