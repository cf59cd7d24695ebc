// SSM, EC2 and IAM wired together: an instance takes commands once the role of its profile lets its agent
// report to SSM.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "emulator/auth/sigv4.hpp"
#include "emulator/base/encoding.hpp"
#include "emulator/gateway/emulator.hpp"
#include "tests/support/manual_world.hpp"

namespace squall::gateway::test {
namespace {

using ::testing::HasSubstr;

// Switched-on machines have an agent, and each script says that it ran.
class AgentMachines final : public world::Machines {
 public:
  explicit AgentMachines(world::Scheduler& scheduler) : scheduler_(scheduler) {}
  void create(const world::MachineSpec&) override {}
  void power_on(const world::MachineSpec& spec) override { on_[spec.instance_id] = true; }
  void shut_down(const std::string& instance_id, bool, std::function<void()> off) override {
    on_[instance_id] = false;
    off();
  }
  void reboot(const std::string&) override {}
  void destroy(const std::string&) override {}
  void attach_volume(const std::string&, const world::VolumeSpec&) override {}
  void detach_volume(const std::string&, const std::string&) override {}
  void set_traffic(const std::string&, const world::TrafficRules&) override {}
  std::string console_output(const std::string&) override { return {}; }
  bool reachable(const std::string& instance_id) override { return on_[instance_id]; }
  bool agent_online(const std::string& instance_id) override { return on_[instance_id]; }
  world::Task<ScriptResult> run_script(const std::string& instance_id, std::string script, std::string,
                                       Duration) override {
    co_await world::sleep(scheduler_, 1s);
    co_return ScriptResult{.standard_output = instance_id + " ran " + script};
  }

 private:
  world::Scheduler& scheduler_;
  std::map<std::string, bool> on_;
};

class RunCommandTest : public ::testing::Test {
 protected:
  std::string send(http::Request request, const std::string& service) {
    request.method = "POST";
    request.headers.add("Host", service + ".us-east-1.amazonaws.com");
    auth::sign(request, emulator_.root_credentials(), "us-east-1", service, clock_.now());
    return emulator_.handle(request).response.value().body;
  }
  // Of IAM and EC2, as a form.
  std::string query(const std::string& service, const std::string& version, const std::string& form) {
    http::Request request{.body = "Version=" + version + "&" + form};
    request.headers.add("Content-Type", "application/x-www-form-urlencoded");
    return send(request, service);
  }
  std::string iam(const std::string& form) { return query("iam", "2010-05-08", form); }
  nlohmann::json ssm(const std::string& operation, const nlohmann::json& input) {
    http::Request request{.body = input.dump()};
    request.headers.add("Content-Type", "application/x-amz-json-1.1");
    request.headers.add("X-Amz-Target", "AmazonSSM." + operation);
    return nlohmann::json::parse(send(request, "ssm"));
  }
  void make_profile() {
    const std::string trust =
        R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},)"
        R"("Action":"sts:AssumeRole"}]})";
    iam("Action=CreateRole&RoleName=node&AssumeRolePolicyDocument=" + base::percent_encode(trust));
    iam("Action=CreateInstanceProfile&InstanceProfileName=node");
    iam("Action=AddRoleToInstanceProfile&InstanceProfileName=node&RoleName=node");
  }
  std::string run_instance(const std::string& more) {
    std::string answer =
        query("ec2", "2016-11-15",
              "Action=RunInstances&ImageId=ami-0a2023000000000a1&InstanceType=t3.micro&MinCount=1&"
              "MaxCount=1" +
                  more);
    const std::size_t at = answer.find("<instanceId>");
    return at == std::string::npos ? answer : answer.substr(at + 12, 19);
  }

  testing::ManualScheduler clock_;
  testing::SeededEntropy entropy_;
  AgentMachines machines_{clock_};
  Emulator emulator_{clock_, entropy_, machines_, {.enforce_auth = true}};
};

TEST_F(RunCommandTest, AnInstanceIsManagedOnceItsRoleLetsItsAgentReport) {
  make_profile();
  const std::string node = run_instance("&IamInstanceProfile.Name=node"), bare = run_instance("");
  ASSERT_TRUE(node.starts_with("i-")) << node;
  clock_.advance(5min);
  nlohmann::json command{{"DocumentName", "AWS-RunShellScript"},
                         {"InstanceIds", {node}},
                         {"Parameters", {{"commands", {"uname"}}}}};
  EXPECT_THAT(ssm("SendCommand", command).dump(), HasSubstr("InvalidInstanceId"));
  iam("Action=AttachRolePolicy&RoleName=node&PolicyArn=" +
      base::percent_encode("arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"));
  auto managed = ssm("DescribeInstanceInformation", nlohmann::json::object())["InstanceInformationList"];
  ASSERT_EQ(managed.size(), 1u) << managed;
  EXPECT_EQ(managed[0]["InstanceId"], node);
  EXPECT_EQ(managed[0]["PlatformName"], "Amazon Linux");

  const std::string id = ssm("SendCommand", command)["Command"]["CommandId"];
  clock_.advance(10s);
  auto shown = ssm("GetCommandInvocation", {{"CommandId", id}, {"InstanceId", node}});
  EXPECT_EQ(shown["Status"], "Success");
  EXPECT_EQ(shown["StandardOutputContent"], node + " ran uname\n");
  command["InstanceIds"] = {bare};
  EXPECT_THAT(ssm("SendCommand", command).dump(), HasSubstr("[[" + bare + "]]"));
  EXPECT_EQ(emulator_.internal_failures(), 0u);
}

}  // namespace
}  // namespace squall::gateway::test
