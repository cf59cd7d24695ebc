// Autopilot as a node runs it: three voters, echoes, a server that dies and one that replaces it; the times
// are those that a real cluster showed (transcript "dead server cleanup").
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/vault/autopilot/autopilot.hpp"
#include "harness/vault/autopilot/followers.hpp"
#include "harness/vault/autopilot/refusals.hpp"

namespace squall::vault::autopilot {
namespace {

using Kind = Step::Kind;

// A leader r1 with followers, who echo every 5 s unless they are silent.
class AutopilotStep : public testing::Test {
 protected:
  AutopilotStep() {
    config.cleanup_dead_servers = true;
    config.min_quorum = 3;
    config.dead_server_last_contact_threshold = 1min;
    for (const char* id : {"r1", "r2", "r3"}) raft.push_back({id, address(id), Suffrage::voter});
    for (const char* id : {"r2", "r3"}) followers.heard(id, {90, 3, true, "1.14.9"}, now);
    perform(autopilot.step(Event::start, seen()));
  }

  static std::string address(const std::string& id) { return "127.0.0." + id.substr(1) + ":8201"; }

  Observation seen() {
    Observation all;
    all.now = now;
    all.config = config;
    all.raft = raft;
    all.last_index = 100;
    all.last_term = 3;
    followers.observe(all, {"r1", "1.14.9", 3, 100}, autopilot.state());
    return all;
  }

  // Does what the effects ask for, at once and with success.
  void perform(const Effects& effects) {
    if (effects.update_in) update_at = now + *effects.update_in;
    if (effects.reconcile_in) reconcile_at = now + *effects.reconcile_in;
    for (const LogLine& line : effects.log) log.push_back(line.message);
    for (const Step& step : effects.steps) {
      if (step.kind != Kind::log_only) done.push_back(std::string(text(step.kind)) + ' ' + step.id);
      for (const LogLine& line : step.before) log.push_back(line.message);
      auto it = std::find_if(raft.begin(), raft.end(), [&](auto& one) { return one.id == step.id; });
      if (step.kind == Kind::add_voter) it->suffrage = Suffrage::voter;
      if (step.kind == Kind::add_nonvoter) raft.push_back({step.id, step.address, Suffrage::nonvoter});
      if (step.kind == Kind::remove_server || step.kind == Kind::remove_failed_server) {
        raft.erase(it);
        followers.forget(step.id);
      }
    }
    if (effects.check_dead) perform(autopilot.step(Event::check_dead, seen()));
  }

  // Second by second, as the node's timers do.
  void run(Duration span) {
    for (Time end = now + span; now < end;) {
      now += 1s;
      if ((now - Time{}) % 5s == 0s)
        for (const auto& server : raft)
          if (server.id != "r1" && server.id != silent)
            followers.heard(server.id, {100, 3, true, "1.14.9"}, now);
      followers.mark_dead(config, now);
      if (now >= update_at) perform(autopilot.step(Event::update_due, seen()));
      if (now >= reconcile_at) perform(autopilot.step(Event::reconcile_due, seen()));
    }
  }

  void join(const std::string& id) {
    Addition addition = add_server(raft, id, address(id));
    ASSERT_EQ(addition.error, "");
    followers.heard(id, {}, now);
    Effects effects;
    effects.steps = addition.steps;
    effects.check_dead = addition.prune;
    perform(effects);
  }

  const State& state() { return *autopilot.state(); }
  bool logged(const std::string& part) {
    return std::any_of(log.begin(), log.end(),
                       [&](const std::string& line) { return line.find(part) != line.npos; });
  }

