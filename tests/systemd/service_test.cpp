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

}  // namespace
}  // namespace squall
