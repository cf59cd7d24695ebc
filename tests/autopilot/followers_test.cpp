// Vault's half (physical/raft/raft_autopilot.go): what the active node tells autopilot of those that echo,
// and how it removes those that autopilot gave up.
#include "harness/vault/autopilot/followers.hpp"

#include <gtest/gtest.h>

#include "harness/vault/autopilot/removals.hpp"

namespace squall::vault::autopilot {
namespace {

class AutopilotFollowers : public testing::Test {
 protected:
  AutopilotFollowers() {
    for (const char* id : {"r1", "r2", "r3"}) seen.raft.push_back({id, {}, Suffrage::voter});
    seen.now = now;
  }

  std::vector<LogLine> observe() { return followers.observe(seen, {"r1", "1.14.9", 3, 100}, last); }

  Time now{1h};
  Followers followers;
  Observation seen;
  std::optional<State> last;
};

TEST_F(AutopilotFollowers, AStrangersEchoCountsOnlyForItsStats) {
  followers.heard("r2", {90, 3, true, "1.14.9"}, now - 4s);
  followers.heard("x9", {90, 3, true, "1.14.9"}, now);
  EXPECT_TRUE(observe().empty());
  EXPECT_EQ(seen.known.size(), 2u);
  EXPECT_FALSE(seen.known.contains("x9"));
  EXPECT_TRUE(seen.stats.contains("x9"));
  EXPECT_EQ(seen.stats.at("r2").last_contact, 4s);
  EXPECT_TRUE(seen.known.at("r1").leader);
  EXPECT_EQ(seen.stats.at("r1").last_index, 100u);
}

TEST_F(AutopilotFollowers, AVersionNotToldYetIsTheLeadersAndSaidOnce) {
  followers.heard("r2", {}, now);
  const auto log = observe();
  ASSERT_EQ(log.size(), 1u);
  EXPECT_EQ(log[0].message,
            "received empty Vault version in heartbeat state. faking it with the leader version for now");
  EXPECT_EQ(seen.known.at("r2").version, "1.14.9");
  EXPECT_TRUE(observe().empty());

  followers.heard("r2", {90, 3, true, "1.14.8"}, now);
  EXPECT_TRUE(observe().empty());
  EXPECT_EQ(seen.known.at("r2").version, "1.14.8");
  followers.heard("r2", {}, now);
  EXPECT_EQ(observe().size(), 1u);
}

// One that wants no vote counts as a voter to be all the same once autopilot has seen it.
TEST_F(AutopilotFollowers, WhatAutopilotThinksOverrulesWhatAServerWants) {
  followers.heard("r2", {90, 3, true, "1.14.9"}, now);
  followers.heard("r3", {90, 3, false, "1.14.9"}, now);
  observe();
  EXPECT_EQ(seen.known.at("r2").node_type, "voter");
  EXPECT_EQ(seen.known.at("r3").node_type, "");
  last = next_state(std::nullopt, seen);
  observe();
  EXPECT_EQ(seen.known.at("r3").node_type, "voter");
}

TEST_F(AutopilotFollowers, TheSilentAreDeadUntilTheyEchoAgain) {
  Config config;
  config.dead_server_last_contact_threshold = 1min;
  followers.heard("r2", {90, 3, true, "1.14.9"}, now);
  followers.mark_dead(config, now + 1h);
  EXPECT_TRUE(observe().empty()) << "only with cleanup_dead_servers";
  config.cleanup_dead_servers = true;
  followers.mark_dead(config, now + 1min);
  EXPECT_TRUE(observe().empty()) << "not before the threshold is over";
  followers.mark_dead(config, now + 1min + 1ns);
  EXPECT_EQ(observe().at(0).message, "informing autopilot that the node left");
  EXPECT_EQ(seen.known.at("r2").node_status, NodeStatus::left);
  followers.heard("r2", {90, 3, true, "1.14.9"}, now);
  observe();
  EXPECT_EQ(seen.known.at("r2").node_status, NodeStatus::alive);
}

TEST_F(AutopilotFollowers, AFailedServerIsRemovedOnceAtATime) {
  Removals removals;
  followers.heard("r2", {}, now);
  EXPECT_TRUE(removals.begin("r2").ask_raft);
  const auto again = removals.begin("r2");
  EXPECT_FALSE(again.ask_raft);
  EXPECT_EQ(again.line.message, "removal of dead server is already initiated");

  EXPECT_EQ(removals.end("r2", "leadership lost while committing log", followers)->message,
            "failed to remove server");
  observe();
  EXPECT_TRUE(seen.known.contains("r2"));

  const auto anew = removals.begin("r2");
  EXPECT_TRUE(anew.ask_raft);
  EXPECT_EQ(anew.line.message, "removing dead server from raft configuration");
  EXPECT_FALSE(removals.end("r2", "", followers));
  seen.known.clear();
  observe();
  EXPECT_FALSE(seen.known.contains("r2"));
}

}  // namespace
}  // namespace squall::vault::autopilot