  Time now{}, update_at{}, reconcile_at{};
  Config config;
  std::vector<RaftServer> raft;
  Followers followers;
  Autopilot autopilot;
  std::string silent;
  std::vector<std::string> done, log;
};

TEST_F(AutopilotStep, ThreeHealthyVotersBearTheLossOfOne) {
  run(6s);
  EXPECT_TRUE(state().healthy);
  EXPECT_EQ(state().failure_tolerance, 1);
  EXPECT_EQ(state().leader, "r1");
  EXPECT_EQ(state().voters, (std::vector<std::string>{"r1", "r2", "r3"}));
  run(2min);
  EXPECT_TRUE(done.empty());
}

TEST_F(AutopilotStep, ADeadServerStaysUntilItsReplacementJoins) {
  run(10s);
  silent = "r2";
  run(12s);
  EXPECT_FALSE(state().healthy);  // more than 10 s without an echo
  EXPECT_EQ(state().servers.at("r2").server.node_status, NodeStatus::alive);
  run(80s);
  EXPECT_EQ(state().servers.at("r2").server.node_status, NodeStatus::left);
  EXPECT_TRUE(done.empty());
  EXPECT_TRUE(logged("less voters than the minimum number allowed"));

  join("r4");
  EXPECT_EQ(done, (std::vector<std::string>{"add_nonvoter r4", "remove_failed_server r2"}));
  run(30s);
  EXPECT_EQ(done.back(), "add_voter r4");
  EXPECT_EQ(state().failure_tolerance, 1);
}

TEST_F(AutopilotStep, ANewServerWaitsForTheStabilisationTime) {
  run(31s);
  join("r4");
  Time joined = now;
  while (done.back() != "add_voter r4" && now < joined + 1min) run(1s);
  EXPECT_GE(now - joined, 10s);
  EXPECT_LE(now - joined, 25s);
}

// All of them are new to a leader that is new itself; nobody waits then.
TEST_F(AutopilotStep, AYoungLeaderPromotesAtOnce) {
  raft[2].suffrage = Suffrage::nonvoter;
  perform(autopilot.step(Event::stop, seen()));
  EXPECT_FALSE(autopilot.state());
  perform(autopilot.step(Event::reconcile_due, seen()));
  EXPECT_TRUE(done.empty()) << "a timer of before the stop must do nothing";
  followers.heard("r3", {100, 3, true, "1.14.9"}, now);
  perform(autopilot.step(Event::start, seen()));
  run(10s);
  EXPECT_EQ(done, std::vector<std::string>{"add_voter r3"});
}

TEST_F(AutopilotStep, NothingIsRemovedUnlessCleanupIsOn) {
  config.cleanup_dead_servers = false;
  join("r4");
  silent = "r2";
  run(10min);
  EXPECT_EQ(state().servers.at("r2").server.node_status, NodeStatus::alive);
  EXPECT_EQ(done, (std::vector<std::string>{"add_nonvoter r4", "add_voter r4"}));
}

TEST_F(AutopilotStep, WithoutALeaderItSaysSo) {
  Observation blind = seen();
  for (auto& [id, server] : blind.known) server.leader = false;
  Autopilot other;
  other.step(Event::start, blind);
  EXPECT_EQ(other.step(Event::reconcile_due, blind).log.at(0).fields.at(0).value,
            "cannot reconcile Raft server voting rights without a valid autopilot state");
  blind.leader_address = address("r3");
  other.step(Event::update_due, blind);
  EXPECT_EQ(other.state()->leader, "r3");
}

TEST_F(AutopilotStep, ARefusedStepIsLoggedAndLaterStagesAreLeftOut) {
  raft.push_back({"x1", address("r5"), Suffrage::nonvoter});
  Addition addition = add_server(raft, "r5", address("r5"));
  ASSERT_EQ(addition.steps.size(), 2u);
  EXPECT_LT(addition.steps[0].stage, addition.steps[1].stage);
  LogLine line = failure(addition.steps[0], "leadership lost");
  EXPECT_EQ(line.message, "failed to remove raft server");
  EXPECT_EQ(line.fields.back().value, "leadership lost");
  EXPECT_EQ(failure(addition.steps[1], "x").message, "failed to add raft non-voting peer");
}

TEST_F(AutopilotStep, AnOperatorRemovesWhatRaftKnows) {
  EXPECT_TRUE(remove_server(raft, "r9").empty());
  perform({{}, remove_server(raft, "r3"), {}, {}, false});
  EXPECT_EQ(done, std::vector<std::string>{"remove_server r3"});
  EXPECT_TRUE(logged("removing server by ID"));
}

TEST_F(AutopilotStep, TheReportIsTheApis) {
  run(5s);
  auto shown = report(state());
  EXPECT_EQ(shown["servers"]["r1"], nlohmann::json::parse(R"({"id":"r1","name":"r1",
      "address":"127.0.0.1:8201","node_status":"alive","last_contact":"0s","last_term":3,"last_index":100,
      "healthy":true,"stable_since":"1970-01-01T00:00:00Z","status":"leader","version":"1.14.9",
      "node_type":"voter"})"));
  EXPECT_EQ(shown["servers"]["r2"]["last_contact"], "4s");
  EXPECT_EQ(shown["failure_tolerance"], 1);
  EXPECT_EQ(shown["voters"].size(), 3u);
  EXPECT_EQ(shown.size(), 5u);
}

}  // namespace
}  // namespace squall::vault::autopilot
