// What the runner says of workloads, against a node that is right and against nodes that are wrong in known
// ways.
#include "harness/scenario/judge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_cluster.hpp"
#include "harness/scenario/runner.hpp"

namespace squall::scenario {
namespace {

using scenario::testing::FakeCluster;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

std::string text(const std::string& workload, const std::string& always) {
  return "scenario: t\nstack: s\nworkloads:\n  secrets: " + workload +
         "\nactions:\n  rest: {actionId: \"aws:fis:wait\", parameters: {duration: PT1M}}\nassert:\n  always: "
         "[" +
         always + "]\n";
}

Outcome outcome_of(FakeCluster& cluster, const std::string& workload = "{kind: kv, clients: 3, every: PT1S}",
                   const std::string& always = "no-internal-failure") {
  Scenario scenario = parse_scenario(text(workload, always), "f.yaml");
  Outcome outcome;
  {
    Runner runner{cluster, scenario};
    EXPECT_TRUE(cluster.clock.run_until([&] { return runner.finished(); }, cluster.clock.now() + 1h));
    outcome = runner.outcome();
  }
  cluster.clock.end();
  return outcome;
}

std::string number_in(const http::Request& request) {
  return nlohmann::json::parse(request.body)["data"]["n"];
}

const AssertionResult* find(const Outcome& outcome, const std::string& name) {
  for (const AssertionResult& one : outcome.assertions)
    if (one.name == name) return &one;
  return nullptr;
}

TEST(Judgement, ANodeThatIsRightIsLinearizableWithoutAnybodyAsking) {
  FakeCluster cluster;
  Outcome outcome = outcome_of(cluster);
  EXPECT_EQ(outcome.verdict, Verdict::held) << outcome.why;
  EXPECT_GT(outcome.writes_confirmed, 80u);
  EXPECT_EQ(outcome.requests_failed, 0u);
  ASSERT_NE(find(outcome, "always linearizable"), nullptr);
  EXPECT_THAT(history_page(outcome.history), HasSubstr("Linearizable."));
}

// Clients begin spread over the nodes; those of a node that is gone turn to another and stay there.
TEST(Judgement, ClientsUseEveryNodeAndLeaveOneThatDoesNotServe) {
  FakeCluster cluster;
  cluster.nodes = {{"i-1", "running", "us-east-1a", "10.0.0.1"},
                   {"i-2", "running", "us-east-1b", "10.0.0.2"},
                   {"i-3", "running", "us-east-1c", "10.0.0.3"}};
  std::map<std::string, int> asked;
  auto node_of = [](const http::Request& request) {
    std::string host(request.headers.get("Host"));
    return host.substr(0, host.find(':'));
  };
  cluster.instead = [&](const http::Request& request) -> std::optional<world::Reply> {
    ++asked[node_of(request)];
    return std::nullopt;
  };
  EXPECT_EQ(outcome_of(cluster).requests_failed, 0u);
  EXPECT_EQ(asked.size(), 3u);
  EXPECT_GT(asked["10.0.0.2"], 20);
  FakeCluster broken;
  broken.nodes = cluster.nodes;
  asked.clear();
  broken.instead = [&](const http::Request& request) -> std::optional<world::Reply> {
    const std::string node = node_of(request);
    ++asked[node];
    if (node == "10.0.0.1") return world::NetError{world::NetFault::refused};
    if (node == "10.0.0.2") return http::Response::text(503, "{}");
    return std::nullopt;
  };
  Outcome outcome = outcome_of(broken, "{kind: kv, clients: 3, every: PT1S}", "no-acknowledged-write-lost");
  EXPECT_EQ(outcome.verdict, Verdict::held) << outcome.why;
  EXPECT_EQ(outcome.requests_failed,
            5u);  // of the clients that begin at 1 and 2; and of the reader at the end
  EXPECT_GT(asked["10.0.0.3"], 100);
}

TEST(Judgement, AWriteThatWasConfirmedAndIsNotThereIsShownWithTheRead) {
  FakeCluster cluster;
  cluster.keep = [](auto& key, auto& number) { return !(key == "secrets-1" && number == "5"); };
  Outcome outcome = outcome_of(cluster);
  EXPECT_EQ(outcome.verdict, Verdict::broke);
  EXPECT_EQ(outcome.why, "linearizable: secrets-1: no order explains 3 of its 60 operations");
  EXPECT_THAT(cluster.story, Contains(HasSubstr("key secrets-1: not linearizable")));
  EXPECT_THAT(cluster.story, Contains(AllOf(HasSubstr("client"), HasSubstr("write(5)"))));
  EXPECT_THAT(history_page(outcome.history),
              AllOf(HasSubstr("<svg"), HasSubstr("class=\"core\""), HasSubstr("write(5)")));
}

TEST(Judgement, AWorkloadThatAsksForLessIsNotJudgedSo) {
  FakeCluster cluster;
  cluster.keep = [](auto& key, auto& number) { return !(key == "secrets-1" && number == "5"); };
  Outcome outcome = outcome_of(cluster, "{kind: kv, clients: 3, every: PT1S, consistency: acknowledged}");
  EXPECT_EQ(find(outcome, "always linearizable"), nullptr);
  EXPECT_EQ(outcome.verdict, Verdict::held);  // it was overwritten before the end
}

TEST(Judgement, WhatIsLostAtTheEndIsSeenByReadingBack) {
  FakeCluster cluster;
  cluster.keep = [](auto&, auto& number) { return std::stoi(number) < 3; };
  Outcome outcome = outcome_of(cluster, "{kind: kv, every: PT1S, consistency: acknowledged}");
  EXPECT_EQ(outcome.verdict, Verdict::broke);
  EXPECT_THAT(outcome.why, HasSubstr("acknowledged write lost: secrets-0: read 2, but "));
  ASSERT_NE(find(outcome, "read back secrets"), nullptr);
  EXPECT_FALSE(find(outcome, "read back secrets")->held);
}

TEST(Judgement, AReadThatShowsLessThanWasConfirmedBreaksTheInvariantAtOnce) {
  FakeCluster cluster;
  cluster.keep = [](auto&, auto& number) { return std::stoi(number) < 3; };
  Outcome outcome = outcome_of(cluster, "{kind: kv, every: PT1S}", "no-acknowledged-write-lost");
  EXPECT_EQ(outcome.verdict, Verdict::broke);
  EXPECT_EQ(outcome.why, "no-acknowledged-write-lost: secrets-0: read 2, but 3 was confirmed after it");
  // The history is judged all the same.
  ASSERT_NE(find(outcome, "always linearizable"), nullptr);
  EXPECT_FALSE(find(outcome, "always linearizable")->held);
}

TEST(Judgement, AnUnansweredWriteMayComeLaterOrNever) {
  FakeCluster cluster;
  // Writes with the number 4 are not answered; one key gets it at once, one much later, one never.
  cluster.instead = [&](const http::Request& request) -> std::optional<world::Reply> {
    if (request.method != "POST" || number_in(request) != "4") return std::nullopt;
    std::string key = request.target.substr(request.target.rfind('/') + 1);
    if (key.ends_with("-0")) cluster.secrets[key] = "4";
    if (key.ends_with("-1")) cluster.clock.after(20s, [&cluster, key] { cluster.secrets[key] = "4"; });
    return world::NetError{world::NetFault::timed_out, true, {}};
  };
  Outcome outcome = outcome_of(cluster, "{kind: kv, clients: 3, every: PT1S}", "no-acknowledged-write-lost");
  EXPECT_EQ(outcome.verdict, Verdict::held) << outcome.why;
  EXPECT_EQ(outcome.requests_failed, 3u);
}

TEST(Judgement, AWriteThatNeverLeftMayNotShow) {
  FakeCluster cluster;
  cluster.instead = [&](const http::Request& request) -> std::optional<world::Reply> {
    if (request.method != "POST" || number_in(request) != "4") return std::nullopt;
    cluster.secrets[request.target.substr(request.target.rfind('/') + 1)] = "4";
    return world::NetError{world::NetFault::refused, false, {}};
  };
  Outcome outcome = outcome_of(cluster);
  EXPECT_EQ(outcome.verdict, Verdict::broke);
  EXPECT_THAT(outcome.why, HasSubstr("no order explains 1 of its"));
}

TEST(Judgement, AnAnswerWithoutTheNumberIsNoAnswerThatAnybodyWrote) {
  FakeCluster cluster;
  cluster.instead = [&](const http::Request& request) -> std::optional<world::Reply> {
    if (request.method == "POST") return std::nullopt;
    return http::Response::text(200, R"({"data":{"data":{"n":"12x"}}})");
  };
  Outcome outcome = outcome_of(cluster, "{kind: kv, every: PT1S}", "no-acknowledged-write-lost");
  EXPECT_THAT(outcome.why, HasSubstr("which nobody wrote"));
}

TEST(Judgement, ABoundThatIsMetIsNeverAPass) {
  FakeCluster cluster;
  Outcome outcome = outcome_of(cluster, "{kind: kv, clients: 3, every: PT1S}",
                               "{that: linearizable, steps: 5}, no-internal-failure");
  EXPECT_EQ(outcome.verdict, Verdict::inconclusive);
  EXPECT_THAT(outcome.why,
              AllOf(HasSubstr("linearizable: secrets-0: no order of its"), HasSubstr("within the bound")));
  EXPECT_FALSE(find(outcome, "always linearizable steps=5")->held);
}

TEST(Judgement, ToAskForItWithoutAWorkloadIsAMistake) {
  auto complaint = [](const std::string& file) {
    try {
      parse_scenario(file, "f.yaml");
    } catch (const DocumentError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EXPECT_THAT(complaint(text("{kind: kv, every: PT1S, consistency: acknowledged}", "linearizable")),
              HasSubstr("f.yaml:8:12: there is no workload whose consistency is linearizable"));
  EXPECT_THAT(complaint(text("{kind: kv, every: PT1S, consistency: strong}", "no-internal-failure")),
              HasSubstr("consistency is one of linearizable, acknowledged"));
  EXPECT_THAT(complaint(text("{kind: kv, every: PT1S}", "{that: linearizable, steps: 0}")),
              HasSubstr("steps is 1 to"));
}

}  // namespace
}  // namespace squall::scenario
