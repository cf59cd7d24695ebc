// The whole region in one object: signed requests against real verification.
#include "emulator/gateway/emulator.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "emulator/auth/sigv4.hpp"
#include "emulator/gateway/empty_tables.hpp"
#include "emulator/gateway/journal.hpp"
#include "tests/support/manual_world.hpp"

namespace squall::gateway::test {
namespace {

TEST(Emulator, DrawsRootCredentialsFromItsWorld) {
  testing::ManualScheduler clock;
  testing::SeededEntropy one(1), same(1), other(2);
  world::NoMachines machines;
  Emulator a(clock, one, machines), b(clock, same, machines), c(clock, other, machines);
  EXPECT_EQ(a.root_credentials().access_key_id.size(), 20U);
  EXPECT_EQ(a.root_credentials().secret_access_key.size(), 40U);
  EXPECT_EQ(a.root_credentials().secret_access_key, b.root_credentials().secret_access_key);
  EXPECT_NE(a.root_credentials().secret_access_key, c.root_credentials().secret_access_key);
}

TEST(Emulator, AnswersHealth) {
  testing::ManualScheduler clock;
  testing::SeededEntropy entropy;
  world::NoMachines machines;
  Emulator emulator(clock, entropy, machines);
  Answer answer = emulator.handle({.method = "GET", .target = "/_squall/health"});
  ASSERT_TRUE(answer.response);
  EXPECT_EQ(nlohmann::json::parse(answer.response->body)["status"], "ok");
  EXPECT_EQ(emulator.internal_failures(), 0U);
}

// The tables that are built in are the ones that the services make in a new file.
TEST(Emulator, StartsWithTheTablesOfItsServices) {
  const auto tables = [](store::Database& database) {
    std::vector<std::string> found;
    for (auto rows = database.query("SELECT sql FROM sqlite_schema WHERE sql NOT NULL ORDER BY name");
         rows.next();)
      found.push_back(rows.text(0));
    for (auto rows = database.query("SELECT service, version FROM squall_schema ORDER BY service");
         rows.next();)
      found.push_back(rows.text(0) + " " + std::to_string(rows.integer(1)));
    return found;
  };
  const std::string path = ::testing::TempDir() + "squall_tables_" + std::to_string(getpid());
  {
    testing::ManualScheduler clock;
    testing::SeededEntropy entropy;
    world::NoMachines machines;
    Emulator emulator(clock, entropy, machines, {.data_file = path});
  }
  store::Database built_in(empty_tables()), made(path);
  EXPECT_EQ(tables(built_in), tables(made));
  EXPECT_GT(tables(made).size(), 40U);
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix);
}

}  // namespace
}  // namespace squall::gateway::test
