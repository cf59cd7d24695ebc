// Run Command: what is sent, how it ends, what is shown of it.
#include <nlohmann/json.hpp>

#include "tests/ssm/ssm_fixture.hpp"

namespace squall::services::ssm {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

world::Machines::ScriptResult exits(int code, std::string out = {}, std::string err = {}) {
  return {.exit_code = code, .standard_output = std::move(out), .standard_error = std::move(err)};
}

TEST_F(SsmTest, ACommandRunsAndIsShown) {
  machines_.plans[first] = {{2500ms, exits(0, "Linux\n")}};
  std::string id =
      send({first}, {{"Comment", "look"},
                     {"Parameters", {{"commands", {"cd /", "uname"}}, {"workingDirectory", {"/opt"}}}}});
  EXPECT_EQ(status(id), "Pending Pending");
  EXPECT_EQ(status(id, first), "Pending Pending");
  scheduler_.advance(1s);
  EXPECT_EQ(status(id), "InProgress InProgress");
  EXPECT_EQ(status(id, first), "InProgress InProgress");
  EXPECT_EQ(invocation(id, first)["ResponseCode"], -1);
  scheduler_.advance(3s);
  EXPECT_THAT(machines_.runs,
              ::testing::ElementsAre(FakeMachines::Run{first, "cd /\nuname\n", "/opt", 3600s}));

  auto shown = invocation(id, first);
  EXPECT_EQ(shown["Status"], "Success");
  EXPECT_EQ(shown["ResponseCode"], 0);
  EXPECT_EQ(shown["StandardOutputContent"], "Linux\n");
  EXPECT_EQ(shown["StandardErrorContent"], "");
  EXPECT_EQ(shown["PluginName"], "aws:runShellScript");
  EXPECT_EQ(shown["DocumentVersion"], "$DEFAULT");
  EXPECT_EQ(shown["ExecutionStartDateTime"], "2024-01-01T00:00:00.500Z");
  EXPECT_EQ(shown["ExecutionEndDateTime"], "2024-01-01T00:00:03.000Z");
  EXPECT_EQ(shown["ExecutionElapsedTime"], "PT2.5S");
  auto whole = command(id);
  EXPECT_EQ(whole["Status"], "Success");
  EXPECT_EQ(whole["Comment"], "look");
  EXPECT_EQ(whole["TargetCount"], 1);
  EXPECT_EQ(whole["CompletedCount"], 1);
  EXPECT_EQ(whole["ErrorCount"], 0);
  EXPECT_EQ(whole["InstanceIds"], wire::Value({first}));
  EXPECT_EQ(whole["Parameters"]["commands"], wire::Value({"cd /", "uname"}));
  const auto seconds =
      whole["ExpiresAfter"].get<std::int64_t>() - whole["RequestedDateTime"].get<std::int64_t>();
  EXPECT_EQ(seconds, Duration(7200s).count());  // delivery and execution
}

TEST_F(SsmTest, AFailureKeepsItsExitCode) {
  machines_.plans[first] = {{1s, exits(3, "a\n", "b\n")}};
  std::string id = send({first});
  scheduler_.advance(5s);
  auto shown = invocation(id, first);
  EXPECT_EQ(status(id, first), "Failed Failed");
  EXPECT_EQ(shown["ResponseCode"], 3);
  EXPECT_EQ(shown["StandardErrorContent"], "b\nfailed to run commands: exit status 3");
  EXPECT_EQ(status(id), "Failed Failed");
  EXPECT_EQ(command(id)["ErrorCount"], 1);
  auto listed =
      call("ListCommandInvocations", {{"CommandId", id}, {"Details", true}})["CommandInvocations"][0];
  EXPECT_EQ(listed["InstanceName"], "ip-172-31-0-10.eu-west-1.compute.internal");
  EXPECT_EQ(listed["CommandPlugins"][0]["Output"],
            "a\n\n----------ERROR-------\nb\nfailed to run commands: exit status 3");
  EXPECT_EQ(listed["CommandPlugins"][0]["ResponseCode"], 3);
}

TEST_F(SsmTest, AScriptThatTakesTooLongIsStopped) {
  machines_.plans[first] = {{1h, exits(0, "begun\n")}};
  std::string id =
      send({first}, {{"Parameters", {{"commands", {"sleep 3600"}}, {"executionTimeout", {"60"}}}}});
  scheduler_.advance(60s);
  EXPECT_EQ(status(id, first), "InProgress InProgress");
  scheduler_.advance(1s);
  EXPECT_EQ(status(id, first), "TimedOut ExecutionTimedOut");
  EXPECT_EQ(invocation(id, first)["ResponseCode"], 137);
  EXPECT_EQ(invocation(id, first)["StandardOutputContent"], "begun\n");
  EXPECT_EQ(status(id), "TimedOut ExecutionTimedOut");
}

TEST_F(SsmTest, WhatTheAgentTakesForAKillIsATimeout) {
  machines_.plans[first] = {{1s, exits(137)}};
  std::string id = send({first});
  scheduler_.advance(5s);
  EXPECT_EQ(status(id, first), "TimedOut ExecutionTimedOut");
}

TEST_F(SsmTest, ExitCode194RebootsAndRunsTheStepAgain) {
  machines_.plans[first] = {{1s, exits(194)}, {1s, exits(0, "after\n")}};
  std::string id = send({first});
  scheduler_.advance(20s);
  EXPECT_EQ(machines_.reboots, 1);
  EXPECT_EQ(status(id, first), "InProgress InProgress");
  scheduler_.advance(30s);
  EXPECT_EQ(machines_.runs.size(), 2u);
  EXPECT_EQ(status(id, first), "Success Success");
  EXPECT_EQ(invocation(id, first)["StandardOutputContent"], "after\n");
}

TEST_F(SsmTest, AStepThatRebootsForEverFails) {
  for (int i = 0; i < 20; ++i) machines_.plans[first].push_back({1s, exits(194)});
  std::string id = send({first});
  scheduler_.advance(1h);
  EXPECT_EQ(machines_.reboots, 15);
  EXPECT_EQ(status(id, first), "Failed Failed");
}

TEST_F(SsmTest, AnInstanceThatGoesDownRunsTheStepAgain) {
  world::Machines::ScriptResult lost;
  lost.lost = true;
  machines_.plans[first] = {{10s, lost}, {1s, exits(0)}};
  std::string id = send({first});
  scheduler_.advance(5s);
  machines_.offline[first] = true;
  scheduler_.advance(5min);
  EXPECT_EQ(status(id, first), "InProgress InProgress");
  machines_.offline[first] = false;
  scheduler_.advance(10s);
  EXPECT_EQ(status(id, first), "Success Success");
}

TEST_F(SsmTest, AnAgentThatDoesNotAnswerLetsTheCommandExpire) {
  call("DescribeInstanceInformation", wire::Value::object());  // it registers
  machines_.offline[first] = true;
  std::string id = send(
      {first}, {{"TimeoutSeconds", 30}, {"Parameters", {{"commands", {"x"}}, {"executionTimeout", {"30"}}}}});
  scheduler_.advance(30s);
  EXPECT_EQ(status(id, first), "Delayed Delayed");
  scheduler_.advance(29s);
  EXPECT_EQ(status(id, first), "Delayed Delayed");
  scheduler_.advance(1s);
  EXPECT_EQ(status(id, first), "TimedOut DeliveryTimedOut");
  EXPECT_EQ(status(id), "TimedOut DeliveryTimedOut");
  EXPECT_EQ(command(id)["DeliveryTimedOutCount"], 1);
  EXPECT_TRUE(machines_.runs.empty());
  EXPECT_EQ(scheduler_.pending(), 0u);  // its job is gone
}

TEST_F(SsmTest, ATerminatedInstanceIsUndeliverable) {
  std::string id = send({first});
  directory_.instances[0].record.state = ec2::State::terminated;
  scheduler_.advance(1s);
  EXPECT_EQ(status(id, first), "Failed Undeliverable");
  EXPECT_EQ(status(id), "Failed Failed");
  EXPECT_EQ(command(id)["ErrorCount"], 0);
}

TEST_F(SsmTest, OfAnInstanceTerminatedUnderItsScriptTheCommandExpires) {
  world::Machines::ScriptResult lost;
  lost.lost = true;
  machines_.plans[first] = {{10s, lost}};
  std::string id = send(
      {first}, {{"TimeoutSeconds", 30}, {"Parameters", {{"commands", {"x"}}, {"executionTimeout", {"60"}}}}});
  scheduler_.advance(5s);
  directory_.instances[0].record.state = ec2::State::terminated;
  scheduler_.advance(84s);
  EXPECT_EQ(status(id, first), "InProgress InProgress");
  scheduler_.advance(1s);
  EXPECT_EQ(status(id, first), "TimedOut DeliveryTimedOut");
  EXPECT_EQ(status(id), "TimedOut DeliveryTimedOut");
}

TEST_F(SsmTest, ACancelledCommandStopsItsScripts) {
  machines_.plans[first] = {{1h, exits(0)}};
  machines_.plans[second] = {{1h, exits(0)}};
  std::string id = send({first, second});
  scheduler_.advance(5s);
  EXPECT_EQ(machines_.at_work, 2);
  call("CancelCommand", {{"CommandId", id}, {"InstanceIds", {first}}});
  scheduler_.settle();
  EXPECT_EQ(machines_.at_work, 1);
  EXPECT_EQ(status(id, first), "Cancelled Cancelled");
  EXPECT_EQ(status(id), "InProgress InProgress");
  call("CancelCommand", {{"CommandId", id}});
  scheduler_.settle();
  EXPECT_EQ(machines_.at_work, 0);
  EXPECT_EQ(status(id, second), "Cancelled Cancelled");
  EXPECT_EQ(status(id), "Cancelled Cancelled");
  call("CancelCommand", {{"CommandId", id}});  // over already: nothing happens
  EXPECT_EQ(status(id), "Cancelled Cancelled");
}

TEST_F(SsmTest, CancellingAtTheInstantOfAStepIsSafe) {
  machines_.plans[first] = {{1s, exits(0)}};
  std::string id = send({first});
  scheduler_.at(scheduler_.now() + 500ms, [&] { call("CancelCommand", {{"CommandId", id}}); });
  scheduler_.at(scheduler_.now() + 1500ms, [&] { call("CancelCommand", {{"CommandId", id}}); });
  scheduler_.advance(10s);
  EXPECT_EQ(status(id, first), "Cancelled Cancelled");
}

TEST_F(SsmTest, WhatHasJustEndedIsNotCancelled) {
  std::string id = send({first});
  scheduler_.advance(600ms);
  // The script ends at 1.5 s; this comes between its last step and the end of its job.
  scheduler_.at(scheduler_.now() + 900ms, [&] { call("CancelCommand", {{"CommandId", id}}); });
  scheduler_.advance(5s);
  EXPECT_EQ(status(id, first), "Success Success");
  EXPECT_EQ(status(id), "Success Success");
}

TEST_F(SsmTest, SquallMayEndAtTheInstantOfACommandsEnd) {
  std::string id = send({first});
  scheduler_.advance(600ms);
  scheduler_.at(scheduler_.now() + 900ms, [&] { restart(); });
  scheduler_.advance(5s);
  EXPECT_EQ(status(id, first), "Success Success");
  EXPECT_EQ(status(id), "Success Success");
}

TEST_F(SsmTest, ConcurrencyIsLimited) {
  std::string id = send({first, second, third}, {{"MaxConcurrency", "1"}});
  scheduler_.advance(1s);
  EXPECT_EQ(status(id, second), "Pending Pending");
  scheduler_.advance(10s);
  EXPECT_EQ(machines_.most_at_once, 1);
  EXPECT_EQ(status(id), "Success Success");
  id = send({first, second, third}, {{"MaxConcurrency", "67%"}});
  scheduler_.advance(10s);
  EXPECT_EQ(machines_.most_at_once, 2);
}

TEST_F(SsmTest, TooManyErrorsEndTheRest) {
  machines_.plans[first] = {{1s, exits(1)}};
  std::string id = send({first, second, third}, {{"MaxConcurrency", "1"}});
  scheduler_.advance(10s);
  EXPECT_EQ(status(id, second), "Cancelled Terminated");
  EXPECT_EQ(status(id), "Failed Failed");
  EXPECT_EQ(machines_.runs.size(), 1u);

  machines_.plans[first] = {{1s, exits(1)}};
  id = send({first, second, third}, {{"MaxConcurrency", "1"}, {"MaxErrors", "1"}});
  scheduler_.advance(10s);
  EXPECT_EQ(status(id, third), "Success Success");
  EXPECT_EQ(status(id), "Success Incomplete");
}

TEST_F(SsmTest, TargetsByTagNarrowEachOther) {
  directory_.instances[1].tags["zone"] = "a";
  wire::Value targets = {{{"Key", "tag:role"}, {"Values", {"vault", "other"}}},
                         {{"Key", "tag:zone"}, {"Values", {"a"}}}};
  wire::Value input{
      {"DocumentName", "AWS-RunShellScript"}, {"Parameters", {{"commands", {"x"}}}}, {"Targets", targets}};
  auto sent = call("SendCommand", input)["Command"];
  EXPECT_EQ(sent["TargetCount"], 0) << "targets are counted after the answer";
  EXPECT_EQ(call("ListCommands", {{"CommandId", sent["CommandId"]}})["Commands"][0]["TargetCount"], 1);
  EXPECT_EQ(sent["Targets"], targets);
  EXPECT_EQ(sent["InstanceIds"], wire::Value::array());
  scheduler_.advance(5s);
  EXPECT_EQ(status(sent["CommandId"], second), "Success Success");
  input["Targets"] = {{{"Key", "tag:role"}, {"Values", {"nothing"}}}};
  sent = call("SendCommand", input)["Command"];
  EXPECT_EQ(status(sent["CommandId"]), "Success NoInstancesInTag");
  input["Targets"] = {{{"Key", "resource-groups:Name"}, {"Values", {"g"}}}};
  EXPECT_THAT(error_of("SendCommand", input), HasSubstr("does not serve targets by resource-groups:Name"));
}

TEST_F(SsmTest, OutputIsCut) {
  machines_.plans[first] = {{1s, exits(1, std::string(30'000, 'o'), std::string(30'000, 'e'))}};
  std::string id = send({first});
  scheduler_.advance(5s);
  auto out = invocation(id, first)["StandardOutputContent"].get<std::string>();
  auto err = invocation(id, first)["StandardErrorContent"].get<std::string>();
  EXPECT_EQ(out.size(), 24'000u);
  EXPECT_THAT(out, EndsWith("o--output truncated--"));
  EXPECT_EQ(err.size(), 8'000u);
  auto listed =
      call("ListCommandInvocations",
           {{"CommandId", id}, {"Details", true}})["CommandInvocations"][0]["CommandPlugins"][0]["Output"]
          .get<std::string>();
  EXPECT_EQ(listed.size(), 2'500u);
  EXPECT_THAT(listed, HasSubstr("o\n---Output truncated---\n----------ERROR-------\ne"));
  EXPECT_THAT(listed, EndsWith("e\n---Error truncated----"));
}

TEST_F(SsmTest, WrongInstancesAreNamed) {
  wire::Value input{{"DocumentName", "AWS-RunShellScript"}, {"Parameters", {{"commands", {"x"}}}}};
  const std::string unknown = "i-0123456789abcdef0";
  input["InstanceIds"] = {first, unknown};
  EXPECT_EQ(error_of("SendCommand", input),
            "InvalidInstanceId: Instances [[" + unknown + "]] not in a valid state for account 111122223333");
  input.erase("InstanceIds");
  EXPECT_EQ(error_of("SendCommand", input),
            "InvalidInstanceId: Instances [[]] not in a valid state for account 111122223333");
  input["InstanceIds"] = {first, first};
  EXPECT_EQ(error_of("SendCommand", input), "DuplicateInstanceId: ");
  input["InstanceIds"] = {first};
  directory_.instances[0].record.state = ec2::State::stopped;
  EXPECT_THAT(error_of("SendCommand", input),
              StartsWith("InvalidInstanceId: Instances [[i-00000000000000001]]"));
  input["InstanceIds"] = {second};
  access_.denied[second] = true;  // so its agent never registered
  EXPECT_THAT(error_of("SendCommand", input), StartsWith("InvalidInstanceId: "));
  input["Targets"] = {{{"Key", "tag:role"}, {"Values", {"vault"}}}};
  EXPECT_THAT(error_of("SendCommand", input), HasSubstr("cannot both be specified"));
}

TEST_F(SsmTest, WrongIdsAreRefused) {
  const std::string absent = "00000000-0000-4000-8000-000000000000";
  std::string id = send({first});
  EXPECT_EQ(error_of("GetCommandInvocation", {{"CommandId", absent}, {"InstanceId", first}}),
            "InvocationDoesNotExist: ");
  EXPECT_EQ(error_of("GetCommandInvocation", {{"CommandId", id}, {"InstanceId", second}}),
            "InvocationDoesNotExist: ");
  EXPECT_EQ(
      error_of("GetCommandInvocation", {{"CommandId", id}, {"InstanceId", first}, {"PluginName", "step"}}),
      "InvalidPluginName: ");
  EXPECT_EQ(error_of("ListCommands", {{"CommandId", absent}}), "InvalidCommandId: ");
  EXPECT_EQ(error_of("ListCommandInvocations", {{"CommandId", absent}}), "InvalidCommandId: ");
  EXPECT_EQ(error_of("CancelCommand", {{"CommandId", absent}}), "InvalidCommandId: ");
  EXPECT_THAT(error_of("CancelCommand", {{"CommandId", id}, {"InstanceIds", {second}}}),
              StartsWith("InvalidInstanceId: "));
  EXPECT_EQ(error_of("ListCommands", {{"NextToken", "bad"}}),
            "InvalidNextToken: The specified token is not valid.");
}

TEST_F(SsmTest, ListingsFilterAndPage) {
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    ids.push_back(send({first, second}));
    scheduler_.advance(10s);
  }
  auto page = call("ListCommands", {{"MaxResults", 2}});
  ASSERT_EQ(page["Commands"].size(), 2u);
  EXPECT_EQ(page["Commands"][0]["CommandId"], ids[2]);  // latest first
  auto rest = call("ListCommands", {{"MaxResults", 2}, {"NextToken", page["NextToken"]}});
  ASSERT_EQ(rest["Commands"].size(), 1u);
  EXPECT_EQ(rest["Commands"][0]["CommandId"], ids[0]);
  EXPECT_FALSE(rest.contains("NextToken"));
  auto count = [&](const std::string& key, const std::string& value) {
    return call("ListCommands", {{"Filters", {{{"key", key}, {"value", value}}}}})["Commands"].size();
  };
  EXPECT_EQ(count("Status", "Success"), 3u);
  EXPECT_EQ(count("Status", "Failed"), 0u);
  EXPECT_EQ(count("ExecutionStage", "Complete"), 3u);
  EXPECT_EQ(count("DocumentName", "AWS-RunShellScript"), 3u);
  EXPECT_EQ(count("InvokedAfter", "2024-01-01T00:00:10Z"), 2u);
  EXPECT_EQ(count("InvokedBefore", "2024-01-01T00:00:10Z"), 1u);
  EXPECT_EQ(call("ListCommands", {{"InstanceId", third}})["Commands"].size(), 0u);
  auto invocations = call("ListCommandInvocations", {{"InstanceId", second}})["CommandInvocations"];
  EXPECT_EQ(invocations.size(), 3u);
  EXPECT_EQ(invocations[0]["CommandPlugins"], wire::Value::array());  // only with Details
}

TEST_F(SsmTest, WhatRanWhenSquallEndedIsOver) {
  machines_.plans[first] = {{1h, exits(0)}};
  std::string id = send({first, second}, {{"MaxConcurrency", "1"}});
  scheduler_.advance(10s);
  restart();
  EXPECT_EQ(machines_.at_work, 0);
  EXPECT_EQ(status(id, first), "TimedOut ExecutionTimedOut");
  EXPECT_EQ(status(id, second), "Failed Undeliverable");
  EXPECT_EQ(status(id), "TimedOut ExecutionTimedOut");
}

TEST_F(SsmTest, AgentsRegisterOnceTheirRoleLetsThem) {
  access_.denied[second] = true;
  machines_.offline[third] = true;
  auto list = [&](wire::Value filters = wire::Value::array()) {
    std::vector<std::string> found;
    const auto page = call("DescribeInstanceInformation", {{"Filters", filters}});
    for (const auto& each : page["InstanceInformationList"])
      found.push_back(each["InstanceId"].get<std::string>() + " " + each["PingStatus"].get<std::string>());
    return found;
  };
  const std::string one = first, two = second, three = third;
  EXPECT_THAT(list(), ::testing::ElementsAre(one + " Online"));
  access_.denied[second] = false;
  machines_.offline[third] = false;
  EXPECT_EQ(list().size(), 3u);
  machines_.offline[third] = true;
  EXPECT_THAT(list(), ::testing::ElementsAre(one + " Online", two + " Online", three + " ConnectionLost"));
  EXPECT_THAT(list({{{"Key", "PingStatus"}, {"Values", {"ConnectionLost"}}}}),
              ::testing::ElementsAre(three + " ConnectionLost"));
  EXPECT_THAT(list({{{"Key", "InstanceIds"}, {"Values", {two}}}}), ::testing::ElementsAre(two + " Online"));
  EXPECT_THAT(list({{{"Key", "tag:Name"}, {"Values", {"node-1"}}}}), ::testing::ElementsAre(one + " Online"));
  EXPECT_THAT(list({{{"Key", "SourceIds"}, {"Values", {two}}}}), ::testing::ElementsAre(two + " Online"));
  EXPECT_EQ(list({{{"Key", "SourceTypes"}, {"Values", {"AWS::EC2::Instance"}}}}).size(), 3u);
  EXPECT_TRUE(list({{{"Key", "ActivationIds"}, {"Values", {"a"}}}}).empty());
  directory_.instances[0].record.state = ec2::State::stopped;
  EXPECT_EQ(list().size(), 2u);
  EXPECT_EQ(
      error_of("DescribeInstanceInformation", {{"Filters", {{{"Key", "Colour"}, {"Values", {"red"}}}}}}),
      "InvalidFilterKey: ");
}

}  // namespace
}  // namespace squall::services::ssm
