// Commands by which scripts set up a machine: modules and settings of the kernel, swap, sudoers, firewalls,
// transient units; and which image has which.
#include <gmock/gmock.h>

#include "tests/guest/machine_world.hpp"

namespace squall::guest {
namespace {

using testing::HasSubstr;

TEST(MachineTools, AreOnTheImagesThatHaveThem) {
  const std::string everywhere =
      "visudo logrotate modprobe lsmod ping systemd-run systemd-cat swapoff swapon mkswap fallocate sysctl "
      "lsblk blkid "
      "growpart "
      "resize2fs xfs_growfs loginctl chronyc dmesg fuser update-alternatives cloud-init crontab unxz ";
  const std::string apt =
      "apt-cache locale-gen invoke-rc.d update-ca-certificates start-stop-daemon lsb_release ";
  const std::string rpm =
      "needs-restarting alternatives getenforce setsebool sestatus update-ca-trust restorecon ";
  for (auto [image, own, not_there] :
       {std::tuple{debian, apt + "resolvectl", rpm + "ufw iptables lsof dmidecode semanage ec2-metadata"},
        {jammy, apt + "ufw iptables lsof dmidecode pvcreate resolvectl ec2metadata", rpm + "semanage"},
        {noble, apt + "ufw iptables lsof dmidecode pvcreate resolvectl ec2metadata", rpm + "semanage"},
        {amazon_linux_2, rpm + "iptables lsof dmidecode pvcreate amazon-linux-extras ec2-metadata",
         apt + "ufw semanage resolvectl"},
        {amazon_linux_2023, rpm + "lsof dmidecode ec2-metadata resolvectl",
         apt + "ufw iptables amazon-linux-extras"},
        {red_hat, rpm + "lsof dmidecode semanage", apt + "ufw iptables ec2-metadata amazon-linux-extras"}}) {
    GuestWorld world(image);
    auto result = world.run("for name in " + everywhere + own +
                            "; do command -v $name >/dev/null || echo no $name; done\n" + "for name in " +
                            not_there + "; do command -v $name; done; true");
    EXPECT_EQ(result.standard_output, "") << image;
  }
}

TEST(MachineTools, ModulesAreLoadedForABootAndBringTheirSettings) {
  MachineWorld world(
      "#!/bin/bash\nlsmod | grep -c br_netfilter >>/opt/seen\nsysctl -w net.bridge.bridge-nf-call-iptables=1 "
      "2>>/opt/seen; "
      "echo $? >>/opt/seen\n"
      "modprobe br-netfilter; lsmod | grep br >>/opt/seen\n"
      "sysctl -w net.bridge.bridge-nf-call-iptables=1 >>/opt/seen\nmodprobe frob 2>>/opt/seen; echo $? "
      ">>/opt/seen\n"
      "rmmod bridge 2>>/opt/seen; modprobe -r br_netfilter && lsmod | grep -c br_netfilter >>/opt/seen\n"
      "sysctl -w net.ipv4.ip_local_port_range='1024  65000' >/dev/null; sysctl -n "
      "net.ipv4.ip_local_port_range >>/opt/seen\n"
      "echo br_netfilter >/etc/modules-load.d/k.conf; echo 'net.bridge.bridge-nf-call-iptables = 1' "
      ">/etc/sysctl.d/k.conf\n"
      "printf '#!/bin/sh\\n/usr/sbin/lsmod | grep -c ^br_netfilter; /usr/sbin/sysctl -n "
      "net.bridge.bridge-nf-call-iptables "
      "net.ipv4.ip_local_port_range' >/opt/look; chmod +x /opt/look\n"
      "echo '* * * * * root /opt/look >/opt/after 2>&1' >/etc/cron.d/look\n");
  world.inside->power_on();
  world.wait(1min);
  EXPECT_EQ(
      world.file("/opt/seen"),
      "0\nsysctl: cannot stat /proc/sys/net/bridge/bridge-nf-call-iptables: No such file or directory\n1\n"
      "br_netfilter           32768  0\nbridge                413696  1 br_netfilter\n"
      "net.bridge.bridge-nf-call-iptables = 1\n"
      "modprobe: FATAL: Module frob not found in directory /lib/modules/6.1.0-21-cloud-amd64\n1\n"
      "rmmod: ERROR: Module bridge is in use by: br_netfilter\n0\n1024  65000\n");
  world.inside->reboot();
  world.wait(3min);
  EXPECT_THAT(world.file("/opt/after"), testing::StartsWith("1\n1\n"));
  EXPECT_THAT(world.file("/opt/after"), testing::Not(HasSubstr("65000")))
      << "what no file asks for ends with the boot";
}

TEST(MachineTools, VisudoFindsTheMistakeInASudoersFile) {
  GuestWorld world;
  auto result = world.run(
      "printf 'Defaults:vault !requiretty\\nUser_Alias OPS = a, %%wheel\\nvault ALL=(root) NOPASSWD: "
      "/usr/bin/systemctl "
      "restart vault, \\\\\\n  /bin/kill\\n#1001 ALL=(ALL:ALL) ALL\\n' >/etc/sudoers.d/good\n"
      "visudo -c; echo $?; visudo -cf /etc/sudoers.d/good; echo $?\n"
      "printf 'a ALL=(ALL) ALL\\nvault ALL=(ALL) NOPASSWD ALL\\n' >/etc/sudoers.d/bad; visudo -cf "
      "/etc/sudoers.d/bad; echo $?\n"
      "visudo -c >/dev/null 2>&1; echo $?; visudo -qcf /none; echo $?; visudo; echo $?");
  EXPECT_EQ(result.standard_output,
            "/etc/sudoers: parsed OK\n/etc/sudoers.d/good: parsed OK\n0\n/etc/sudoers.d/good: parsed "
            "OK\n0\n1\n1\n1\n1\n");
  EXPECT_EQ(
      result.standard_error,
      "/etc/sudoers.d/bad:2:26: syntax error\nvault ALL=(ALL) NOPASSWD ALL\n                         ^~~\n"
      "visudo: /none: No such file or directory\nvisudo: an editor is not served by Squall's guests, "
      "-c is\n");
}

TEST(MachineTools, VisudoDoesNotFollowALoopOfIncludesForEver) {
  GuestWorld world;
  auto result = world.run("echo '@include /etc/loop' >/etc/loop; visudo -qcf /etc/loop");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.standard_error, "visudo: /etc/loop: too many levels of includes\n");
}

TEST(MachineTools, AptCacheTellsVersions) {
  GuestWorld world(jammy);
  auto result = world.run(
      "apt-cache policy jq | sed -n 2,3p; apt-get install -y jq >/dev/null; apt-cache policy jq | sed -n 2p\n"
      "apt-cache madison unzip | awk '{print $3}'; apt-cache policy vault; apt-cache show none; echo $?; "
      "apt-cache "
      "search x; echo $?");
  EXPECT_EQ(result.standard_output,
            "  Installed: (none)\n  Candidate: 1.6-2.1\n  Installed: 1.6-2.1\n6.0-28\n100\n100\n");
  EXPECT_THAT(result.standard_error, HasSubstr("N: Unable to locate package vault\n"));
}

TEST(MachineTools, SwapIsAFileWithAHeader) {
  GuestWorld world;
  auto result = world.run(
      "cd /; swapon /swapfile; fallocate -l 64M /swapfile; chmod 600 /swapfile; swapon /swapfile; mkswap "
      "/swapfile | "
      "head -1\nswapon /swapfile && swapon --show; swapon /swapfile; echo $?; stat -c %s /swapfile\n"
      "swapoff -a; swapon --show; echo none; swapoff /swapfile; echo $?");
  EXPECT_EQ(result.standard_output,
            "Setting up swapspace version 1, size = 64 MiB (67104768 bytes)\n"
            "NAME       TYPE  SIZE  USED  PRIO\n/swapfile  file  64M   0B    -2\n255\n67108864\nnone\n4\n");
  EXPECT_EQ(
      result.standard_error,
      "swapon: cannot open /swapfile: No such file or directory\nswapon: /swapfile: read swap header failed\n"
      "swapon: /swapfile: swapon failed: Device or resource busy\nswapoff: /swapfile: swapoff failed: "
      "Invalid "
      "argument\n");
}

TEST(MachineTools, VolumesDoNotGrow) {
  GuestWorld world;
  world.machine.volumes = {{"vol-0aa", "/dev/xvda", 8, true}, {"vol-0bb", "/dev/sdf", 20, false}};
  auto result = world.run(
      "growpart /dev/nvme0n1 1; echo $?; growpart /dev/nvme1n1 1; echo $?; resize2fs /dev/nvme1n1 "
      "2>/dev/null; echo $?\n"
      "mkfs.ext4 -q /dev/nvme1n1 2>/dev/null; resize2fs /dev/nvme1n1 2>&1 | tail -1\n"
      "mkfs.xfs -f /dev/nvme1n1 >/dev/null; xfs_growfs /mnt; echo $?; mount /dev/nvme1n1 /mnt; xfs_growfs -d "
      "/mnt | tail -1");
  EXPECT_EQ(result.standard_output,
            "NOCHANGE: partition 1 is size 16549855. it cannot be grown\n1\n2\n1\n"
            "The filesystem is already 5242880 (4k) blocks long.  Nothing to do!\n1\ndata size unchanged, "
            "skipping\n");
}

TEST(MachineTools, WhoHoldsAFile) {
  GuestWorld world(jammy);
  auto result = world.run(
      "#!/bin/bash\ntouch /tmp/lock; fuser /tmp/lock; echo $?; lsof /tmp/lock; echo $?\n"
      "sleep 100 9>/tmp/lock & held=$!; sleep 1; [ \"$(fuser /tmp/lock 2>/dev/null | tr -d ' ')\" = $held ] "
      "&& echo held\n"
      "[ \"$(lsof -t /tmp/lock)\" = $held ] && echo held; fuser -sk /tmp/lock; wait $held; echo $?");
  EXPECT_EQ(result.standard_output, "1\n1\nheld\nheld\n137\n") << result.standard_error;
}

TEST(MachineTools, AFirewallLetsInAndIsNotSwitchedOn) {
  GuestWorld world(jammy);
  auto result = world.run(
      "ufw status; ufw allow 8200/tcp; ufw allow 8200/tcp; ufw --force enable; echo $?; ufw disable\n"
      "iptables -A INPUT -p tcp --dport 8200 -j ACCEPT; iptables -S; iptables -C INPUT -p tcp --dport 8200 "
      "-j ACCEPT; echo $?\n"
      "iptables -A INPUT -j DROP; echo $?; iptables -t nat -A PREROUTING -p tcp --dport 443 -j REDIRECT "
      "--to-port 8200; "
      "echo $?; iptables -F; iptables -S | wc -l");
  EXPECT_EQ(result.standard_output,
            "Status: inactive\nRules updated\nRules updated (v6)\nSkipping adding existing rule\n1\n"
            "Firewall stopped and disabled on system startup\n"
            "-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n-A INPUT -p tcp --dport 8200 -j "
            "ACCEPT\n0\n2\n2\n3\n");
  EXPECT_THAT(result.standard_error,
              HasSubstr("iptables: Squall's guests filter no packets: DROP in filter is not served\n"));
}

TEST(MachineTools, SelinuxKeepsWhatItIsTold) {
  GuestWorld world(red_hat);
  auto result = world.run(
      "sestatus | sed -n '1p;5p'; selinuxenabled && echo on; getsebool httpd_can_network_connect\n"
      "setsebool -P httpd_can_network_connect 1; getsebool httpd_can_network_connect\n"
      "semanage port -a -t http_port_t -p tcp 8200; semanage port -l; semanage port -a -t http_port_t -p tcp "
      "8200; echo $?\n"
      "semanage fcontext -a -t bin_t '/opt/vault(/.*)?'; semanage fcontext -d '/opt/vault(/.*)?'; semanage "
      "fcontext -l; "
      "setenforce 0; sestatus | sed -n 5p");
  EXPECT_EQ(
      result.standard_output,
      "SELinux status:                 enabled\nCurrent mode:                   enforcing\non\n"
      "httpd_can_network_connect --> off\nhttpd_can_network_connect --> on\n8200\t-t http_port_t -p tcp\n1\n"
      "Current mode:                   permissive\n")
      << result.standard_error;
  EXPECT_EQ(GuestWorld(amazon_linux_2).run("sestatus; selinuxenabled; echo $?").standard_output,
            "SELinux status:                 disabled\n1\n");
}

TEST(MachineTools, LocalesLingeringAndTheClock) {
  GuestWorld world(jammy);
  auto result = world.run(
      "#!/bin/bash\nLC_ALL=en_US.UTF-8 bash -c true 2>&1 | grep -c 'cannot change locale'; locale-gen "
      "en_US.UTF-8 >/dev/null\n"
      "LC_ALL=en_US.UTF-8 bash -c true 2>&1; locale -a | grep en_US; locale-gen de_DE.ISO-8859-1 >/dev/null "
      "2>&1; echo $?\n"
      "loginctl enable-linger ubuntu; ls /var/lib/systemd/linger; loginctl enable-linger nobody-here; echo "
      "$?\n"
      "chronyc tracking | head -1; chronyc waitsync 60 >/dev/null; echo $?; chronyc frob; echo $?\n"
      "echo piped | systemd-cat -t own; systemd-cat -t own sh -c 'echo ran; exit 3'; echo $?");
  EXPECT_EQ(result.standard_output,
            "1\nen_US.utf8\n1\nubuntu\n1\nReference ID    : A9FEA97B (169.254.169.123)\n0\n1\n3\n")
      << result.standard_error;
}

constexpr char rotating[] =
    "#!/bin/bash\ncat >/etc/logrotate.d/vault <<'END'\n/var/log/vault*.log {\n  daily\n  rotate 2\n  "
    "missingok\n"
    "  notifempty\n  compress\n  delaycompress\n  sharedscripts\n  create 0640 daemon daemon\n  postrotate\n"
    "    echo told >>/opt/told\n  endscript\n}\nEND\necho first >/var/log/vault.log; : "
    ">/var/log/vault-empty.log\n"
    "logrotate -d /etc/logrotate.conf 2>/opt/dry\n";

TEST(LogRotation, RotatesEachDayWhatAsksForIt) {
  MachineWorld world(rotating);
  world.inside->power_on();
  world.wait(1min);
  EXPECT_THAT(world.file("/opt/dry"),
              HasSubstr("considering log /var/log/vault.log: log does not need rotating\n"));
  world.wait(26h);  // the first look makes the log known
  EXPECT_EQ(world.file("/var/log/vault.log"), "first\n");
  world.wait(24h);
  EXPECT_EQ(world.file("/var/log/vault.log"), "");
  EXPECT_EQ(world.file("/var/log/vault.log.1"), "first\n");
  EXPECT_EQ(world.file("/opt/told"), "told\n");
  EXPECT_FALSE(world.inside->guest().disk().exists("/var/log/vault-empty.log.1"));
  EXPECT_EQ(world.inside->unit("logrotate.timer").active, "active");
}

TEST(LogRotation, KeepsWhatItIsToldToKeep) {
  GuestWorld world;
  auto result = world.run(
      "cd /var/log; printf '/var/log/a.log {\\n rotate 2\\n compress\\n delaycompress\\n copytruncate\\n "
      "frob 3\\n}\\n' "
      ">/etc/a.conf\nfor n in 1 2 3 4; do echo $n >a.log; logrotate -f /etc/a.conf; done 2>/dev/null\n"
      "ls a.log*; cat a.log.1; zcat a.log.2.gz; logrotate /etc/a.conf; echo $?; logrotate /none; echo $?");
  EXPECT_EQ(result.standard_output, "a.log\na.log.1\na.log.2.gz\n4\n3\n1\n1\n");
  EXPECT_EQ(result.standard_error,
            "error: /etc/a.conf:6 unknown option 'frob' -- ignoring line\n"
            "error: cannot stat /none: No such file or directory\n");
}

TEST(SystemdRun, StartsATransientService) {
  MachineWorld world(
      "#!/bin/bash\nexec >/opt/seen 2>&1\nsystemd-run --unit=once --wait -p User=admin -E WHO=me bash -c "
      "'echo $WHO $(id -un) "
      "100%; exit 3'; echo $?\n"
      "systemd-run sleep 1000; systemctl is-active run-u1; systemd-run --unit=run-u1 true; echo $?\n"
      "systemd-run frobnicate; echo $?; systemd-run; echo $?; systemd-run --scope true; echo $?\n"
      "systemd-run --unit=later --on-active=20s touch /opt/later; systemctl is-active later.timer\n");
  world.inside->power_on();
  world.wait(20s);
  EXPECT_EQ(world.file("/opt/later"), "(none)");
  const std::string seen = world.file("/opt/seen");
  EXPECT_THAT(seen, HasSubstr("Running as unit: once.service\nFinished with result: exit-code\n"
                              "Main processes terminated with: code=exited/status=3\nService runtime: "));
  EXPECT_THAT(
      seen,
      HasSubstr(
          "\n3\nRunning as unit: run-u1.service\nactive\nFailed to start transient service unit: Unit "
          "run-u1.service was already loaded or has a fragment file.\n1\n"
          "Failed to find executable frobnicate: No such file or directory\n1\n"
          "Command line to execute required.\n1\nsystemd-run: option '--scope' is not served by Squall\n1\n"
          "Running timer as unit: later.timer\nWill run service as unit: later.service\nactive\n"));
  EXPECT_THAT(world.inside->unit_log("once.service"), HasSubstr("me admin 100%\n"));
  world.wait(40s);
  EXPECT_EQ(world.file("/opt/later"), "");
}

}  // namespace
}  // namespace squall::guest
