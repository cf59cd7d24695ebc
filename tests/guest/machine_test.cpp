// A whole instance: power, service manager, cloud-init, cron, volumes, from boot to boot.
#include <gmock/gmock.h>

#include "harness/guest/cloud_init.hpp"
#include "tests/guest/machine_world.hpp"

namespace squall::guest {
namespace {

using testing::HasSubstr;

constexpr char beating_unit[] =
    "#!/bin/bash\nset -e\ncat > /usr/local/bin/beat <<'BEAT'\n#!/bin/bash\necho up\nwhile true; do echo $$ > "
    "/opt/pid; sleep 5; done\nBEAT\n"
    "chmod +x /usr/local/bin/beat\n"
    "printf "
    "'[Unit]\\nDescription=Beat\\n[Service]\\nExecStart=/usr/local/bin/"
    "beat\\nRestart=on-failure\\nRestartSec=2\\n"
    "[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/beat.service\n"
    "systemctl daemon-reload; systemctl enable --now beat; systemctl is-active beat > /opt/state\n"
    "echo '* * * * * root date +\\%H:\\%M >> /opt/minutes' > /etc/cron.d/minutes\necho once >> /opt/once\n";

TEST(Machine, UserDataServicesCronAndReboot) {
  MachineWorld world(beating_unit);
  world.inside->power_on();
  world.wait(3min);
  EXPECT_EQ(world.file("/opt/state"), "active\n");
  EXPECT_EQ(world.inside->unit("beat.service").active, "active");
  EXPECT_THAT(world.inside->unit_log("beat.service"), HasSubstr("up\n"));
  EXPECT_EQ(world.inside->guest().kill_processes("beat", 9), 1);
  world.wait(10s);
  EXPECT_EQ(world.inside->unit("beat.service").restarts, 1);
  EXPECT_EQ(world.file("/opt/minutes").substr(0, 12), "22:14\n22:15\n");
  world.inside->reboot();
  world.wait(1min);
  EXPECT_EQ(world.inside->unit("beat.service").active, "active");
  EXPECT_EQ(world.file("/opt/once"), "once\n");
}

// Process ids begin anew at each boot, above those of a real machine's first processes, and differ from boot
// to boot; what the service manager says, what /proc says and what was written before the reboot fit
// together.
TEST(Machine, ProcessIdsOfABootAreFreshAndConsistent) {
  MachineWorld world(beating_unit);
  world.inside->power_on();
  world.wait(1min);
  auto seen = [&] {
    std::string main_pid;
    for (const auto& [pid, name] : world.inside->guest().processes())
      if (name == "beat") main_pid += (main_pid.empty() ? "" : " ") + std::to_string(pid);
    EXPECT_EQ(world.file("/opt/pid"), main_pid + "\n");
    EXPECT_EQ(std::to_string(world.inside->unit("beat.service").main_pid), main_pid);
    return std::stoi("0" + main_pid);
  };
  const int first = seen();
  world.inside->reboot();
  world.wait(1min);
  const int second = seen();
  world.inside->power_cut();
  world.inside->power_on();
  world.wait(1min);
  const int third = seen();
  for (int pid : {first, second, third}) {
    EXPECT_GT(pid, 300);
    EXPECT_LT(pid, 2000);
  }
  EXPECT_NE(first, second);
  EXPECT_NE(second, third);
}

TEST(Machine, UserDataThatRebootsIsNotRunAgain) {
  MachineWorld world("#!/bin/bash\necho ran >>/opt/ran\nreboot\nsleep 1000\necho on >>/opt/ran\n");
  world.inside->power_on();
  world.wait(5min);
  EXPECT_EQ(world.file("/opt/ran"), "ran\n");
  world.inside->power_cut();
  world.inside->power_on();
  world.wait(1min);
  EXPECT_EQ(world.file("/opt/ran"), "ran\n");
  EXPECT_EQ(world.inside->guest().disk().read(cloud_init_result).has_value(), true);
}

TEST(Machine, ShutsDownByItself) {
  MachineWorld world("#!/bin/sh\nsleep 20\nshutdown -h now\n");
  world.inside->power_on();
  world.wait(15s);
  EXPECT_TRUE(world.inside->reachable());
  world.wait(1min);
  EXPECT_FALSE(world.inside->reachable());
  EXPECT_EQ(world.went_off, 1);
}

TEST(Machine, AShutdownAtNoTimeIsRefused) {
  MachineWorld world("#!/bin/sh\nfor t in +2147483647 +-1 25:00 12:99; do shutdown $t 2>>/opt/said; done\n");
  world.inside->power_on();
  world.wait(2min);
  EXPECT_EQ(world.file("/opt/said"),
            "Failed to parse time specification: +2147483647\nFailed to parse time specification: +-1\n"
            "Failed to parse time specification: 25:00\nFailed to parse time specification: 12:99\n");
}

TEST(Machine, SwitchesAreOnlyWhatTheySay) {
  MachineWorld world(
      "#!/bin/sh\nexec >>/opt/said 2>&1\nshutdown -k now; echo $?; reboot -w; echo $?; reboot -f; echo $?\n"
      "shutdown -c; echo $?; poweroff --frob; echo $?; systemctl reboot --force; echo $?; halt --poweroff\n");
  world.inside->power_on();
  world.wait(2min);
  EXPECT_EQ(world.file("/opt/said"),
            "0\n0\nreboot: --force is not served by Squall's guests\n1\n"
            "shutdown: -c is not served by Squall's guests\n1\npoweroff: unrecognized option '--frob'\n1\n"
            "systemctl: reboot --force is not served by Squall\n1\n");
  EXPECT_EQ(world.went_off, 1) << "halt --poweroff";
}

TEST(Machine, TwoBootsAreAlike) {
  auto run = [] {
    MachineWorld world(beating_unit);
    world.inside->power_on();
    world.wait(2min);
    world.inside->power_cut();
    world.inside->power_on();
    world.wait(1min);
    return world.calls() + world.file("/opt/pid") + world.inside->guest().console_output();
  };
  EXPECT_EQ(run(), run());
}

}  // namespace
}  // namespace squall::guest
