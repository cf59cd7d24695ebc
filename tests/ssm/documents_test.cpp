// Documents: their versions, what is refused in them, their parameters, and how their steps run.
#include <nlohmann/json.hpp>

#include "emulator/services/ssm/output.hpp"
#include "emulator/services/ssm/plan.hpp"
#include "tests/ssm/ssm_fixture.hpp"

namespace squall::services::ssm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* three_steps = R"(schemaVersion: '2.2'
description: Prepares a node
parameters:
  address: {type: String, allowedPattern: '^[a-z]+$', default: here}
  lines: {type: StringList, default: [a, b], maxItems: 3}
  level: {type: Integer, default: 3}
  mode: {type: String, allowedValues: [fast, slow], default: fast}
mainSteps:
- action: aws:runShellScript
  name: one
  inputs:
    workingDirectory: /srv/{{ address }}
    timeoutSeconds: '90'
    runCommand:
    - '{{ lines }}'
    - echo "{{address}} {{ lines }} {{ level }} {{ unknown }} {{mode}}"
- action: aws:runPowerShellScript
  precondition: {StringEquals: [platformType, Windows]}
  name: windows
  inputs: {runCommand: [dir]}
- action: aws:runShellScript
  name: three
  precondition: {StringEquals: [platformType, Linux]}
  inputs:
    runCommand: ['true']
)";

std::string with_step(const std::string& inputs) {
  return "{\"schemaVersion\": \"2.2\", \"mainSteps\": [{\"action\": \"aws:runShellScript\", \"name\": \"s\", "
         "\"inputs\": {\"runCommand\": [\"x\"]" +
         inputs + "}}]}";
}

TEST_F(SsmTest, StepsRunOneAfterTheOtherWithTheirValues) {
  create("prepare", three_steps);
  std::string id = send({first}, {{"DocumentName", "prepare"}, {"Parameters", {{"address", {"there"}}}}});
  scheduler_.advance(10s);
  EXPECT_THAT(
      machines_.runs,
      ElementsAre(FakeMachines::Run{first, "a\nb\necho \"there [\"a\",\"b\"] 3 {{ unknown }} fast\"\n",
                                    "/srv/there", 90s},
                  FakeMachines::Run{first, "true\n", "", 3600s}));
  EXPECT_EQ(status(id, first), "Success Success");
  // Several steps: the one to show must be named.
  EXPECT_EQ(invocation(id, first)["PluginName"], "");
  EXPECT_EQ(invocation(id, first)["ResponseCode"], -1);
  EXPECT_EQ(invocation(id, first, "one")["ResponseCode"], 0);
  auto windows = invocation(id, first, "windows");
  EXPECT_EQ(windows["Status"], "Success");
  EXPECT_EQ(
      windows["StandardOutputContent"],
      "Step execution skipped due to unsatisfied preconditions: '\"StringEquals\": [platformType, Windows]'. "
      "Step name: windows");
}

TEST_F(SsmTest, AFailedStepDecidesWhatFollows) {
  auto document = [](const std::string& on_failure) {
    return "schemaVersion: '2.2'\nmainSteps:\n"
           "- {action: 'aws:runShellScript', name: a, inputs: {runCommand: [one]" +
           on_failure +
           "}}\n"
           "- {action: 'aws:runShellScript', name: b, inputs: {runCommand: [two]}}\n"
           "- {action: 'aws:runShellScript', name: c, inputs: {runCommand: [three], finallyStep: true}}\n";
  };
  create("goes-on", document(""));
  create("exits", document(", onFailure: exit"));
  create("forgives", document(", onFailure: successAndExit"));
  create("ends-early", document(", onSuccess: exit"));
  auto run = [&](const std::string& name, int exit_code) {
    machines_.runs.clear();
    machines_.plans[first] = {{1s, {.exit_code = exit_code}}};
    std::string id = send({first}, {{"DocumentName", name}, {"Parameters", wire::Value::object()}});
    scheduler_.advance(10s);
    std::string ran;
    for (const auto& each : machines_.runs) ran += each.script;
    return ran + status(id, first);
  };
  EXPECT_EQ(run("goes-on", 1), "one\ntwo\nthree\nFailed Failed");
  EXPECT_EQ(run("exits", 1), "one\nthree\nFailed Failed");
  EXPECT_EQ(run("exits", 0), "one\ntwo\nthree\nSuccess Success");
  EXPECT_EQ(run("forgives", 1), "one\nthree\nSuccess Success");
  EXPECT_EQ(run("ends-early", 0), "one\nthree\nSuccess Success");
}

