// Replays whole recorded sessions of systemctl (data/service_manager.md, section 3): every command of the
// block in its order, exit code, standard output and standard error to the byte. data/session_differences.txt
// names the commands that differ ("command | reason"); a line there that is no longer true fails.
#include <gtest/gtest.h>

#include <map>

#include "tests/systemd/fake_guest.hpp"
#include "tests/systemd/recorded_data.hpp"

namespace squall {
namespace {

struct Session : ::testing::Test {
  testing::FakeGuest guest;
  std::map<std::string, std::string> listed;

  void SetUp() override {
    listed = testing::listed_differences("session_differences.txt", " | ");
    const std::string sleeper = "[Service]\nExecStart=/bin/sleep 1000\n";
    guest.unit("static.service", "[Unit]\nDescription=static test\n" + sleeper);
    guest.unit("nowant.service", sleeper + "[Install]\nWantedBy=nosuch.target\nAlias=nw.service\n");
    const std::string wanted = sleeper + "[Install]\nWantedBy=multi-user.target\n";
    guest.disk.write("/run/systemd/system/rundir.service", wanted, 0644);
    guest.disk.write("/lib/systemd/system/pkg.service", wanted, 0644);
    guest.disk.write("/tmp/other.service", wanted, 0644);
    guest.boot();
  }

  void replay(const std::string& heading) {
    for (const auto& block : testing::parse_transcript(testing::read_recorded("service_manager.md"))) {
      if (block.name != "### " + heading) continue;
      for (const auto& command : block.commands) {
        const bool ours = command.line.starts_with("systemctl ") &&
                          command.line.find('|') == std::string::npos &&
                          command.line.find(';') == std::string::npos;
        if (!ours) continue;
        const auto result = guest.run(command.line);
        const bool same = result.code == command.code && testing::same_as_recorded(command.out, result.out) &&
                          testing::same_as_recorded(command.err, result.err);
        // The recording machine took its time between two commands; start limits count.
        if (command.line.starts_with("systemctl re")) guest.scheduler.advance(61s);
        if (listed.contains(command.line)) {
          EXPECT_FALSE(same) << command.line << " is listed as different and is not";
          continue;
        }
        EXPECT_TRUE(same) << command.line << "\n--- recorded " << command.code << "\n"
                          << command.out << command.err << "--- here " << result.code << "\n"
                          << result.out << result.err;
      }
    }
  }
};

TEST_F(Session, enable_and_disable) { replay("enable, disable, is-enabled"); }
TEST_F(Session, start_and_stop_and_errors) {
  replay("start, stop, restart, reload; unknown units; usage errors");
}

}  // namespace
}  // namespace squall
