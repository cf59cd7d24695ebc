// What IAM is asked before an operation runs.
#include <nlohmann/json.hpp>

#include "tests/ssm/ssm_fixture.hpp"

namespace squall::services::ssm {
namespace {

class SsmAuthorizationTest : public SsmTest {
 protected:
  std::vector<auth::Authorization> asked(const std::string& operation, const wire::Value& input) {
    return service_->authorizations(context(), *api::ssm::service().find(operation), input);
  }
  // "action resource", in order
  std::vector<std::string> wanted(const std::string& operation, const wire::Value& input) {
    std::vector<std::string> all;
    for (const auto& each : asked(operation, input)) all.push_back(each.action + " " + each.resource);
    return all;
  }
  const std::string instances = "ssm:SendCommand arn:aws:ec2:eu-west-1:111122223333:instance/";
};

using ::testing::ElementsAre;

TEST_F(SsmAuthorizationTest, SendingNeedsTheDocumentAndEachInstance) {
  EXPECT_THAT(
      wanted("SendCommand", {{"DocumentName", "AWS-RunShellScript"}, {"InstanceIds", {first, second}}}),
      ElementsAre("ssm:SendCommand arn:aws:ssm:eu-west-1::document/AWS-RunShellScript", instances + first,
                  instances + second));
  directory_.instances[2].tags["role"] = "other";
  EXPECT_THAT(wanted("SendCommand", {{"DocumentName", "arn:aws:ssm:eu-west-1:111122223333:document/mine"},
                                     {"Targets", {{{"Key", "tag:role"}, {"Values", {"vault"}}}}}}),
              ElementsAre("ssm:SendCommand arn:aws:ssm:eu-west-1:111122223333:document/mine",
                          instances + first, instances + second));
  auto on_first = asked("SendCommand", {{"DocumentName", "mine"}, {"InstanceIds", {first}}}).at(1);
  EXPECT_THAT(on_first.conditions["ssm:resourceTag/role"], ElementsAre("vault"));
}

TEST_F(SsmAuthorizationTest, DocumentsAreResources) {
  EXPECT_THAT(wanted("GetDocument", {{"Name", "mine"}}),
              ElementsAre("ssm:GetDocument arn:aws:ssm:eu-west-1:111122223333:document/mine"));
  auto made =
      asked("CreateDocument", {{"Name", "mine"}, {"Tags", {{{"Key", "team"}, {"Value", "x"}}}}}).at(0);
  EXPECT_THAT(made.conditions["aws:RequestTag/team"], ElementsAre("x"));
  EXPECT_THAT(made.conditions["aws:TagKeys"], ElementsAre("team"));
}

TEST_F(SsmAuthorizationTest, ListsAreOfAllResources) {
  EXPECT_THAT(wanted("ListCommands", wire::Value::object()), ElementsAre("ssm:ListCommands *"));
  EXPECT_THAT(wanted("GetCommandInvocation", {{"CommandId", "x"}}),
              ElementsAre("ssm:GetCommandInvocation *"));
}

TEST_F(SsmAuthorizationTest, OddInputIsNoFault) {
  EXPECT_THAT(wanted("SendCommand", {{"DocumentName", 3}, {"Targets", {1, "x", {{"Key", 2}}}}}),
              ElementsAre("ssm:SendCommand *"));
}

}  // namespace
}  // namespace squall::services::ssm