TEST_F(SsmTest, ValuesAreChecked) {
  create("prepare", three_steps);
  auto refusal = [&](const wire::Value& parameters, const std::string& document = "prepare") {
    return error_of("SendCommand",
                    {{"DocumentName", document}, {"InstanceIds", {first}}, {"Parameters", parameters}});
  };
  const std::string invalid =
      "InvalidParameters: Parameters provided in document are invalid or not supported. ";
  EXPECT_EQ(refusal({{"colour", {"red"}}}),
            "InvalidParameters: document prepare does not support parameters.");
  EXPECT_EQ(refusal({{"address", {"a", "b"}}}), invalid + "Parameter address takes one value.");
  EXPECT_EQ(refusal({{"address", {"A1"}}}),
            invalid + "The value of parameter address does not match the pattern ^[a-z]+$.");
  EXPECT_EQ(refusal({{"mode", {"medium"}}}),
            invalid + "The value of parameter mode is not one of the allowed values.");
  EXPECT_EQ(refusal({{"level", {"high"}}}), invalid + "The value of parameter level must be a whole number.");
  EXPECT_EQ(refusal({{"lines", {"1", "2", "3", "4"}}}),
            invalid + "Parameter lines has too few or too many values.");
  EXPECT_EQ(refusal({{"address", {"{{ssm:/db}}"}}}).substr(0, 17), "InvalidParameters");
  EXPECT_EQ(refusal(wire::Value::object(), "AWS-RunShellScript"),
            invalid + "Parameter commands has neither a value nor a default.");
  EXPECT_EQ(refusal({{"commands", {"echo {{ssm:/db/password}}"}}}, "AWS-RunShellScript"),
            invalid + "Squall does not serve Parameter Store: {{ssm:/db/password}}.");
  EXPECT_EQ(refusal({{"commands", {"x"}}, {"executionTimeout", {"0"}}}, "AWS-RunShellScript").substr(0, 17),
            "InvalidParameters");
  create("bare", with_step(""), "JSON");
  EXPECT_EQ(refusal({{"a", {"b"}}}, "bare"), "InvalidParameters: document bare does not support parameters.");
  EXPECT_EQ(refusal({}, "absent"), "InvalidDocument: Document with name absent does not exist.");
}

TEST_F(SsmTest, CommandsAreNotSearchedForTheDocumentsParameters) {
  send({first}, {{"Parameters", {{"commands", {"docker ps --format '{{ workingDirectory }}'"}}}}});
  scheduler_.advance(5s);
  EXPECT_EQ(machines_.runs.at(0).script, "docker ps --format '{{ workingDirectory }}'\n");
}

TEST_F(SsmTest, VersionsOfADocument) {
  create("doc", with_step(""), "JSON");
  const std::string newer = with_step(", \"timeoutSeconds\": 60");
  EXPECT_THAT(error_of("UpdateDocument", {{"Name", "doc"}, {"Content", with_step("")}}),
              StartsWith("DuplicateDocumentContent: "));
  EXPECT_EQ(error_of("UpdateDocument", {{"Name", "doc"}, {"Content", newer}, {"DocumentVersion", "7"}}),
            "InvalidDocumentVersion: Only the latest version of a document can be updated.");
  auto updated = call("UpdateDocument", {{"Name", "doc"},
                                         {"Content", newer},
                                         {"VersionName", "two"},
                                         {"DocumentVersion", "$LATEST"}})["DocumentDescription"];
  EXPECT_EQ(updated["DocumentVersion"], "2");
  EXPECT_EQ(updated["LatestVersion"], "2");
  EXPECT_EQ(updated["DefaultVersion"], "1");
  auto content = [&](const wire::Value& more) {
    wire::Value input{{"Name", "doc"}};
    input.update(more);
    return call("GetDocument", input)["Content"];
  };
  EXPECT_EQ(content(wire::Value::object()), with_step(""));
  EXPECT_EQ(content({{"DocumentVersion", "$LATEST"}}), newer);
  EXPECT_EQ(content({{"DocumentVersion", "2"}}), newer);
  EXPECT_EQ(content({{"VersionName", "two"}}), newer);
  EXPECT_THAT(error_of("GetDocument", {{"Name", "doc"}, {"DocumentVersion", "3"}}),
              StartsWith("InvalidDocumentVersion: "));
  EXPECT_THAT(
      error_of("UpdateDocument",
               {{"Name", "doc"}, {"Content", with_step(", \"timeoutSeconds\": 61")}, {"VersionName", "two"}}),
      StartsWith("DuplicateDocumentVersionName: "));
  send({first}, {{"DocumentName", "doc"}, {"DocumentVersion", "2"}, {"Parameters", wire::Value::object()}});
  call("UpdateDocumentDefaultVersion", {{"Name", "doc"}, {"DocumentVersion", "2"}});
  EXPECT_EQ(content(wire::Value::object()), newer);
  EXPECT_THAT(error_of("DeleteDocument", {{"Name", "doc"}, {"DocumentVersion", "2"}}),
              StartsWith("InvalidDocumentOperation: "));
  call("DeleteDocument", {{"Name", "doc"}, {"DocumentVersion", "1"}});
  EXPECT_THAT(error_of("GetDocument", {{"Name", "doc"}, {"DocumentVersion", "1"}}),
              StartsWith("InvalidDocumentVersion: "));
  restart();
  EXPECT_EQ(content(wire::Value::object()), newer);
  call("DeleteDocument", {{"Name", "doc"}});
  EXPECT_EQ(error_of("DescribeDocument", {{"Name", "doc"}}),
            "InvalidDocument: Document with name doc does not exist.");
}

