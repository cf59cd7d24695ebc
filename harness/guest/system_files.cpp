// See system_files.hpp. Contents as the distributions' own images have them, cut down to what is asked for.
#include "harness/guest/system_files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace squall::guest {
namespace fs = std::filesystem;
namespace {

std::string os_release(System system) {
  switch (system) {
    case System::amazon_linux_2:
      return "NAME=\"Amazon Linux\"\nVERSION=\"2\"\nID=\"amzn\"\nID_LIKE=\"centos rhel "
             "fedora\"\nVERSION_ID=\"2\"\n"
             "PRETTY_NAME=\"Amazon Linux 2\"\nANSI_COLOR=\"0;33\"\n"
             "CPE_NAME=\"cpe:2.3:o:amazon:amazon_linux:2\"\nHOME_URL=\"https://amazonlinux.com/\"\n";
    case System::amazon_linux_2023:
      return "NAME=\"Amazon Linux\"\nVERSION=\"2023\"\nID=\"amzn\"\nID_LIKE=\"fedora\"\nVERSION_ID=\"2023\"\n"
             "PLATFORM_ID=\"platform:al2023\"\nPRETTY_NAME=\"Amazon Linux 2023\"\nANSI_COLOR=\"0;33\"\n"
             "CPE_NAME=\"cpe:2.3:o:amazon:amazon_linux:2023\"\n"
             "HOME_URL=\"https://aws.amazon.com/linux/amazon-linux-2023/\"\n";
    case System::ubuntu_20_04:
      return "NAME=\"Ubuntu\"\nVERSION=\"20.04.6 LTS (Focal Fossa)\"\nID=ubuntu\nID_LIKE=debian\n"
             "PRETTY_NAME=\"Ubuntu 20.04.6 "
             "LTS\"\nVERSION_ID=\"20.04\"\nHOME_URL=\"https://www.ubuntu.com/\"\n"
             "VERSION_CODENAME=focal\nUBUNTU_CODENAME=focal\n";
    case System::ubuntu_22_04:
      return "PRETTY_NAME=\"Ubuntu 22.04.4 LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"22.04\"\n"
             "VERSION=\"22.04.4 LTS (Jammy Jellyfish)\"\nVERSION_CODENAME=jammy\nID=ubuntu\nID_LIKE=debian\n"
             "HOME_URL=\"https://www.ubuntu.com/\"\nUBUNTU_CODENAME=jammy\n";
    case System::ubuntu_24_04:
      return "PRETTY_NAME=\"Ubuntu 24.04 LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"24.04\"\n"
             "VERSION=\"24.04 LTS (Noble Numbat)\"\nVERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=debian\n"
             "HOME_URL=\"https://www.ubuntu.com/\"\nUBUNTU_CODENAME=noble\n";
    case System::red_hat:
      return "NAME=\"Red Hat Enterprise Linux\"\nVERSION=\"9.4 (Plow)\"\nID=\"rhel\"\nID_LIKE=\"fedora\"\n"
             "VERSION_ID=\"9.4\"\nPLATFORM_ID=\"platform:el9\"\n"
             "PRETTY_NAME=\"Red Hat Enterprise Linux 9.4 (Plow)\"\nANSI_COLOR=\"0;31\"\n";
    case System::debian:
      break;
  }
  return "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\n"
         "VERSION=\"12 "
         "(bookworm)\"\nVERSION_CODENAME=bookworm\nID=debian\nHOME_URL=\"https://www.debian.org/\"\n";
}

std::string pretty_name(System system) {
  std::string release = os_release(system);
  std::size_t begin = release.find("PRETTY_NAME=\"") + 13;
  return release.substr(begin, release.find('"', begin) - begin);
}

std::string passwd(System system) {
  std::string user = facts_of(system).login_name;
  std::string nologin = "/usr/sbin/nologin";
  return "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:" + nologin +
         "\nbin:x:2:2:bin:/bin:" + nologin + "\nsys:x:3:3:sys:/dev:" + nologin +
         "\nmail:x:8:8:mail:/var/mail:" + nologin +
         "\nsystemd-network:x:998:998:systemd Network Management:/:" + nologin +
         "\nsyslog:x:104:111::/home/syslog:" + nologin + "\nwww-data:x:33:33:www-data:/var/www:" + nologin +
         "\nnobody:x:65534:65534:nobody:/nonexistent:" + nologin + "\n" + user + ":x:1000:1000:" + user +
         ":/home/" + user + ":/bin/bash\n";
}

std::string group(System system) {
  std::string user = facts_of(system).login_name;
  std::string powers = has_apt(system) ? "sudo" : "wheel";
  return "root:x:0:\ndaemon:x:1:\nbin:x:2:\nsys:x:3:\nadm:x:4:" + user +
         "\ntty:x:5:\ndisk:x:6:\nmail:x:8:\n" + powers + ":x:27:" + user +
         "\nwww-data:x:33:\nusers:x:100:\nsyslog:x:111:\nsystemd-journal:x:999:\n"
         "systemd-network:x:998:\nnogroup:x:65534:\n" +
         user + ":x:1000:\n";
}

std::string shadow(System system) {
  return std::string("root:*:19500:0:99999:7:::\nnobody:*:19500:0:99999:7:::\n") +
         facts_of(system).login_name + ":!:19500:0:99999:7:::\n";
}

constexpr char login_defaults[] =
    "MAIL_DIR /var/mail\nUMASK 022\nPASS_MAX_DAYS 99999\nPASS_MIN_DAYS 0\nPASS_WARN_AGE 7\nUID_MIN 1000\n"
    "UID_MAX 60000\nSYS_UID_MIN 100\nSYS_UID_MAX 999\nGID_MIN 1000\nGID_MAX 60000\nSYS_GID_MIN 100\n"
    "SYS_GID_MAX 999\nUSERGROUPS_ENAB yes\nENCRYPT_METHOD SHA512\n";

void put(const fs::path& root, const char* name, const std::string& content, mode_t mode = 0644) {
  fs::path path = root / name;
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
  ::chmod(path.c_str(), mode);
}

void make_folders(const fs::path& root, System system) {
  for (const char* name : {"etc/systemd/system",
                           "usr/lib/systemd/system",
                           "etc/cron.d",
                           "etc/cron.hourly",
                           "etc/cron.daily",
                           "etc/cron.weekly",
                           "etc/cron.monthly",
                           "etc/sudoers.d",
                           "etc/profile.d",
                           "etc/ssl/certs",
                           "etc/logrotate.d",
                           "etc/sysctl.d",
                           "etc/security/limits.d",
                           "var/lib/amazon/ssm",
                           "var/lib/cloud/instance",
                           "etc/default",
                           "etc/rc0.d",
                           "var/mail",
                           "var/tmp",
                           "etc/init.d",
                           "etc/skel",
                           "etc/rsyslog.d",
                           "etc/modprobe.d",
                           "etc/modules-load.d",
                           "etc/tmpfiles.d",
                           "etc/systemd/journald.conf.d",
                           "etc/systemd/system.conf.d",
                           "usr/local/etc",
                           "usr/local/lib",
                           "usr/local/share/ca-certificates"})
    fs::create_directories(root / name);
  if (has_apt(system)) {
    fs::create_directories(root / "etc/apt/sources.list.d");
    fs::create_directories(root / "etc/apt/apt.conf.d");
    fs::create_directories(root / "etc/apt/keyrings");
    fs::create_directories(root / "etc/apt/trusted.gpg.d");
    fs::create_directories(root / "usr/share/keyrings");
  } else {
    fs::create_directories(root / "etc/yum.repos.d");
    fs::create_directories(root / "etc/sysconfig");
    fs::create_directories(root / "etc/pki/rpm-gpg");
    fs::create_directories(root / "etc/pki/ca-trust/source/anchors");
    fs::create_directories(root / "etc/pki/tls/certs");
  }
  fs::create_directories(root / "tmp");
  ::chmod((root / "tmp").c_str(), 01777);
  ::chmod((root / "var/tmp").c_str(), 01777);
  fs::create_directories(root / "root");
  ::chmod((root / "root").c_str(), 0700);
  fs::path home = root / "home" / facts_of(system).login_name;
  fs::create_directories(home / ".ssh");
  for (const fs::path& owned : {home, home / ".ssh"})
    if (::chown(owned.c_str(), 1000, 1000) != 0) break;  // without the right to, it stays root's
}

// Settings of the images' own programs that scripts edit in place. Nothing in this world reads them.
void put_settings(const fs::path& root, System system) {
  put(root, "etc/ssh/sshd_config",
      "#Port 22\n#PermitRootLogin prohibit-password\n#PubkeyAuthentication yes\nPasswordAuthentication no\n"
      "#AllowTcpForwarding yes\nX11Forwarding yes\nUsePAM yes\n#UseDNS no\n#ClientAliveInterval 0\n");
  put(root, "etc/security/limits.conf", "# <domain> <type> <item> <value>\n# End of file\n");
  put(root, "etc/sysctl.conf", "# See sysctl.conf(5), and /etc/sysctl.d\n");
  put(root, "etc/rsyslog.conf", "$IncludeConfig /etc/rsyslog.d/*.conf\n");
  put(root, "etc/logrotate.conf", "weekly\nrotate 4\ncreate\ninclude /etc/logrotate.d\n");
  put(root, "etc/systemd/journald.conf", "[Journal]\n#Storage=auto\n#SystemMaxUse=\n");
  put(root, "etc/systemd/system.conf", "[Manager]\n#DefaultLimitNOFILE=1024:524288\n");
  put(root, "etc/systemd/timesyncd.conf", "[Time]\n#NTP=\n");
  put(root, has_apt(system) ? "etc/chrony/chrony.conf" : "etc/chrony.conf",
      "server 169.254.169.123 prefer iburst minpoll 4 maxpoll 4\ndriftfile /var/lib/chrony/drift\n");
  put(root, "etc/default/grub", "GRUB_TIMEOUT=0\nGRUB_CMDLINE_LINUX=\"console=ttyS0\"\n");
  put(root, "etc/motd", "");
  for (const char* name : {"etc/skel/.bashrc", "root/.bashrc"})
    put(root, name, "# ~/.bashrc: for shells that are not login shells\n");
}

// As the images' packages have it, but for the condition: without a file that asks for it, nothing rotates.
void put_log_rotation(const fs::path& root) {
  put(root, "usr/lib/systemd/system/logrotate.service",
      "[Unit]\nDescription=Rotate log files\nDocumentation=man:logrotate(8) man:logrotate.conf(5)\n"
      "ConditionDirectoryNotEmpty=/etc/logrotate.d\n\n[Service]\nType=oneshot\n"
      "ExecStart=/usr/sbin/logrotate /etc/logrotate.conf\n");
  put(root, "usr/lib/systemd/system/logrotate.timer",
      "[Unit]\nDescription=Daily rotation of log files\nDocumentation=man:logrotate(8) "
      "man:logrotate.conf(5)\n\n"
      "[Timer]\nOnCalendar=daily\nAccuracySec=1h\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n");
  fs::create_directories(root / "etc/systemd/system/timers.target.wants");
  fs::create_symlink("/lib/systemd/system/logrotate.timer",
                     root / "etc/systemd/system/timers.target.wants/logrotate.timer");
}

// Daemons of the images whose units scripts restart. None is started at boot: nothing in this world asks
// them.
void put_daemons(const fs::path& root, System system) {
  bool apt = has_apt(system);
  for (auto [unit, description] :
       {std::pair{apt ? "ssh" : "sshd", "OpenBSD Secure Shell server"},
        {"rsyslog", "System Logging Service"},
        {apt ? "chrony" : "chronyd", "NTP client/server"},
        {apt ? "cron" : "crond", "Regular background program processing daemon"},
        {"systemd-journald", "Journal Service"},
        {"systemd-logind", "User Login Management"},
        {"systemd-networkd", "Network Configuration"},
        {"systemd-resolved", "Network Name Resolution"},
        {"systemd-timesyncd", "Network Time Synchronization"},
        {is_ubuntu(system) ? "snap.amazon-ssm-agent.amazon-ssm-agent" : "amazon-ssm-agent",
         "amazon-ssm-agent"}})
    put(root, (std::string("usr/lib/systemd/system/") + unit + ".service").c_str(), daemon_unit(description));
  put_log_rotation(root);
  if (!apt) return;
  // Debian's names, and what both are called elsewhere.
  fs::create_directories(root / "etc/systemd/system");
  fs::create_symlink("/lib/systemd/system/ssh.service", root / "etc/systemd/system/sshd.service");
  fs::create_symlink("/lib/systemd/system/chrony.service", root / "etc/systemd/system/chronyd.service");
}

}  // namespace

