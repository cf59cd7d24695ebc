// log_file and its rotation: by size, by age, and how many old ones stay.
#include <gtest/gtest.h>

#include "harness/vault/log/log_file.hpp"
#include "tests/vault/vault_world.hpp"

namespace squall::vault::testing {
namespace {

struct LogFiles : ::testing::Test {
  squall::testing::ManualScheduler scheduler;
  MemoryDisk disk;

  std::vector<std::string> names() { return disk.list("/log"); }
};

TEST_F(LogFiles, AFullOneIsRenamedBeforeTheNextLine) {
  LogFile file(disk, scheduler, {"/log/vault.log", std::chrono::hours{24}, 10, 0});
  file.write("12345678\n");
  file.write("abcdefgh\n");
  EXPECT_EQ(names().size(), 1U) << "9 bytes are not 10";
  file.write("next\n");
  EXPECT_EQ(disk.read("/log/vault.log"), "next\n");
  EXPECT_EQ(disk.read("/log/vault-1704067200000000000.log"), "12345678\nabcdefgh\n");
}

TEST_F(LogFiles, AnOldOneIsRenamedAndTheOldestGo) {
  LogFile file(disk, scheduler, {"/log/node", std::chrono::hours{1}, 0, 2});
  for (int i = 0; i < 5; ++i) {
    file.write(std::to_string(i) + "\n");
    scheduler.advance(std::chrono::hours{1});
  }
  EXPECT_EQ(names(), (std::vector<std::string>{"node", "node-1704078000000000000.log",
                                               "node-1704081600000000000.log"}));
  EXPECT_EQ(disk.read("/log/node"), "4\n");
}

TEST_F(LogFiles, NoOldOnesAtAll) {
  disk.write("/log/vault-1.log", "old", 0640);
  disk.write("/log/vault-x.txt", "another's", 0640);
  disk.write("/log/vault.log", "before\n", 0640);
  LogFile file(disk, scheduler, {"/log/", std::chrono::hours{24}, 1, -1});
  EXPECT_FALSE(disk.exists("/log/vault-1.log"));
  file.write("a\n");
  EXPECT_EQ(disk.read("/log/vault.log"), "before\na\n");
  file.write("b\n");
  EXPECT_EQ(names(), (std::vector<std::string>{"vault-x.txt", "vault.log"}));
}

TEST_F(LogFiles, NamesThatCouldBePatterns) {
  const auto problem = [&](const std::string& path) -> std::string {
    try {
      LogFile file(disk, scheduler, {path, std::chrono::hours{24}, 0, 0});
    } catch (const LogFileError& error) {
      return error.what();
    }
    return {};
  };
  EXPECT_EQ(problem("/l*g/x"), "1 error occurred:\n\t* directory contains glob character\n\n");
  EXPECT_EQ(problem("/log/x?"), "1 error occurred:\n\t* file name contains globbing character\n\n");
}

TEST(ServerLog, GoesToTheFileTooAndFlagsComeFirst) {
  Machine machine("log_file = \"/log/a.log\"\nlog_rotate_bytes = 1\nlog_rotate_max_files = 1\n" +
                  Machine::file_configuration());
  machine.start();
  EXPECT_EQ(machine.disk.list("/log").size(), 2U) << "one file per line, of which one old one stays";
  EXPECT_NE(machine.disk.read("/log/a.log")->find("core: Initializing version history"), std::string::npos);
  EXPECT_NE(machine.context->standard_error.find("proxy environment"), std::string::npos);
  machine.kill();
  machine.start({"-config=/vault.hcl", "-log-file=/log/b.log", "-log-rotate-bytes=0"});
  EXPECT_EQ(machine.disk.read("/log/b.log"), machine.context->standard_error);
  machine.start({"-config=/vault.hcl", "-log-rotate-duration=1x"});
  EXPECT_EQ(machine.context->standard_output, "strconv.ParseInt: parsing \"1x\": invalid syntax\n");
}

}  // namespace
}  // namespace squall::vault::testing
