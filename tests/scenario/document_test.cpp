#include "harness/scenario/document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/scenario/stack.hpp"
#include "harness/scenario/vocabulary.hpp"

namespace squall::scenario {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string content(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

constexpr const char* whole = R"(scenario: test
stack: stack
targets:
  node: {resourceType: "aws:ec2:instance"}
actions:
  cut:
    actionId: squall:network:fault
    parameters: {to: "*", effect: drop}
    targets: {Instances: node}
  rest: {actionId: "aws:fis:wait", parameters: {duration: PT5M}, startAfter: [cut]}
assert:
  always: [no-acknowledged-write-lost]
  eventually:
    - {that: health, target: node, code: 200, after: rest, within: PT10S, stableFor: PT1M}
)";

TEST(Document, ReadsWhatAFisTemplateSaysAndWhatSquallAdds) {
  Scenario scenario = parse_scenario(whole, "dir/file.yaml");
  EXPECT_EQ(scenario.stack, "dir/stack");
  ASSERT_EQ(scenario.actions.size(), 2u);
  EXPECT_EQ(scenario.actions[0].targets.at("Instances"), "node");
  EXPECT_EQ(scenario.actions[1].start_after, std::vector<std::string>{"cut"});
  ASSERT_EQ(scenario.eventually.size(), 1u);
  EXPECT_EQ(scenario.eventually[0].within, Duration{10s});
  EXPECT_EQ(scenario.eventually[0].stable_for, Duration{1min});
}

// Replaces `from` in the whole file and answers what the reader says of it.
std::string complaint(const std::string& from, const std::string& to) {
  std::string text = whole;
  std::size_t at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  text.replace(at, from.size(), to);
  try {
    parse_scenario(text, "f.yaml");
  } catch (const DocumentError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Document, AMistakeIsNamedWithItsPlaceAndWhatWouldBeRight) {
  EXPECT_THAT(complaint("effect: drop", "effect: dropp"), HasSubstr("f.yaml:8:"));
  EXPECT_THAT(complaint("effect: drop", "effect: dropp"), HasSubstr("drop, refuse, hang, delay"));
  EXPECT_THAT(complaint("squall:network:fault", "squall:network:fualt"),
              HasSubstr("did you mean 'squall:network:fault'?"));
  EXPECT_THAT(complaint("duration: PT5M", "duration: 5m"), HasSubstr("PT30S"));
  EXPECT_THAT(complaint("duration: PT5M", "duration: PT2500000H"), HasSubstr("a century at most"));
  EXPECT_THAT(complaint("duration: PT5M", "time: PT5M"), HasSubstr("takes no 'time'"));
  EXPECT_THAT(complaint("parameters: {duration: PT5M}, ", ""), HasSubstr("needs 'duration'"));
  EXPECT_THAT(complaint("[cut]", "[cat]"), HasSubstr("there is no action 'cat'"));
  EXPECT_THAT(complaint("[cut]", "[rest]"), HasSubstr("waits for itself"));
  EXPECT_THAT(complaint("Instances: node", "Instances: nodes"), HasSubstr("there is no target 'nodes'"));
  EXPECT_THAT(complaint("    targets: {Instances: node}\n", ""), HasSubstr("needs targets"));
  EXPECT_THAT(complaint("that: health,", "that: healthy,"), HasSubstr("did you mean 'health'?"));
  EXPECT_THAT(complaint("code: 200", "code: two"), HasSubstr("a whole number belongs here"));
  EXPECT_THAT(complaint("always: [no-acknowledged-write-lost]", "always: [converged]"),
              HasSubstr("is no invariant"));
  EXPECT_THAT(complaint("stack: stack", "stacks: stack"), HasSubstr("did you mean 'stack'?"));
  EXPECT_THAT(complaint("scenario: test\n", ""), HasSubstr("'scenario' is missing"));
  EXPECT_THAT(complaint("scenario: test\n", "scenario: test\nscenario: again\n"), HasSubstr("given twice"));
  EXPECT_THAT(complaint("scenario: test\n", "scenario: [\n"), HasSubstr("f.yaml:"));
  EXPECT_THAT(complaint("aws:ec2:instance", "aws:rds:db"), HasSubstr("aws:ec2:instance"));
}

TEST(Document, WhatCouldNeverHappenIsRefused) {
  EXPECT_EQ(complaint("code: 200", "code: -1"), "accepted");
  EXPECT_THAT(complaint("code: 200", "code: -2"), HasSubstr("f.yaml:14:42: code is -1 to 599; not -2"));
  EXPECT_THAT(complaint("effect: drop", "effect: drop, percentage: 0"),
              HasSubstr("percentage is 1 to 100; not 0"));
  EXPECT_THAT(complaint("effect: drop", "effect: drop, percentage: 101"),
              HasSubstr("percentage is 1 to 100"));
  EXPECT_THAT(complaint("effect: drop", "effect: delay"), HasSubstr("effect: delay needs 'delay'"));
  EXPECT_THAT(complaint("effect: drop", "effect: drop, delay: PT1S"),
              HasSubstr("'delay' has no meaning without effect: delay"));
  auto api_fault = [](const std::string& parameters) {
    return complaint("squall:network:fault\n    parameters: {to: \"*\", effect: drop}",
                     "squall:api:fault\n    parameters: {service: kms" + parameters + "}");
  };
  EXPECT_EQ(api_fault(", error: ThrottlingException, status: 400, message: slow, times: 1"), "accepted");
  EXPECT_EQ(api_fault(", hang: true"), "accepted");
  EXPECT_THAT(api_fault(""), HasSubstr("needs either 'error' or 'hang: true'"));
  EXPECT_THAT(api_fault(", hang: false"), HasSubstr("needs either 'error' or 'hang: true'"));
  EXPECT_THAT(api_fault(", hang: true, error: E"), HasSubstr("needs either 'error' or 'hang: true'"));
  EXPECT_THAT(api_fault(", hang: true, message: slow"),
              HasSubstr("'message' has no meaning without 'error'"));
  EXPECT_THAT(api_fault(", error: E, status: 200"), HasSubstr("status is 400 to 599; not 200"));
  EXPECT_THAT(api_fault(", error: E, times: 0"), HasSubstr("times is 1 to"));
}

TEST(Document, EveryScenarioAndItsStackCanBeRead) {
  int count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(SQUALL_SOURCE_DIR) / "scenarios")) {
    if (entry.path().extension() != ".yaml") continue;
    ++count;
    Scenario scenario = parse_scenario(content(entry.path()), entry.path());
    EXPECT_NO_THROW(load_stack(scenario.stack)) << entry.path();
  }
  EXPECT_GE(count, 13);
}

// Written by: UPDATE_SCHEMA=1 build/release/tests/test_scenario
TEST(Schema, TheFileForEditorsIsTheVocabulary) {
  fs::path file = fs::path(SQUALL_SOURCE_DIR) / "scenarios" / "scenario.schema.json";
  std::string now = schema().dump(1) + "\n";
  if (std::getenv("UPDATE_SCHEMA")) std::ofstream{file} << now;
  EXPECT_EQ(content(file), now) << "run UPDATE_SCHEMA=1 test_scenario";
}

}  // namespace
}  // namespace squall::scenario
