// The rules of a service's life, one by one (systemd 252 as recorded).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/systemd/fake_guest.hpp"

namespace squall {
namespace {

using testing::FakeGuest;
using ::testing::HasSubstr;

struct Service : ::testing::Test {
  FakeGuest guest;
  void SetUp() override { guest.boot(); }
  std::string state(const std::string& unit) {
    return guest.show(unit, "ActiveState") + "/" + guest.show(unit, "SubState") + "/" +
           guest.show(unit, "Result");
  }
};

TEST_F(Service, a_notify_service_is_up_when_it_says_so) {
  auto result = guest.run("systemctl start vault");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(state("vault"), "active/running/success");
  EXPECT_EQ(guest.run("systemctl stop vault").code, 0);
  EXPECT_EQ(state("vault"), "inactive/dead/success");
}

TEST_F(Service, the_start_limit_keeps_a_crashing_service_down) {
  guest.disk.write("/etc/vault.d/vault.env", "OPTS=--exit=1\n", 0640);
  auto result = guest.run("systemctl start vault");
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.err,
            "Job for vault.service failed because the control process exited with error code.\n"
            "See \"systemctl status vault.service\" and \"journalctl -xeu vault.service\" for details.\n");
  EXPECT_EQ(state("vault"), "activating/auto-restart/exit-code");
  guest.scheduler.advance(20s);
  EXPECT_EQ(state("vault"), "failed/failed/exit-code");
  EXPECT_EQ(guest.show("vault", "NRestarts"), "3");
  // The cause is gone, the service stays down: nothing starts it again.
  guest.disk.write("/etc/vault.d/vault.env", "OPTS=--ready=1\n", 0640);
  guest.scheduler.advance(30min);
  EXPECT_EQ(state("vault"), "failed/failed/exit-code");
  EXPECT_EQ(guest.run("systemctl reset-failed vault").code, 0);
  EXPECT_EQ(guest.run("systemctl start vault").code, 0);
}

TEST_F(Service, enabled_units_start_at_boot) {
  EXPECT_EQ(guest.run("systemctl enable vault").err,
            "Created symlink /etc/systemd/system/multi-user.target.wants/vault.service \u2192 "
            "/etc/systemd/system/vault.service.\n");
  guest.boot();
  EXPECT_EQ(state("vault"), "active/running/success");
  EXPECT_EQ(guest.run("systemctl is-system-running").out, "running\n");
}

// Section 1 of the recordings: how it ends x Restart=. R: restarts, F: failed, d: dead.
TEST_F(Service, restarts_by_the_table) {
  struct Row {
    const char* ending;
    std::string by_mode;  // no, on-success, on-failure, on-abnormal, on-watchdog, on-abort, always
  };
  const std::vector<Row> rows{{"exit 0", "dRddddR"}, {"exit 1", "FFRFFFR"}, {"kill -KILL $$$$", "FFRRFRR"}};
  const std::vector<std::string> modes{"no",          "on-success", "on-failure", "on-abnormal",
                                       "on-watchdog", "on-abort",   "always"};
  for (const Row& row : rows)
    for (std::size_t mode = 0; mode < modes.size(); ++mode) {
      guest.unit("m.service", std::string("[Service]\nExecStart=/bin/sh -c \"") + row.ending +
                                  "\"\nRestartSec=100\nRestart=" + modes[mode] + "\n");
      guest.run("systemctl daemon-reload");
      guest.run("systemctl start m");
      guest.scheduler.advance(1s);
      const std::string sub = guest.show("m", "SubState");
      const char got = sub == "auto-restart" ? 'R' : sub == "failed" ? 'F' : 'd';
      EXPECT_EQ(std::string(1, got), std::string(1, row.by_mode[mode])) << row.ending << " " << modes[mode];
      guest.run("systemctl stop m");
      guest.run("systemctl reset-failed m");
    }
}

// X1: the window opens at the first start and is fixed.
TEST_F(Service, the_start_limit_is_a_fixed_window) {
  guest.unit(
      "w.service",
      "[Unit]\nStartLimitIntervalSec=6\nStartLimitBurst=3\n[Service]\nType=oneshot\nExecStart=/bin/true\n"
      "[Install]\nWantedBy=multi-user.target\n");
  guest.run("systemctl enable w");
  const Time begin = guest.scheduler.now();
  const std::vector<std::pair<Duration, int>> starts{{0s, 0},     {4500ms, 0}, {5s, 0},     {5500ms, 1},
                                                     {6500ms, 0}, {6600ms, 0}, {6700ms, 0}, {6800ms, 1},
                                                     {8s, 1},     {9s, 1},     {13200ms, 0}};
  for (const auto& [at, code] : starts) {
    guest.scheduler.run_until(begin + at);
    EXPECT_EQ(guest.run("systemctl start w").code, code) << at.count();
  }
}

TEST_F(Service, a_stop_that_is_ignored_ends_in_sigkill) {
  guest.unit("s.service", "[Service]\nTimeoutStopSec=2s\nExecStart=/usr/bin/vault --ignterm=1\n");
  guest.run("systemctl start s");
  guest.scheduler.advance(1s);
  const Time asked = guest.scheduler.now();
  EXPECT_EQ(guest.run("systemctl stop s").code, 0);
  EXPECT_GE(guest.scheduler.now() - asked, 2s);
  EXPECT_EQ(state("s"), "failed/failed/timeout");
}

TEST_F(Service, dependencies) {
  guest.unit("b.service", "[Service]\nType=oneshot\nExecStart=/bin/false\n");
  guest.unit("a.service",
             "[Unit]\nRequires=b.service\nAfter=b.service\n[Service]\nExecStart=/bin/sleep 1000\n");
  auto result = guest.run("systemctl start a");
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.err, "A dependency job for a.service failed. See 'journalctl -xe' for details.\n");
  guest.unit("c.service", "[Unit]\nRequires=gone.service\n[Service]\nExecStart=/bin/sleep 1000\n");
  result = guest.run("systemctl start c");
  EXPECT_EQ(result.code, 5);
  EXPECT_EQ(result.err, "Failed to start c.service: Unit gone.service not found.\n");
  guest.unit("d.service", "[Service]\nExecStart=/bin/sleep 1000\n");
  guest.unit("e.service",
             "[Unit]\nBindsTo=d.service\nAfter=d.service\n[Service]\nExecStart=/bin/sleep 1000\n");
  EXPECT_EQ(guest.run("systemctl start e").code, 0);
  guest.run("systemctl kill -s KILL d");
  guest.scheduler.advance(1s);
  EXPECT_EQ(state("d"), "failed/failed/signal");
  EXPECT_EQ(state("e"), "inactive/dead/success");
}

