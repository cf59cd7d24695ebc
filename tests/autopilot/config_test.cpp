// The configuration: requests and answers as a real Vault 1.14.9 gave them, and what is stored between them.
#include "harness/vault/autopilot/config.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/vault/logical/request.hpp"

namespace squall::vault::autopilot {
namespace {

using nlohmann::json;

std::string refusal(const json& body, const Settings& stored = {}) {
  try {
    apply_request(body, stored, merged({}, stored));
  } catch (const LogicalError& problem) {
    EXPECT_EQ(problem.status, 400);
    return problem.what();
  }
  return "accepted";
}

TEST(AutopilotConfig, DefaultsAreVaults) {
  EXPECT_EQ(to_json(Config{}), json::parse(R"({"cleanup_dead_servers":false,
      "dead_server_last_contact_threshold":"24h0m0s","disable_upgrade_migration":false,
      "last_contact_threshold":"10s","max_trailing_logs":1000,"min_quorum":0,
      "server_stabilization_time":"10s"})"));
  EXPECT_EQ(log_text({}), "&{false 0 10s 24h0m0s 1000 0 10s false redundancy_zone upgrade_version}");
}

TEST(AutopilotConfig, RefusalsAreInVaultsWords) {
  EXPECT_EQ(refusal({{"cleanup_dead_servers", true}}),
            "min_quorum must be set when cleanup_dead_servers is set and it should at least be 3; "
            "cleanup_dead_servers: true, min_quorum: 0x0");
  EXPECT_EQ(
      refusal(
          {{"cleanup_dead_servers", true}, {"min_quorum", 2}, {"dead_server_last_contact_threshold", "120"}}),
      "min_quorum must be set when cleanup_dead_servers is set and it should at least be 3; "
      "cleanup_dead_servers: true, min_quorum: 0x2");
  EXPECT_EQ(
      refusal(
          {{"cleanup_dead_servers", true}, {"min_quorum", 3}, {"dead_server_last_contact_threshold", "30s"}}),
      "dead_server_last_contact_threshold should not be set to less than 1m; received: 30");
  EXPECT_EQ(refusal({{"last_contact_threshold", "zz"}}),
            "Field validation failed: error converting input zz for field \"last_contact_threshold\": time: "
            "invalid duration \"zz\"");
  EXPECT_EQ(refusal({{"disable_upgrade_migration", true}}),
            "disable_upgrade_migration is only available in Vault Enterprise");
  const std::string negative = " for field \"server_stabilization_time\": cannot provide negative value '-5'";
  EXPECT_EQ(refusal({{"server_stabilization_time", -5}}),
            "Field validation failed: error converting input -5" + negative);
  EXPECT_EQ(refusal({{"server_stabilization_time", "-5s"}}),
            "Field validation failed: error converting input -5s" + negative);
  EXPECT_EQ(
      refusal({{"min_quorum", "many"}}),
      "Field validation failed: error converting input many for field \"min_quorum\": cannot parse '' as "
      "int: strconv.ParseInt: parsing \"many\": invalid syntax");
}

// Vault keeps an unsigned number and asks only that it be 3 or more.
TEST(AutopilotConfig, ANegativeQuorumBecomesAHugeOne) {
  const Change change = apply_request({{"cleanup_dead_servers", true}, {"min_quorum", -1}}, {}, {});
  EXPECT_EQ(to_json(change.effective)["min_quorum"], 18446744073709551615u);
}

// The request that turns the cleanup on is refused for what an earlier one set: Go shows its absence as nil.
TEST(AutopilotConfig, AThresholdThatWasSetBeforeIsCheckedToo) {
  Settings stored;
  stored.dead_server_last_contact_threshold = 30s;
  EXPECT_EQ(refusal({{"cleanup_dead_servers", true}, {"min_quorum", 3}}, stored),
            "dead_server_last_contact_threshold should not be set to less than 1m; received: <nil>");
  EXPECT_EQ(refusal({{"dead_server_last_contact_threshold", 20}}, stored), "accepted");
}

TEST(AutopilotConfig, RequestsAddUpAndOnlyWhatWasSetIsStored) {
  Change first = apply_request(
      {{"cleanup_dead_servers", true}, {"min_quorum", 3}, {"dead_server_last_contact_threshold", "120"}}, {},
      {});
  EXPECT_TRUE(first.store);
  EXPECT_EQ(log_text(first.effective), "&{true 0 10s 2m0s 1000 3 10s false redundancy_zone upgrade_version}");
  EXPECT_EQ(first.settings.max_trailing_logs, 0u);

  Change second = apply_request({{"max_trailing_logs", "250"}}, first.settings, first.effective);
  EXPECT_EQ(second.effective.max_trailing_logs, 250u);
  EXPECT_EQ(second.effective.min_quorum, 3u);
  EXPECT_EQ(merged({}, second.settings), second.effective);

  Change off = apply_request({{"cleanup_dead_servers", false}}, second.settings, second.effective);
  EXPECT_FALSE(off.effective.cleanup_dead_servers);
  EXPECT_EQ(settings_of(to_json(off.settings)), off.settings);
}

TEST(AutopilotConfig, UnknownMembersAndEmptyRequestsChangeNothing) {
  Config config;
  config.min_quorum = 5;
  for (const json& body : {json::object(), json{{"bogus", 1}}}) {
    Change change = apply_request(body, {}, config);
    EXPECT_FALSE(change.store);
    EXPECT_EQ(change.effective, config);
  }
}

TEST(AutopilotConfig, StoredEntriesComeBackAndOthersAreRefused) {
  Settings settings{true, 20s, 3min, 77, 5, 1500ms};
  EXPECT_EQ(settings_of(to_json(settings)), settings);
  EXPECT_EQ(settings_of(to_json(Settings{})), Settings{});
  EXPECT_THROW(settings_of(json::object()), std::runtime_error);
  for (const auto& [name, value] : {std::pair<const char*, json>{"last_contact_threshold", "soon"},
                                    {"last_contact_threshold", 10},
                                    {"max_trailing_logs", -1},
                                    {"min_quorum", 1e300},
                                    {"cleanup_dead_servers_value", true}}) {
    json entry = to_json(settings);
    entry[name] = value;
    EXPECT_THROW(settings_of(entry), std::runtime_error) << name;
  }
}

}  // namespace
}  // namespace squall::vault::autopilot
