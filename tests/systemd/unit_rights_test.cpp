// What a unit says about its processes' rights reaches the kernel: a script in a real unit of a real guest
// prints its limits, mask, groups and capabilities. And how the settings' words are read.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include "harness/guest/systemd/exec_rights.hpp"
#include "tests/guest/machine_world.hpp"

namespace squall::guest {
namespace {

using testing::HasSubstr;
using testing::Not;

// Without CAP_SYS_RESOURCE (containers) nobody can raise a hard limit above this process's.
std::string raised(int resource, rlim_t wanted) {
  rlimit own{};
  getrlimit(resource, &own);
  return std::to_string(std::min(wanted, own.rlim_max));
}

// The journal of a oneshot unit with these settings and this shell command.
std::string printed(const std::string& settings, const std::string& command) {
  MachineWorld world(
      "#!/bin/bash\nset -e\ngroupadd -g 2001 tls; groupadd -g 2002 logs\n"
      "useradd --system -u 997 -U -G tls vault\n"
      "cat > /etc/systemd/system/p.service <<'UNIT'\n[Service]\nType=oneshot\n" +
      settings + "ExecStart=/bin/bash -c '" + command +
      "'\nUNIT\nsystemctl daemon-reload; systemctl start p\n");
  world.inside->power_on();
  world.wait(2min);
  return world.inside->unit_log("p.service");
}

TEST(UnitRights, limits_are_a_machines_and_not_the_hosts) {
  const std::string log =
      printed("", "ulimit -Sn; ulimit -Hn; ulimit -c; ulimit -l; umask; id -G; cat /proc/self/limits");
  EXPECT_THAT(log, HasSubstr("\n1024\n" + raised(RLIMIT_NOFILE, 524288) + "\n0\n8192\n0022\n0\n"));
  EXPECT_THAT(log,
              HasSubstr("Max processes             7544                 7544                 processes"));
}

TEST(UnitRights, limits_mask_and_groups_of_the_unit) {
  const std::string log = printed(
      "User=vault\nSupplementaryGroups=logs\nUMask=0077\nLimitNOFILE=65536\nLimitMEMLOCK=infinity\nLimitCORE="
      "0\n"
      "LimitNPROC=100:200\n",
      "ulimit -n; umask; id; cat /proc/self/limits");
  EXPECT_THAT(log,
              HasSubstr("\n" + raised(RLIMIT_NOFILE, 65536) +
                        "\n0077\nuid=997(vault) gid=997(vault) groups=997(vault),2001(tls),2002(logs)\n"));
  EXPECT_THAT(log, HasSubstr("Max core file size        0                    0                    bytes"));
  EXPECT_THAT(log,
              HasSubstr("Max processes             100                  200                  processes"));
}

// The recorded unit "protect" has CAP_SYSLOG in its bounding set too: a guest has none, it would reach the
// host's log.
TEST(UnitRights, capabilities_of_the_unit) {
  const std::string log = printed(
      "User=vault\nNoNewPrivileges=yes\nSecureBits=keep-caps\nCapabilityBoundingSet=CAP_SYSLOG CAP_IPC_LOCK\n"
      "AmbientCapabilities=CAP_IPC_LOCK\n",
      "grep -E \"Cap|NoNew\" /proc/self/status; sudo -n true");
  for (const char* line :
       {"CapInh:\t0000000000004000", "CapPrm:\t0000000000004000", "CapEff:\t0000000000004000",
        "CapBnd:\t0000000000004000", "CapAmb:\t0000000000004000", "NoNewPrivs:\t1"})
    EXPECT_THAT(log, HasSubstr(line));
  EXPECT_THAT(
      log,
      HasSubstr("sudo: The \"no new privileges\" flag is set, which prevents sudo from running as root."));
}

TEST(UnitRights, a_root_unit_keeps_to_its_bounding_set) {
  EXPECT_THAT(printed("CapabilityBoundingSet=CAP_CHOWN\n", "grep CapEff /proc/self/status"),
              HasSubstr("CapEff:\t0000000000000001"));
}

// systemd.service(5) of before 240, which units in the wild still have.
TEST(UnitRights, permissions_for_the_start_command_only) {
  const std::string log =
      printed("User=vault\nPermissionsStartOnly=true\nExecStartPre=/usr/bin/id -un\n", "id -un");
  EXPECT_THAT(log, HasSubstr("root\n"));
  EXPECT_THAT(log, HasSubstr("vault\n"));
  EXPECT_THAT(printed("User=vault\nExecStartPre=/usr/bin/id -un\n", "id -un"), Not(HasSubstr("root\n")));
}

TEST(UnitRights, words_of_limits_and_capabilities) {
  using namespace systemd;
  EXPECT_EQ(parse_limit("NOFILE", "1024:65536"), (LimitValue{1024, 65536}));
  EXPECT_EQ(parse_limit("MEMLOCK", "1.5M"), (LimitValue{1'572'864, 1'572'864}));
  EXPECT_EQ(parse_limit("CPU", "1min:infinity"), (LimitValue{60, LimitValue::infinity}));
  EXPECT_EQ(parse_limit("RTTIME", "2ms"), (LimitValue{2000, 2000}));
  EXPECT_EQ(parse_limit("NICE", "-5"), (LimitValue{25, 25}));
  for (const char* wrong : {"", "64K", "-1", "1:", "many"})
    EXPECT_FALSE(parse_limit("NOFILE", wrong)) << wrong;
  EXPECT_EQ(capability_by_name("CAP_IPC_LOCK"), 14);
  EXPECT_FALSE(capability_by_name("CAP_NONE"));
  EXPECT_EQ(capability_names(1ull << 14 | 1ull << 34), "cap_ipc_lock cap_syslog");
}

}  // namespace
}  // namespace squall::guest