TEST_F(Service, settings_that_are_not_served_are_named) {
  guest.unit("tight.service", "[Service]\nExecStart=/bin/sleep 1000\nMemoryMax=1G\nProtectSystem=full\n");
  guest.run("systemctl start tight");
  EXPECT_THAT(guest.host.unserved["tight.service"], ::testing::ElementsAre("MemoryMax"));
  guest.unit("odd.service", "[Service]\nExecStart=/bin/sleep 1000\nFooBar=1\n");
  guest.run("systemctl start odd");
  EXPECT_THAT(
      guest.run("journalctl -u odd -o cat").out,
      HasSubstr("/etc/systemd/system/odd.service:3: Unknown key 'FooBar' in section [Service], ignoring.\n"));
  EXPECT_EQ(guest.run("systemctl start odd.socket").code, 5);
}

TEST_F(Service, a_shutdown_stops_all_and_sweeps_what_is_left) {
  guest.unit("k.service",
             "[Service]\nType=notify\nKillMode=process\nExecStart=/usr/bin/vault --ready=1 --child=1\n");
  guest.run("systemctl start vault k");
  EXPECT_EQ(guest.run("systemctl reboot").code, 0);
  EXPECT_EQ(guest.run("systemctl is-system-running").out, "stopping\n");
  guest.scheduler.advance(5s);
  EXPECT_TRUE(guest.host.powered_off);
  EXPECT_EQ(guest.run("systemctl status").err, "Failed to connect to bus: Connection refused\n");
  EXPECT_TRUE(guest.host.all().empty());
}

TEST_F(Service, the_journal_outlives_a_boot_only_where_its_folder_exists) {
  guest.run("systemctl start vault");
  guest.boot();
  EXPECT_THAT(guest.run("journalctl -b -1 -u vault -o cat").out, HasSubstr("Started vault.service"));
  guest.disk.remove("/var/log/journal");
  guest.boot();
  EXPECT_EQ(guest.run("journalctl -u vault").out, "-- No entries --\n");
}

TEST_F(Service, timers_fire_again_and_again) {
  guest.unit("t.service", "[Service]\nType=oneshot\nExecStart=/bin/echo tick\n");
  guest.unit(
      "t.timer",
      "[Timer]\nOnActiveSec=1s\nOnUnitActiveSec=2s\nAccuracySec=1us\n[Install]\nWantedBy=timers.target\n");
  EXPECT_EQ(guest.run("systemctl enable --now t.timer").code, 0);
  guest.scheduler.advance(8s);
  EXPECT_EQ(guest.run("journalctl -u t -t echo -o cat").out, "tick\ntick\ntick\ntick\n");
}

}  // namespace
}  // namespace squall