TEST_F(SsmTest, DocumentsAreDescribedAndListed) {
  call("CreateDocument", {{"Name", "prepare"},
                          {"Content", three_steps},
                          {"DocumentFormat", "YAML"},
                          {"TargetType", "/AWS::EC2::Instance"},
                          {"Tags", {{{"Key", "team"}, {"Value", "x"}}}}});
  auto found = call("DescribeDocument", {{"Name", "prepare"}})["Document"];
  EXPECT_EQ(found["Owner"], "111122223333");
  EXPECT_EQ(found["Status"], "Active");
  EXPECT_EQ(found["Description"], "Prepares a node");
  EXPECT_EQ(found["PlatformTypes"], wire::Value({"Windows", "Linux", "MacOS"}));
  EXPECT_EQ(found["HashType"], "Sha256");
  EXPECT_EQ(found["Parameters"][0]["Name"], "address");
  EXPECT_EQ(found["Parameters"][1]["DefaultValue"], "[\"a\",\"b\"]");
  auto built_in = call("DescribeDocument", {{"Name", "AWS-RunShellScript"}})["Document"];
  EXPECT_EQ(built_in["Owner"], "Amazon");
  EXPECT_EQ(built_in["SchemaVersion"], "1.2");
  auto names = [&](const wire::Value& filters) {
    std::vector<std::string> all;
    const auto page = call("ListDocuments", {{"Filters", filters}});
    for (const auto& each : page["DocumentIdentifiers"]) all.push_back(each["Name"]);
    return all;
  };
  EXPECT_THAT(names(wire::Value::array()), ElementsAre("AWS-RunShellScript", "prepare"));
  EXPECT_THAT(names({{{"Key", "Owner"}, {"Values", {"Self"}}}}), ElementsAre("prepare"));
  EXPECT_THAT(names({{{"Key", "Owner"}, {"Values", {"Amazon"}}}}), ElementsAre("AWS-RunShellScript"));
  EXPECT_THAT(names({{{"Key", "Name"}, {"Values", {"prep"}}}}), ElementsAre("prepare"));
  EXPECT_THAT(names({{{"Key", "tag:team"}, {"Values", {"x"}}}}), ElementsAre("prepare"));
  EXPECT_THAT(names({{{"Key", "PlatformTypes"}, {"Values", {"Windows"}}}}), ElementsAre("prepare"));
  EXPECT_THAT(names({{{"Key", "TargetType"}, {"Values", {"/AWS::EC2::Instance"}}}}), ElementsAre("prepare"));
  EXPECT_THAT(error_of("ListDocuments", {{"Filters", {{{"Key", "Colour"}, {"Values", {"x"}}}}}}),
              StartsWith("InvalidFilterKey: "));
  EXPECT_THAT(error_of("DeleteDocument", {{"Name", "AWS-RunShellScript"}}),
              StartsWith("AccessDeniedException: "));
}

TEST_F(SsmTest, FormatsAreConverted) {
  create("prepare", three_steps);
  auto json = call("GetDocument", {{"Name", "prepare"}});
  EXPECT_EQ(json["DocumentFormat"], "JSON");
  const Document as_json = parse_document(json["Content"].get<std::string>(), Format::json);
  EXPECT_EQ(as_json.steps.size(), 3u);
  EXPECT_EQ(as_json.parameters[2].defaults->front(), "3");
  auto yaml = write_content(read_content(json["Content"].get<std::string>(), Format::json), Format::yaml);
  EXPECT_EQ(read_content(yaml, Format::yaml), read_content(three_steps, Format::yaml));
  EXPECT_EQ(call("GetDocument", {{"Name", "prepare"}, {"DocumentFormat", "YAML"}})["Content"], three_steps);
}

