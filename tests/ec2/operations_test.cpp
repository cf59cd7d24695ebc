// Operations beside the life of an instance: groups on the machines, volumes, attributes, look-ups,
// authorisations.
#include <nlohmann/json.hpp>

#include "emulator/auth/interfaces.hpp"
#include "emulator/services/ec2/filters.hpp"
#include "tests/ec2/ec2_fixture.hpp"

namespace squall::services::ec2 {
namespace {

api::ec2::IpPermission tcp(std::int64_t port, const std::string& cidr) {
  api::ec2::IpPermission permission;
  permission.ip_protocol = "tcp";
  permission.from_port = permission.to_port = port;
  permission.ip_ranges = {{api::ec2::IpRange{.cidr_ip = cidr}}};
  return permission;
}

TEST_F(Ec2Test, RulesReachTheMachinesAtOnce) {
  std::string group =
      *ec2->create_security_group(context, {.description = "d", .group_name = "vault"}).group_id;
  auto request = launch_request();
  request.security_group_ids = {{group}};
  std::string id = launch(request);
  EXPECT_EQ(machines.traffic[id].group_ids, std::vector<std::string>{group});
  EXPECT_TRUE(machines.traffic[id].ingress.empty());
  ASSERT_EQ(machines.traffic[id].egress.size(), 1u) << "a new group lets everything out";
  EXPECT_EQ(machines.traffic[id].egress[0].cidr, "0.0.0.0/0");
  api::ec2::RevokeSecurityGroupEgressRequest shut;
  shut.group_id = group;
  api::ec2::IpPermission everything;
  everything.ip_protocol = "-1";
  everything.ip_ranges = {{api::ec2::IpRange{.cidr_ip = "0.0.0.0/0"}}};
  shut.ip_permissions = {{everything}};
  ec2->revoke_security_group_egress(context, shut);
  EXPECT_TRUE(machines.traffic[id].egress.empty());
  api::ec2::AuthorizeSecurityGroupIngressRequest allow;
  allow.group_id = group;
  allow.ip_permissions = {{tcp(8200, "10.1.2.3/8")}};
  ec2->authorize_security_group_ingress(context, allow);
  ASSERT_EQ(machines.traffic[id].ingress.size(), 1u);
  EXPECT_EQ(machines.traffic[id].ingress[0].cidr, "10.0.0.0/8");
  EXPECT_EQ(machines.traffic[id].ingress[0].from_port, 8200);
  api::ec2::RevokeSecurityGroupIngressRequest revoke;
  revoke.group_id = group;
  revoke.ip_permissions = allow.ip_permissions;
  ec2->revoke_security_group_ingress(context, revoke);
  EXPECT_TRUE(machines.traffic[id].ingress.empty());
}

TEST_F(Ec2Test, TheDefaultGroupLetsItsMembersIn) {
  std::string id = launch();
  ASSERT_EQ(machines.traffic[id].ingress.size(), 1u);
  EXPECT_EQ(machines.traffic[id].ingress[0].protocol, "-1");
  EXPECT_EQ(machines.traffic[id].ingress[0].peer_group_id, machines.traffic[id].group_ids[0]);
}

TEST_F(Ec2Test, RulesThatMakeNoSense) {
  api::ec2::AuthorizeSecurityGroupIngressRequest allow;
  allow.group_name = "default";
  auto refused = [&](const api::ec2::IpPermission& permission) {
    allow.ip_permissions = {{permission}};
    return error_of([&] { ec2->authorize_security_group_ingress(context, allow); });
  };
  EXPECT_EQ(refused(tcp(22, "10.0.0.0/33")), "InvalidParameterValue: CIDR block 10.0.0.0/33 is malformed");
  EXPECT_EQ(refused(tcp(70000, "10.0.0.0/8")), "InvalidParameterValue: Invalid TCP/UDP port number (70000)");
  auto upside_down = tcp(22, "10.0.0.0/8");
  upside_down.to_port = 21;
  EXPECT_EQ(refused(upside_down), "InvalidParameterValue: Invalid TCP/UDP port range (22:21)");
}

TEST_F(Ec2Test, AnAttachedVolumeReachesTheMachineAndOutlivesIt) {
  std::string id = launch_running();
  api::ec2::CreateVolumeRequest create;
  create.availability_zone = "us-east-1a";
  create.size = 5;
  std::string volume = *ec2->create_volume(context, create).volume_id;
  EXPECT_EQ(error_of([&] {
              ec2->attach_volume(context, {.device = "/dev/sdf", .instance_id = id, .volume_id = volume});
            }),
            "IncorrectState: The volume '" + volume + "' is not 'available'.");
  scheduler.advance(4s);
  ec2->attach_volume(context, {.device = "/dev/sdf", .instance_id = id, .volume_id = volume});
  EXPECT_FALSE(machines.called("attach " + id + " /dev/sdf"));
  scheduler.advance(5s);
  EXPECT_TRUE(machines.called("attach " + id + " /dev/sdf"));
  ec2->terminate_instances(context, {.instance_ids = {id}});
  scheduler.advance(20s);
  auto left = ec2->describe_volumes(context, {});
  ASSERT_EQ(left.volumes->size(), 1u);
  EXPECT_EQ(*left.volumes->front().state, "available");
  EXPECT_TRUE(left.volumes->front().attachments->empty());
}

TEST_F(Ec2Test, VolumesInAnotherZoneAreNotAttached) {
  std::string id = launch_running();
  api::ec2::CreateVolumeRequest create;
  create.availability_zone = "us-east-1b";
  create.size = 5;
  std::string volume = *ec2->create_volume(context, create).volume_id;
  scheduler.advance(4s);
  EXPECT_TRUE(error_of([&] {
                ec2->attach_volume(context, {.device = "/dev/sdf", .instance_id = id, .volume_id = volume});
              }).starts_with("InvalidVolume.ZoneMismatch: "));
}

TEST_F(Ec2Test, UserDataReachesTheMachineAndChangesWhileStopped) {
  auto request = launch_request();
  request.user_data = base::base64_encode(std::string("#!/bin/sh\0x", 11));
  std::string id = launch(request);
  scheduler.advance(20s);
  EXPECT_EQ(machines.specs[id].user_data, std::string("#!/bin/sh\0x", 11));
  EXPECT_TRUE(machines.specs[id].image_name.starts_with("debian-12-"));
  api::ec2::ModifyInstanceAttributeRequest change;
  change.instance_id = id;
  change.user_data = api::ec2::BlobAttributeValue{.value = "new"};
  EXPECT_EQ(error_of([&] { ec2->modify_instance_attribute(context, change); }),
            "IncorrectInstanceState: The instance '" + id + "' is not in the 'stopped' state.");
  ec2->stop_instances(context, {.instance_ids = {id}});
  scheduler.advance(15s);
  ec2->modify_instance_attribute(context, change);
  ec2->start_instances(context, {.instance_ids = {id}});
  scheduler.advance(20s);
  EXPECT_EQ(machines.specs[id].user_data, "new");
}

TEST_F(Ec2Test, LookUpsByTagAndAddress) {
  auto request = launch_request(2);
  request.tag_specifications = {{api::ec2::TagSpecification{
      .resource_type = "instance", .tags = {{api::ec2::Tag{.key = "cluster", .value = "a"}}}}}};
  std::string id = launch(request);
  launch();
  Scope scope{context.account(), context.region};
  EXPECT_EQ(ec2->find_by_tag(scope, "cluster", {"a", "b"}).size(), 2u);
  EXPECT_EQ(ec2->find_by_tag({context.account(), "eu-west-1"}, "cluster", {"a"}).size(), 0u);
  EXPECT_EQ(ec2->find_by_address(scope, ec2->find(id)->record.private_ip)->record.id, id);
  EXPECT_EQ(ec2->list(scope).size(), 3u);
}

TEST_F(Ec2Test, FiltersSeeWhatIsAnswered) {
  auto request = launch_request();
  request.iam_instance_profile = {.name = "vault"};
  std::string id = launch(request);
  std::string volume = *describe(id).block_device_mappings->front().ebs->volume_id;
  EXPECT_EQ(count_matching("instance-id", {id}), 1u);
  EXPECT_EQ(count_matching("iam-instance-profile.arn", {profiles.facts.arn}), 1u);
  EXPECT_EQ(count_matching("block-device-mapping.volume-id", {volume}), 1u);
  EXPECT_EQ(count_matching("network-interface.addresses.private-ip-address", {"172.31.*"}), 1u);
  EXPECT_EQ(count_matching("instance.group-name", {"default"}), 1u);
  EXPECT_EQ(count_matching("instance-type", {"t3.*", "t2.*"}), 1u);
  EXPECT_EQ(count_matching("instance-type", {"T3.*"}), 0u);
  EXPECT_EQ(count_matching("availability-zone", {"us-east-1b"}), 0u);
  EXPECT_EQ(count_matching("key-name", {"*"}), 0u);
}

TEST(Wildcards, FollowEc2) {
  EXPECT_TRUE(matches_wildcard("*", ""));
  EXPECT_TRUE(matches_wildcard("a*c?e", "abbbcde"));
  EXPECT_FALSE(matches_wildcard("a?", "a"));
  EXPECT_TRUE(matches_wildcard("a\\*", "a*"));
  EXPECT_FALSE(matches_wildcard("a\\*", "ab"));
}

TEST_F(Ec2Test, LaunchingWithARoleNeedsPassRole) {
  const wire::Operation& run = *api::ec2::service().find("RunInstances");
  auto wanted = ec2->authorizations(context, run,
                                    {{"ImageId", debian_id}, {"IamInstanceProfile", {{"Name", "vault"}}}});
  auto pass = std::find_if(wanted.begin(), wanted.end(),
                           [](const auth::Authorization& one) { return one.action == "iam:PassRole"; });
  ASSERT_NE(pass, wanted.end());
  EXPECT_EQ(pass->resource, profiles.facts.role_arn);
  EXPECT_EQ(pass->conditions.at("iam:PassedToService"), std::vector<std::string>{"ec2.amazonaws.com"});
}

TEST_F(Ec2Test, AnInstancesTagsDecideWhoMayStopIt) {
  std::string id = launch();
  ec2->create_tags(context, {.resources = {id}, .tags = {api::ec2::Tag{.key = "team", .value = "a"}}});
  auto wanted = ec2->authorizations(context, *api::ec2::service().find("StopInstances"),
                                    {{"InstanceIds", nlohmann::json::array({id})}});
  ASSERT_EQ(wanted.size(), 1u);
  EXPECT_EQ(wanted[0].resource, "arn:aws:ec2:us-east-1:" + context.account() + ":instance/" + id);
  EXPECT_EQ(wanted[0].conditions.at("aws:ResourceTag/team"), std::vector<std::string>{"a"});
}

TEST_F(Ec2Test, TheSameSeedMakesTheSameKeys) {
  testing::SeededEntropy same;
  auto first = ec2->create_key_pair(context, {.key_name = "k"});
  store::Database elsewhere;
  Ec2 again(scheduler, same, machines, elsewhere, profiles);
  EXPECT_EQ(*again.create_key_pair(context, {.key_name = "k"}).key_material, *first.key_material);
}

}  // namespace
}  // namespace squall::services::ec2
