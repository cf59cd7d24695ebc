// What SSM asks of IAM: whether the agent in an instance gets through with the role of its instance profile.
#pragma once
#include "emulator/auth/interfaces.hpp"
#include "emulator/services/iam/instance_credentials.hpp"
#include "emulator/services/ssm/nodes.hpp"

namespace squall::gateway {

class AgentAccess final : public services::ssm::AgentAccess {
 public:
  AgentAccess(services::iam::InstanceCredentials& iam, auth::Authorizer& authorizer)
      : iam_(iam), authorizer_(authorizer) {}

  bool may_report(const services::ec2::InstanceView& instance) override {
    const auto& record = instance.record;
    auto profile = iam_.profile_by_arn(record.profile_arn);
    if (!profile || profile->role_name.empty()) return false;
    wire::RequestContext context;
    context.region = record.region;
    context.service = "ssm";
    context.operation = "UpdateInstanceInformation";
    context.source_instance = record.id;
    wire::Principal& agent = context.principal;
    agent.kind = wire::Principal::Kind::assumed_role;
    agent.account = record.account;
    agent.name = profile->role_name;
    agent.session_name = record.id;
    agent.arn = "arn:aws:sts::" + record.account + ":assumed-role/" + profile->role_name + "/" + record.id;
    return !authorizer_.denial(context, {.action = "ssm:UpdateInstanceInformation",
                                         .resource = context.arn("ec2", "instance/" + record.id)});
  }

 private:
  services::iam::InstanceCredentials& iam_;
  auth::Authorizer& authorizer_;
};

}  // namespace squall::gateway
