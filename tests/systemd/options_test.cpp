// Options and verbs of systemctl, journalctl, systemd-run and service: what they change, what is refused by
// name, and what systemd 252 says of what it has not either.
#include <gmock/gmock.h>

#include "tests/systemd/fake_guest.hpp"

namespace squall {
namespace {

using ::testing::HasSubstr;

// "COMMAND" and "EXIT CODE TEXT": the text is found in what it writes.
void expect_each(testing::FakeGuest& guest,
                 std::initializer_list<std::pair<const char*, std::string>> table) {
  for (const auto& [command, expected] : table) {
    const auto result = guest.run(command);
    const std::size_t blank = expected.find(' ') + 1;
    const std::string got = std::to_string(result.code) + " " + result.out + result.err;
    EXPECT_EQ(got.substr(0, blank), expected.substr(0, blank)) << command << "\n" << got;
    EXPECT_THAT(got, HasSubstr(expected.substr(blank))) << command;
  }
}

struct SystemdOptions : ::testing::Test {
  testing::FakeGuest guest;
  SystemdOptions() {
    guest.unit(
        "a.service",
        "[Service]\nExecStart=/bin/sleep 1000\nStateDirectory=a\n[Install]\nWantedBy=multi-user.target\n");
    guest.boot();
  }
};

TEST_F(SystemdOptions, Systemctl) {
  expect_each(
      guest,
      {{"systemctl set-default multi-user",
        "0 Created symlink /etc/systemd/system/default.target \u2192 "
        "/lib/systemd/system/multi-user.target.\n"},
       {"systemctl set-default graphical.target", "0 Removed \"/etc/systemd/system/default.target\".\n"},
       {"systemctl get-default", "0 graphical.target\n"},
       {"systemctl set-default frob",
        "1 Failed to set default target: Unit file frob.target does not exist."},
       {"systemctl is-system-running --wait", "0 running\n"},
       {"systemctl start a --fail", "1 systemctl: --job-mode=fail is not served by Squall\n"},
       {"systemctl start a", "0 "},
       {"systemctl reenable --now a", "0 Created symlink"},
       {"systemctl preset --now a", "0 "},
       {"systemctl is-active a", "0 active\n"},
       {"systemctl list-timers -o json", "1 systemctl: list-timers --output=json is not served by Squall\n"},
       {"systemctl status a -o cat", "1 systemctl: status --output=cat is not served by Squall\n"},
       {"systemctl list-dependencies --plain",
        "1 option '--plain' of list-dependencies is not served by Squall"},
       {"systemctl set-environment A=1", "1 systemctl: set-environment is not served by Squall\n"},
       {"systemctl clean a",
        "1 clean of a unit with folders of its own (a.service) is not served by Squall\n"},
       {"systemctl preset a --preset-mode=enable-only", "1 option '--preset-mode' is not served by Squall"},
       {"systemctl frob", "1 Unknown command verb frob.\n"},
       {"systemctl --frob", "1 systemctl: unrecognized option '--frob'\n"}});
  EXPECT_EQ(guest.run("systemctl set-property a MemoryMax=1G", "nobody").code, 1);
}

TEST_F(SystemdOptions, ATimerThatHasElapsedStaysOrGoes) {
  for (const char* remains : {"yes", "no"}) {
    guest.unit(std::string(remains) + ".service", "[Service]\nType=oneshot\nExecStart=/bin/true\n");
    guest.unit(std::string(remains) + ".timer",
               "[Timer]\nOnActiveSec=5s\nRemainAfterElapse=" + std::string(remains) + "\n");
  }
  guest.run("systemctl daemon-reload");
  EXPECT_EQ(guest.run("systemctl start yes.timer no.timer").code, 0);
  EXPECT_EQ(guest.show("no.timer", "SubState"), "waiting");
  guest.scheduler.advance(2min);
  EXPECT_EQ(guest.show("yes.timer", "SubState"), "elapsed");
  EXPECT_EQ(guest.show("no.timer", "SubState"), "dead");
}

TEST_F(SystemdOptions, Journalctl) {
  guest.run("systemctl start a");
  expect_each(guest,
              {{"journalctl --version", "0 systemd 252 ("},
               {"journalctl --update-catalog", "1 option '--update-catalog' is not served by Squall\n"},
               {"journalctl --force", "1 option '--force' is not served by Squall\n"},
               {"journalctl -u a -g started -o cat", "0 Started a.service"},
               {"journalctl -u a -g started --case-sensitive -o cat", "1 "},
               {"journalctl -u a -g STARTED --case-sensitive=no -o cat", "0 Started a.service"},
               {"journalctl _PID=1 + _PID=2", "1 the match '+' is not served by Squall\n"},
               {"journalctl /usr/bin/vault", "1 the match '/usr/bin/vault' is not served by Squall\n"},
               {"journalctl -Z", "1 journalctl: invalid option -- 'Z'\n"}});
}

TEST_F(SystemdOptions, SystemdRun) {
  expect_each(guest, {{"systemd-run --version", "0 systemd 252 ("},
                      {"systemd-run --scope /bin/sleep 1", "1 option '--scope' is not served by Squall\n"},
                      {"systemd-run --wait -P /bin/sleep 1", "1 option '--pipe' is not served by Squall\n"},
                      {"systemd-run --slice=x /bin/sleep 1", "1 option '--slice' is not served by Squall\n"},
                      {"systemd-run -d -u here /bin/sleep 1000", "0 Running as unit: here.service\n"},
                      {"systemctl show -P WorkingDirectory here", "0 /\n"},
                      {"systemd-run --frob x", "1 systemd-run: unrecognized option '--frob'\n"}});
}

}  // namespace
}  // namespace squall