std::string daemon_unit(const std::string& description) {
  return "[Unit]\nDescription=" + description +
         "\n\n[Service]\nType=simple\nExecStart=/usr/bin/sleep "
         "infinity\n\n[Install]\nWantedBy=multi-user.target\n";
}

void write_system_files(const fs::path& root, System system) {
  make_folders(root, system);
  put(root, "etc/os-release", os_release(system));
  put(root, "usr/lib/os-release", os_release(system));
  put_daemons(root, system);
  put_settings(root, system);
  put(root, "etc/passwd", passwd(system));
  put(root, "etc/group", group(system));
  put(root, "etc/shadow", shadow(system), 0640);
  put(root, "etc/gshadow", "", 0640);
  put(root, "etc/login.defs", login_defaults);
  put(root, "etc/default/useradd", "SHELL=/bin/sh\n");
  put(root, "etc/nsswitch.conf",
      "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nservices: files\n");
  put(root, "etc/hosts", "127.0.0.1 localhost\n::1 ip6-localhost ip6-loopback\n");
  put(root, "etc/resolv.conf", "nameserver 169.254.169.253\nsearch ec2.internal\n");
  put(root, "etc/fstab", "UUID=3f7a3c1e-6b1d-4b44-9c7e-0d3a5f1f2a10 / ext4 defaults 0 1\n");
  put(root, "etc/environment", "PATH=\"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"\n");
  put(root, "etc/profile",
      "export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
      "for part in /etc/profile.d/*.sh; do [ -r \"$part\" ] && . \"$part\"; done\nunset part\n");
  put(root, "etc/shells", "/bin/sh\n/bin/bash\n/usr/bin/bash\n");
  put(root, "etc/sudoers", "root ALL=(ALL:ALL) ALL\n#includedir /etc/sudoers.d\n", 0440);
  fs::create_symlink("/usr/share/zoneinfo/UTC", root / "etc/localtime");
  put(root, "etc/ssl/openssl.cnf",
      "[req]\ndistinguished_name = req_distinguished_name\n[req_distinguished_name]\n");
  if (!has_apt(system)) fs::create_symlink("/etc/ssl/openssl.cnf", root / "etc/pki/tls/openssl.cnf");
  fs::create_directories(root / "usr/lib/ssl");
  fs::create_symlink("/etc/ssl/openssl.cnf", root / "usr/lib/ssl/openssl.cnf");
  fs::create_symlink("/etc/ssl/certs", root / "usr/lib/ssl/certs");
  if (system == System::amazon_linux_2 || system == System::amazon_linux_2023)
    put(root, "etc/system-release",
        system == System::amazon_linux_2 ? "Amazon Linux release 2 (Karoo)\n"
                                         : "Amazon Linux release 2023\n");
  if (system == System::debian) put(root, "etc/debian_version", "12.5\n");
  if (has_apt(system)) put(root, "etc/adduser.conf", "DSHELL=/bin/bash\nDHOME=/home\n");
  if (has_apt(system)) put(root, "etc/deluser.conf", "REMOVE_HOME = 0\n");
  if (is_ubuntu(system))
    put(root, "etc/lsb-release",
        std::string("DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=") + facts_of(system).version +
            "\nDISTRIB_CODENAME=" + facts_of(system).codename + "\nDISTRIB_DESCRIPTION=\"" +
            pretty_name(system) + "\"\n");
}

}  // namespace squall::guest
