// Credentials of an instance's role: minted, verified, expiring; and what happens when IAM changes under
// them.
#include "emulator/services/iam/instance_credentials.hpp"

#include <gmock/gmock.h>

#include "emulator/auth/verifier.hpp"
#include "emulator/base/aws_error.hpp"
#include "emulator/services/iam/attached.hpp"
#include "emulator/services/iam/schema.hpp"
#include "emulator/services/iam/service.hpp"
#include "tests/support/manual_world.hpp"

namespace squall::services::iam {
namespace {

using ::testing::HasSubstr;

const std::string account = "123456789012";
const std::string ec2_trust =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},)"
    R"("Action":"sts:AssumeRole"}]})";

constexpr wire::Service kms{.name = "kms",
                            .service_id = "KMS",
                            .signing_name = "kms",
                            .endpoint_prefix = "kms",
                            .protocol = wire::Protocol::json};

struct InstanceCredentialsTest : ::testing::Test {
  squall::testing::ManualScheduler scheduler;
  squall::testing::SeededEntropy entropy{7};
  store::Database database;
  std::unique_ptr<Directory> directory;
  std::unique_ptr<Credentials> credentials;
  std::unique_ptr<InstanceCredentials> instances;
  std::unique_ptr<Service> service;
  wire::RequestContext context;
  std::string profile_arn;

  InstanceCredentialsTest() {
    prepare(database, scheduler.now());
    directory = std::make_unique<Directory>(database, scheduler, entropy);
    credentials = std::make_unique<Credentials>(*directory);
    instances = std::make_unique<InstanceCredentials>(*directory, *credentials);
    service = std::make_unique<Service>(*directory);
    context.principal = auth::root_of(account);
    context.now = scheduler.now();
    service->create_role(context, {.role_name = "node", .assume_role_policy_document = ec2_trust});
    profile_arn =
        service->create_instance_profile(context, {.instance_profile_name = "node"}).instance_profile.arn;
    service->add_role_to_instance_profile(context, {"node", "node"});
  }

  auth::Identity call(const auth::Credentials& with) {
    auth::Verifier verifier(*credentials, auth::Mode::strict, account);
    http::Request request;
    request.headers.add("Host", "kms");
    auth::sign(request, with, "us-east-1", "kms", scheduler.now());
    return verifier.authenticate(request, {kms, "us-east-1", scheduler.now(), false});
  }
  std::string code_of(const auth::Credentials& with) {
    try {
      call(with);
    } catch (const base::AwsError& error) {
      return error.code;
    }
    return "let in";
  }
};

TEST_F(InstanceCredentialsTest, AreGoodForSixHours) {
  auto given = instances->mint("i-0123456789abcdef0", profile_arn);
  ASSERT_TRUE(given);
  EXPECT_EQ(given->code, "Success");
  EXPECT_EQ(given->role_name, "node");
  EXPECT_EQ(given->last_updated, scheduler.now());
  EXPECT_EQ(given->expiration, scheduler.now() + 6h);
  auth::Identity who = call(given->credentials);
  EXPECT_EQ(who.principal.arn, "arn:aws:sts::123456789012:assumed-role/node/i-0123456789abcdef0");
  EXPECT_EQ(who.source_instance, "i-0123456789abcdef0");
  scheduler.run_until(given->expiration);
  EXPECT_EQ(code_of(given->credentials), "ExpiredTokenException");
  // Long after, and once a newer session is opened, nobody remembers it.
  scheduler.run_until(given->expiration + 25h);
  auto next = instances->mint("i-0123456789abcdef0", profile_arn);
  directory->changed();
  EXPECT_EQ(code_of(given->credentials), "UnrecognizedClientException");
  EXPECT_EQ(code_of(next->credentials), "let in");
}

TEST_F(InstanceCredentialsTest, ARoleThatDoesNotTrustEc2SaysSo) {
  std::string other = ec2_trust;
  other.replace(other.find("ec2."), 4, "ssm.");
  service->update_assume_role_policy(context, {"node", other});
  auto given = instances->mint("i-1", profile_arn);
  ASSERT_TRUE(given);
  EXPECT_EQ(given->code, "AssumeRoleUnauthorizedAccess");
  EXPECT_THAT(given->message, HasSubstr("EC2 cannot assume the role node."));
  EXPECT_TRUE(given->credentials.access_key_id.empty());
}

TEST_F(InstanceCredentialsTest, AProfileWithoutRoleOrGoneGivesNothing) {
  EXPECT_EQ(instances->profile_by_arn(profile_arn)->role_name, "node");
  service->remove_role_from_instance_profile(context, {"node", "node"});
  EXPECT_EQ(instances->profile_by_name(account, "node")->role_name, "");
  EXPECT_FALSE(instances->mint("i-1", profile_arn));
  service->delete_instance_profile(context, {"node"});
  EXPECT_FALSE(instances->profile_by_arn(profile_arn));
  EXPECT_FALSE(instances->mint("i-1", profile_arn));
}

TEST_F(InstanceCredentialsTest, ANamesakeOfADeletedRoleDoesNotInheritItsSessions) {
  auto given = instances->mint("i-1", profile_arn);
  service->remove_role_from_instance_profile(context, {"node", "node"});
  service->delete_role(context, {"node"});
  service->create_role(context, {.role_name = "node", .assume_role_policy_document = ec2_trust});
  EXPECT_EQ(code_of(given->credentials), "UnrecognizedClientException");
}

TEST_F(InstanceCredentialsTest, PoliciesAreReadAnewWhenTheyChange) {
  Attached attached(*directory);
  auth::AccessControl access(attached, auth::Mode::strict);
  wire::RequestContext from_node = context;
  from_node.principal = call(instances->mint("i-1", profile_arn)->credentials).principal;
  auth::Authorization wanted{.action = "kms:Decrypt", .resource = "arn:aws:kms:us-east-1:123456789012:key/k"};
  EXPECT_EQ(
      access.denial(from_node, wanted),
      "User: arn:aws:sts::123456789012:assumed-role/node/i-1 is not authorized to perform: kms:Decrypt on "
      "resource: arn:aws:kms:us-east-1:123456789012:key/k because no identity-based policy allows the "
      "kms:Decrypt action");
  service->put_role_policy(
      context,
      {"node", "p",
       R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}})"});
  EXPECT_EQ(access.denial(from_node, wanted), std::nullopt);
  service->delete_role_policy(context, {"node", "p"});
  EXPECT_NE(access.denial(from_node, wanted), std::nullopt);
}

TEST_F(InstanceCredentialsTest, TheRootKeyIsMadeOnce) {
  auth::Credentials root = credentials->root(account);
  EXPECT_EQ(credentials->root(account).access_key_id, root.access_key_id);
  EXPECT_EQ(call(root).principal.arn, "arn:aws:iam::123456789012:root");
}

}  // namespace
}  // namespace squall::services::iam
