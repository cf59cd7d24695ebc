// Breaking Squall on purpose is caught: each of planted.cmake's programs runs a scenario as published, and
// the check that has to see its mistake says so. The same scenarios hold with the program as it is
// (scenario.* in ctest).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

namespace squall::scenario {
namespace {

namespace fs = std::filesystem;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

struct Ran {
  int status;
  std::string output;
};

Ran run(const std::string& command) {
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  Ran ran{-1, {}};
  char buffer[4096];
  while (std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe)) ran.output.append(buffer, got);
  int status = ::pclose(pipe);
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

struct Planted {
  const char* bug;
  const char* scenario;
  int status;          // of squall run
  const char* caught;  // what it says
};

// README.md of this folder has the same as a table.
constexpr Planted planted[] = {
    {"unseals_without_kms", "boot", 3, "called service=kms operation=Decrypt: no such call was made"},
    {"unseals_without_kms", "key-disabled", 3, "answers health with 200, not 503"},
    {"disabled_key_usable", "key-disabled", 3, "answers health with 200, not 503"},
    {"wrong_health_code", "key-disabled", 3, "answers health with 429, not 503"},
    {"write_lost_on_crash", "host-failure", 1, "broke: no-acknowledged-write-lost: secrets-"},
    {"write_lost_on_crash", "host-failure", 1, "BROKEN  always linearizable: secrets-"},
};

Ran run_planted(const std::string& bug, const std::string& scenario, const std::string& options = {}) {
  return run(std::string(SQUALL_PLANTED_PROGRAMS) + "/planted_" + bug + " run --quiet " + options +
             SQUALL_SOURCE_DIR + "/scenarios/single_kms/" + scenario + ".yaml");
}

class PlantedBug : public ::testing::TestWithParam<Planted> {};

TEST_P(PlantedBug, IsCaughtByARealScenario) {
  const Planted& row = GetParam();
  Ran ran = run_planted(row.bug, row.scenario);
  EXPECT_EQ(ran.status, row.status) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr(row.caught));
}

INSTANTIATE_TEST_SUITE_P(Squall, PlantedBug, ::testing::ValuesIn(planted), [](const auto& row) {
  return std::string(row.param.bug) + "_" + std::to_string(row.index);
});

// The event that differs is named: the first line of the node's log, with both of its times.
TEST(PlantedClock, ASecondRunDiffersAndTheEventIsNamed) {
  Ran ran = run_planted("clock_outside_the_world", "boot", "--verify ");
  EXPECT_EQ(ran.status, 70) << ran.output;
  EXPECT_THAT(ran.output, ContainsRegex("NOT DETERMINISTIC: event [0-9]+ differs:"));
  EXPECT_THAT(ran.output, ContainsRegex("first run: .* log i-[0-9a-f]+ vault.*INFO"));
  EXPECT_THAT(ran.output, ContainsRegex("second run: .* log i-[0-9a-f]+ vault.*INFO"));
}

// And it never gets that far: tests/tidy reads the source.
TEST(PlantedClock, TheSourceIsRefused) {
  fs::path root = fs::path(::testing::TempDir()) / ("squall-planted-" + std::to_string(::getpid()));
  fs::create_directories(root);
  fs::copy(fs::path(SQUALL_PLANTED_ROOT) / "clock_outside_the_world", root, fs::copy_options::recursive);
  Ran ran = run("git init -q " + root.string() + " && python3 " SQUALL_SOURCE_DIR "/tests/tidy/tidy.py " +
                root.string());
  fs::remove_all(root);
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.output, HasSubstr("harness/vault/log/logger.cpp:"));
  EXPECT_THAT(ran.output, HasSubstr("'system_clock::now' is banned here; use world::Scheduler::now()"));
}

}  // namespace
}  // namespace squall::scenario
