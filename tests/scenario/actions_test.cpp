// What actions and conditions mean, on a cluster that is only said to be there.
#include <gmock/gmock.h>

#include <set>

#include "harness/scenario/actions.hpp"
#include "tests/scenario/fake_cluster.hpp"

namespace squall::scenario {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Actions : ::testing::Test {
  Actions() {
    cluster.nodes = {{"i-1", "running", "us-east-1a", "10.0.0.1"},
                     {"i-2", "running", "us-east-1b", "10.0.0.2"},
                     {"i-3", "running", "us-east-1c", "10.0.0.3"}};
    cluster.health = {{"i-1", 429}, {"i-2", 200}, {"i-3", 473}};
  }

  // Performs the actions, in the order of the file, on a target of that mode.
  std::vector<Done> perform_all(const std::string& mode, const std::string& actions) {
    scenario = parse_scenario(
        "scenario: x\nstack: .\ntargets:\n  nodes: {resourceType: 'aws:ec2:instance', selectionMode: '" +
            mode + "'}\nactions:\n" + actions + "\nassert: {eventually: [converged]}\n",
        "x.yaml");
    std::vector<Done> all;
    for (const Action& action : scenario.actions) all.push_back(finish(perform({view(), faults}, action)));
    return all;
  }
  Holding check(const std::string& mode, const std::string& condition) {
    scenario = parse_scenario(
        "scenario: x\nstack: .\ntargets:\n  nodes: {resourceType: 'aws:ec2:instance', selectionMode: '" +
            mode + "'}\nassert: {eventually: [" + condition + "]}\n",
        "x.yaml");
    return finish(evaluate(view(), scenario.eventually.at(0).check));
  }
  View view() { return {cluster, scenario, workloads}; }
  template <class T>
  T finish(world::Task<T> task) {
    std::optional<T> result;
    auto wait = [](world::Task<T> inner, std::optional<T>& into) -> world::Task<> {
      into = co_await std::move(inner);
    }(std::move(task), result);
    world::Job job = world::Job::start(cluster.clock, std::move(wait));
    while (!result && cluster.clock.step()) {
    }
    cluster.clock.end();
    return result.value();
  }

  testing::FakeCluster cluster;
  Scenario scenario;
  std::vector<std::unique_ptr<KvWorkload>> workloads;
  Faults faults;
};

constexpr char stop[] = "  stop: {actionId: 'aws:ec2:stop-instances', targets: {Instances: nodes}}";

TEST_F(Actions, TheLeaderIsTheActiveNode) {
  EXPECT_TRUE(perform_all("LEADER", stop).at(0).ok);
  EXPECT_THAT(cluster.powered, ElementsAre("stop i-2"));
}

TEST_F(Actions, FollowersAreStandbys) {
  perform_all("FOLLOWERS", stop);
  EXPECT_THAT(cluster.powered, ElementsAre("stop i-1", "stop i-3"));
}

TEST_F(Actions, AnActionOnNobodyFails) {
  cluster.health["i-2"] = 503;
  Done done = perform_all("LEADER", stop).at(0);
  EXPECT_FALSE(done.ok);
  EXPECT_EQ(done.why, "no instance is meant by 'nodes'");
}

TEST_F(Actions, ARefusalOfEc2IsTheActionsFailure) {
  cluster.refusal = "IncorrectInstanceState: no";
  Done done = perform_all("ALL", stop).at(0);
  EXPECT_FALSE(done.ok);
  EXPECT_EQ(done.why, "IncorrectInstanceState: no");
}

TEST_F(Actions, AnInstanceThatGoesWhileItStopsIsNotWaitedForForever) {
  cluster.nodes = {{"i-1", "stopping", "us-east-1a", "10.0.0.1"}};
  cluster.clock.after(90s, [this] { cluster.nodes.clear(); });
  perform_all("ALL",
              "  stop:\n    actionId: 'aws:ec2:stop-instances'\n    targets: {Instances: nodes}\n"
              "    parameters: {startInstancesAfterDuration: PT1M}");
  EXPECT_THAT(cluster.powered, ElementsAre("stop i-1", "start i-1"));
  EXPECT_LE(cluster.clock.elapsed(), 2min);
}

TEST_F(Actions, AFaultTellsHowOftenItStruck) {
  cluster.struck = 4;
  perform_all("COUNT(2)",
              "  cut:\n    actionId: 'squall:network:fault'\n    targets: {Instances: nodes}\n"
              "    parameters: {to: '*', effect: drop}\n"
              "  heal: {actionId: 'squall:heal', parameters: {fault: cut}}\n"
              "  again: {actionId: 'squall:heal', parameters: {fault: cut}}");
  EXPECT_THAT(cluster.story, Contains("cut: the fault ends; it struck 8 times"));
  EXPECT_TRUE(faults.empty());
}

// Which instances are chosen hangs on the seed and the target's name alone; they stay chosen.
TEST_F(Actions, ASelectionIsByLotAndStays) {
  cluster.nodes.clear();
  for (int i = 1; i <= 5; ++i)
    cluster.nodes.push_back(
        {"i-" + std::to_string(i), "running", "us-east-1a", "10.0.0." + std::to_string(i)});
  auto chosen = [&](const std::string& mode) {
    cluster.powered.clear();
    perform_all(mode, "  stop: {actionId: 'aws:ec2:reboot-instances', targets: {Instances: nodes}}");
    return cluster.powered;
  };
  std::set<std::vector<std::string>> seen;
  for (cluster.seed = 1; cluster.seed <= 20; ++cluster.seed) {
    const std::vector<std::string> two = chosen("COUNT(2)");
    EXPECT_EQ(two.size(), 2u);
    EXPECT_LT(two[0], two[1]);
    EXPECT_EQ(chosen("COUNT(2)"), two);
    EXPECT_EQ(chosen("PERCENT(50)"), two);
    seen.insert(two);
  }
  EXPECT_GT(seen.size(), 4u);
  EXPECT_EQ(chosen("COUNT(9)").size(), 5u);
}

TEST_F(Actions, NothingHoldsOfNobody) {
  cluster.nodes.clear();
  for (const char* condition :
       {"{that: health, target: nodes, code: 200}", "{that: unit-state, target: nodes, unit: vault.service}",
        "{that: instance-state, target: nodes, state: running}",
        "{that: log-contains, target: nodes, text: x, times: 0}",
        "{that: command, target: nodes, script: 'true'}"}) {
    Holding holding = check("ALL", condition);
    EXPECT_FALSE(holding.holds) << condition;
    EXPECT_THAT(holding.why, HasSubstr("no instance is meant by 'nodes'")) << condition;
  }
}

TEST_F(Actions, ATerminatedInstanceIsSeenByWhoLooksForIt) {
  const std::string condition = "{that: instance-state, target: nodes, state: terminated}";
  EXPECT_FALSE(check("ALL", condition).holds);
  for (InstanceView& node : cluster.nodes) node.state = "terminated";
  EXPECT_TRUE(check("ALL", condition).holds);
}

}  // namespace
}  // namespace squall::scenario