TEST_F(SsmTest, WhatIsNotServedIsRefusedByName) {
  auto refusal = [&](const std::string& content, const std::string& format = "JSON") {
    return error_of("CreateDocument",
                    {{"Name", "new-doc"}, {"Content", content}, {"DocumentFormat", format}});
  };
  // awslabs/amazon-eks-ami#716
  EXPECT_EQ(refusal("https://raw.example.com/document.json"),
            "InvalidDocumentContent: JSON not well-formed. at Line: 1, Column: 6");
  EXPECT_EQ(refusal("{\n  \"a\":}"), "InvalidDocumentContent: JSON not well-formed. at Line: 2, Column: 8");
  EXPECT_EQ(refusal("a:\n- [", "YAML"),
            "InvalidDocumentContent: YAML not well-formed. at Line: 2, Column: 1");
  EXPECT_THAT(refusal("a: 1\na: 2", "YAML"), HasSubstr("a is given twice"));
  EXPECT_THAT(refusal("[]"), HasSubstr("must be an object"));
  EXPECT_THAT(refusal(std::string(1000, '[')), HasSubstr("nested too deep"));
  EXPECT_THAT(refusal("{\"schemaVersion\": \"0.3\"}"), StartsWith("InvalidDocumentSchemaVersion: "));
  EXPECT_THAT(refusal("{\"schemaVersion\": \"2.2\"}"), HasSubstr("mainSteps is missing or empty"));
  EXPECT_THAT(refusal(with_step(", \"runAs\": \"x\"")), HasSubstr("does not serve runAs in step s"));
  EXPECT_THAT(refusal(with_step(", \"onFailure\": \"retry\"")), HasSubstr("must be exit or successAndExit"));
  EXPECT_THAT(refusal("{\"schemaVersion\": \"2.2\", \"mainSteps\": [{\"action\": \"aws:downloadContent\", "
                      "\"name\": \"s\", \"inputs\": {}}]}"),
              HasSubstr("does not serve the action 'aws:downloadContent' of step s"));
  EXPECT_THAT(refusal("{\"schemaVersion\": \"2.2\", \"parameters\": {\"p\": {\"type\": \"StringMap\"}}}"),
              HasSubstr("The type of parameter p must be one of"));
  EXPECT_THAT(refusal("{\"schemaVersion\": \"2.2\", \"parameters\": {\"p\": {\"type\": \"String\", "
                      "\"allowedPattern\": \"(\"}}}"),
              HasSubstr("allowedPattern of parameter p is not valid"));
  EXPECT_THAT(refusal("\"" + std::string(70'000, 'x') + "\""), StartsWith("MaxDocumentSizeExceeded: "));
  EXPECT_EQ(error_of("CreateDocument",
                     {{"Name", "new-doc"}, {"Content", with_step("")}, {"DocumentType", "Automation"}}),
            "ValidationException: Squall does not serve documents of type Automation");
  EXPECT_THAT(error_of("CreateDocument", {{"Name", "AWS-mine"}, {"Content", with_step("")}}),
              HasSubstr("names that begin with aws, amazon or amzn are reserved"));
  create("doc", with_step(""), "JSON");
  EXPECT_EQ(error_of("CreateDocument", {{"Name", "doc"}, {"Content", with_step("")}}),
            "DocumentAlreadyExists: Document with same name doc already exists");
}

TEST_F(SsmTest, TheHashOfADocumentIsHeldToItsContent) {
  create("doc", with_step(""), "JSON");
  const std::string hash = call("DescribeDocument", {{"Name", "doc"}})["Document"]["Hash"];
  wire::Value input{{"DocumentName", "doc"}, {"InstanceIds", {first}}, {"DocumentHash", hash}};
  EXPECT_EQ(error_of("SendCommand", input), "no error");
  input["DocumentHash"] = std::string(64, '0');
  EXPECT_THAT(error_of("SendCommand", input), StartsWith("InvalidDocument: The hash"));
}

// amazon-ssm-agent's own cases for a limit of 100.
TEST(SsmOutput, IsJoinedAsTheAgentJoinsIt) {
  const std::string title = "\n----------ERROR-------\n";
  EXPECT_EQ(join_output("", "", 100), "");
  EXPECT_EQ(join_output("out", "", 100), "out");
  EXPECT_EQ(join_output("", "err", 100), title + "err");
  EXPECT_EQ(join_output("out", "err", 100), "out" + title + "err");
  const std::string o(300, 'o'), e(300, 'e');
  EXPECT_EQ(join_output(o, "", 100), o.substr(0, 77) + "\n---Output truncated---");
  EXPECT_EQ(join_output("", e, 100), title + e.substr(0, 53) + "\n---Error truncated----");
  EXPECT_EQ(join_output(o, e, 100), o.substr(0, 15) + "\n---Output truncated---" + title + e.substr(0, 15) +
                                        "\n---Error truncated----");
  EXPECT_EQ(join_output(o.substr(0, 38), e, 100),
            o.substr(0, 38) + title + e.substr(0, 15) + "\n---Error truncated----");
}

}  // namespace
}  // namespace squall::services::ssm
