// Section 1 of the recordings, cell by cell: how a service ends and what Restart= makes of it; and the tables
// X7 to X14 of section 2, line by line: which starts count, and what forgets the window.
#include <gtest/gtest.h>

#include "harness/guest/systemd/text.hpp"
#include "tests/systemd/fake_guest.hpp"
#include "tests/systemd/recorded_data.hpp"

namespace squall {
namespace {

using guest::systemd::split;
using guest::systemd::trim;
using testing::FakeGuest;

const std::vector<std::string> modes{"no",          "on-success", "on-failure", "on-abnormal",
                                     "on-watchdog", "on-abort",   "always"};

// How a recorded row is brought about: the unit, and what happens to it once it runs.
struct Ending {
  std::string service;
  int signal = 0;     // sent to the main process
  bool stop = false;  // systemctl stop
};

std::map<std::string, Ending> endings() {
  const std::string sleeper = "ExecStart=/bin/sleep 1000\n";
  const std::string daemon = "ExecStart=/usr/bin/vault --ready=1\n";
  return {
      {"exit 0", {"ExecStart=/bin/true\n"}},
      {"exit 1 (any code)", {"ExecStart=/bin/false\n"}},
      {"SIGKILL", {sleeper, 9}},
      {"SIGTERM (not handled)", {sleeper, 15}},
      {"SIGTERM, handled, exit 0", {daemon, 15}},
      {"SIGHUP", {sleeper, 1}},
      {"SIGINT", {sleeper, 2}},
      {"SIGPIPE", {sleeper, 13}},
      {"SIGABRT, no core (LimitCORE=0)", {sleeper + "LimitCORE=0\n", 6}},
      {"SIGABRT with core", {sleeper + "LimitCORE=infinity\n", 6}},
      {"start timeout (notify, TERM then exit 0)",
       {"Type=notify\nTimeoutStartSec=1\nExecStart=/usr/bin/vault --ready=0\n"}},
      {"watchdog", {"Type=notify\nWatchdogSec=1\nLimitCORE=0\n" + daemon}},
      {"`systemctl stop`, killed after TimeoutStopSec",
       {"TimeoutStopSec=1\nExecStart=/usr/bin/vault --ready=1 --ignterm=1\n", 0, true}},
      {"`systemctl stop`", {daemon, 0, true}},
      {"203/EXEC", {"ExecStart=/usr/bin/nosuch\n"}},
      {"ExecStartPre exits 1", {"ExecStartPre=/bin/false\n" + sleeper}},
      {"oneshot, exit 0", {"Type=oneshot\nExecStart=/bin/true\n"}},
      {"oneshot, exit 1", {"Type=oneshot\nExecStart=/bin/false\n"}},
  };
}

struct Seen {
  char letter = '?';
  std::string result, main;
};

Seen run(const Ending& ending, const std::string& mode) {
  FakeGuest guest;
  guest.boot();
  guest.unit("m.service", "[Service]\nRestartSec=100\nRestart=" + mode + "\n" + ending.service +
                              "[Install]\nWantedBy=multi-user.target\n");
  guest.run("systemctl enable m");  // one that is not enabled is unloaded, and forgets
  guest.run("systemctl start m");
  guest.scheduler.advance(200ms);
  if (ending.stop) guest.run("systemctl stop m");
  if (ending.signal != 0) guest.host.kill(guest.host.main_pid_of("m.service"), ending.signal);
  guest.scheduler.advance(3s);
  Seen seen;
  const std::string sub = guest.show("m", "SubState");
  seen.letter = sub == "auto-restart"                                           ? 'R'
                : sub == "failed"                                               ? 'F'
                : guest.show("m", "LoadState") == "bad-setting"                 ? 'x'
                : sub == "dead" && guest.show("m", "ActiveState") == "inactive" ? 'd'
                                                                                : '?';
  seen.result = guest.show("m", "Result");
  seen.main = guest.show("m", "ExecMainCode") + "/" + guest.show("m", "ExecMainStatus");
  return seen;
}

TEST(RecordedTable, how_it_ends_and_what_restart_makes_of_it) {
  const auto known = endings();
  std::size_t rows = 0;
  for (const std::string& line : testing::lines_of(testing::recorded_part("## 1. How it ends x Restart="))) {
    auto cells = split(line, '|');
    for (std::string& cell : cells) cell = trim(cell);
    if (cells.size() < 11 || cells[1] == "ending" || cells[1].starts_with("---")) continue;
    const auto ending = known.find(cells[1]);
    ASSERT_NE(ending, known.end()) << cells[1];
    ++rows;
    for (std::size_t mode = 0; mode < modes.size(); ++mode) {
      const Seen seen = run(ending->second, modes[mode]);
      const std::string where = cells[1] + ", Restart=" + modes[mode];
      EXPECT_EQ(std::string(1, seen.letter), cells[2 + mode]) << where;
      if (seen.letter == 'x') continue;
      EXPECT_EQ(seen.result, cells[9]) << where;
      EXPECT_EQ(seen.main, cells[10]) << where;
    }
  }
  EXPECT_EQ(rows, known.size());
}

// "systemctl start vault      exit 1  Job for vault.service failed ..."
TEST(RecordedTable, what_counts_for_the_start_limit) {
  std::string block;
  std::size_t lines = 0;
  std::unique_ptr<FakeGuest> guest;
  for (const std::string& line :
       testing::lines_of(testing::recorded_part("### X7-X14: what counts, and what forgets the window "
                                                "(shipped unit, burst 3 in 60 s, all within 2 s)"))) {
    if (line.starts_with("**")) {
      block = line;
      guest = std::make_unique<FakeGuest>();
      guest->boot();
      // X13 and X14 do not say that it was enabled; that their stops did not unload it does.
      if (line.find(": not enabled") == std::string::npos) guest->run("systemctl enable vault");
      continue;
    }
    const std::size_t exit = line.find(" exit ");
    if (exit == std::string::npos) continue;
    const std::string command = trim(line.substr(0, exit)),
                      text = trim(line.substr(std::min(exit + 8, line.size())));
    const auto words = split(command, ' ');
    ++lines;
    if (words[0] == "mv") {
      guest->disk.rename(words[1], words[2]);
      continue;
    }
    const auto result = guest->run(command);
    EXPECT_EQ(std::to_string(result.code), line.substr(exit + 6, 1)) << block << " " << command;
    EXPECT_EQ(result.err.substr(0, result.err.find('\n')), text) << block << " " << command;
    guest->scheduler.advance(50ms);
  }
  EXPECT_EQ(lines, 74u);
}

}  // namespace
}  // namespace squall
