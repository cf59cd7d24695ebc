// EC2's operations on the generated Api. Each is synchronous: validate, decide, write, answer; what takes
// time is the Lifecycle's. The definitions are spread over one file per kind of resource (README.md lists
// them). https://docs.aws.amazon.com/AWSEC2/latest/APIReference/
#pragma once
#include <string>
#include <vector>

#include "emulator/services/ec2/interfaces.hpp"
#include "emulator/services/ec2/lifecycle.hpp"
#include "emulator/services/ec2/tables.hpp"
#include "squall/api/ec2.hpp"

namespace squall::auth {
struct Authorization;
}

namespace squall::services::ec2 {

struct KeyMaterial;    // key_material.hpp
struct LaunchRequest;  // launch.hpp

using api::ec2::RequestContext;

class Ec2 final : public api::ec2::Api, public Directory {
 public:
  // All of them must outlive the service. A database that holds instances already is taken up
  // (Lifecycle::resume).
  Ec2(world::Scheduler& scheduler, world::Entropy& entropy, world::Machines& machines,
      store::Database& database, InstanceProfiles& profiles);

  // What the caller must be allowed to do; the input is not validated yet (gateway's Authorizations).
  std::vector<auth::Authorization> authorizations(const RequestContext& context,
                                                  const wire::Operation& operation,
                                                  const nlohmann::json& input);

  // --- for the harness ---
  // The host under a running instance dies; EC2 notices and, unless AutoRecovery is disabled, recovers it.
  void fail_host(const std::string& instance_id) { lifecycle_.fail_host(instance_id); }
  // The operating system of a running instance switched itself off (shutdown -h).
  void powered_off(const std::string& instance_id) { lifecycle_.powered_off(instance_id); }
  // Called at every step of every instance's life, within the callback or operation that takes it.
  void observe(InstanceObserver observer) { lifecycle_.observe(std::move(observer)); }

  // --- Directory ---
  std::optional<InstanceView> find(const std::string& instance_id) override;
  std::optional<InstanceView> find_by_address(const Scope& scope, const std::string& address) override;
  std::vector<InstanceView> find_by_tag(const Scope& scope, const std::string& key,
                                        const std::vector<std::string>& values) override;
  std::vector<InstanceView> list(const Scope& scope) override;

  // --- instances ---
  api::ec2::Reservation run_instances(const RequestContext&, const api::ec2::RunInstancesRequest&) override;
  api::ec2::DescribeInstancesResult describe_instances(const RequestContext&,
                                                       const api::ec2::DescribeInstancesRequest&) override;
  api::ec2::StartInstancesResult start_instances(const RequestContext&,
                                                 const api::ec2::StartInstancesRequest&) override;
  api::ec2::StopInstancesResult stop_instances(const RequestContext&,
                                               const api::ec2::StopInstancesRequest&) override;
  void reboot_instances(const RequestContext&, const api::ec2::RebootInstancesRequest&) override;
  api::ec2::TerminateInstancesResult terminate_instances(const RequestContext&,
                                                         const api::ec2::TerminateInstancesRequest&) override;
  api::ec2::DescribeInstanceStatusResult describe_instance_status(
      const RequestContext&, const api::ec2::DescribeInstanceStatusRequest&) override;
  api::ec2::InstanceAttribute describe_instance_attribute(
      const RequestContext&, const api::ec2::DescribeInstanceAttributeRequest&) override;
  void modify_instance_attribute(const RequestContext&,
                                 const api::ec2::ModifyInstanceAttributeRequest&) override;
  api::ec2::ModifyInstanceMetadataOptionsResult modify_instance_metadata_options(
      const RequestContext&, const api::ec2::ModifyInstanceMetadataOptionsRequest&) override;
  api::ec2::GetConsoleOutputResult get_console_output(const RequestContext&,
                                                      const api::ec2::GetConsoleOutputRequest&) override;
  api::ec2::AssociateIamInstanceProfileResult associate_iam_instance_profile(
      const RequestContext&, const api::ec2::AssociateIamInstanceProfileRequest&) override;
  api::ec2::DisassociateIamInstanceProfileResult disassociate_iam_instance_profile(
      const RequestContext&, const api::ec2::DisassociateIamInstanceProfileRequest&) override;
  api::ec2::DescribeIamInstanceProfileAssociationsResult describe_iam_instance_profile_associations(
      const RequestContext&, const api::ec2::DescribeIamInstanceProfileAssociationsRequest&) override;

  // --- what exists everywhere ---
  api::ec2::DescribeInstanceTypesResult describe_instance_types(
      const RequestContext&, const api::ec2::DescribeInstanceTypesRequest&) override;
  api::ec2::DescribeImagesResult describe_images(const RequestContext&,
                                                 const api::ec2::DescribeImagesRequest&) override;
  api::ec2::DescribeVpcsResult describe_vpcs(const RequestContext&,
                                             const api::ec2::DescribeVpcsRequest&) override;
  api::ec2::DescribeSubnetsResult describe_subnets(const RequestContext&,
                                                   const api::ec2::DescribeSubnetsRequest&) override;
  api::ec2::DescribeAvailabilityZonesResult describe_availability_zones(
      const RequestContext&, const api::ec2::DescribeAvailabilityZonesRequest&) override;
  api::ec2::DescribeRegionsResult describe_regions(const RequestContext&,
                                                   const api::ec2::DescribeRegionsRequest&) override;
  api::ec2::DescribeNetworkInterfacesResult describe_network_interfaces(
      const RequestContext&, const api::ec2::DescribeNetworkInterfacesRequest&) override;

  // --- tags ---
  void create_tags(const RequestContext&, const api::ec2::CreateTagsRequest&) override;
  void delete_tags(const RequestContext&, const api::ec2::DeleteTagsRequest&) override;
  api::ec2::DescribeTagsResult describe_tags(const RequestContext&,
                                             const api::ec2::DescribeTagsRequest&) override;

  // --- security groups ---
  api::ec2::CreateSecurityGroupResult create_security_group(
      const RequestContext&, const api::ec2::CreateSecurityGroupRequest&) override;
  api::ec2::DeleteSecurityGroupResult delete_security_group(
      const RequestContext&, const api::ec2::DeleteSecurityGroupRequest&) override;
  api::ec2::DescribeSecurityGroupsResult describe_security_groups(
      const RequestContext&, const api::ec2::DescribeSecurityGroupsRequest&) override;
  api::ec2::DescribeSecurityGroupRulesResult describe_security_group_rules(
      const RequestContext&, const api::ec2::DescribeSecurityGroupRulesRequest&) override;
  api::ec2::AuthorizeSecurityGroupIngressResult authorize_security_group_ingress(
      const RequestContext&, const api::ec2::AuthorizeSecurityGroupIngressRequest&) override;
  api::ec2::RevokeSecurityGroupIngressResult revoke_security_group_ingress(
      const RequestContext&, const api::ec2::RevokeSecurityGroupIngressRequest&) override;
  api::ec2::AuthorizeSecurityGroupEgressResult authorize_security_group_egress(
      const RequestContext&, const api::ec2::AuthorizeSecurityGroupEgressRequest&) override;
  api::ec2::RevokeSecurityGroupEgressResult revoke_security_group_egress(
      const RequestContext&, const api::ec2::RevokeSecurityGroupEgressRequest&) override;

  // --- volumes ---
  api::ec2::Volume create_volume(const RequestContext&, const api::ec2::CreateVolumeRequest&) override;
  void delete_volume(const RequestContext&, const api::ec2::DeleteVolumeRequest&) override;
  api::ec2::VolumeAttachment attach_volume(const RequestContext&,
                                           const api::ec2::AttachVolumeRequest&) override;
  api::ec2::VolumeAttachment detach_volume(const RequestContext&,
                                           const api::ec2::DetachVolumeRequest&) override;
  api::ec2::DescribeVolumesResult describe_volumes(const RequestContext&,
                                                   const api::ec2::DescribeVolumesRequest&) override;

  // --- key pairs ---
  api::ec2::KeyPair create_key_pair(const RequestContext&, const api::ec2::CreateKeyPairRequest&) override;
  api::ec2::ImportKeyPairResult import_key_pair(const RequestContext&,
                                                const api::ec2::ImportKeyPairRequest&) override;
  api::ec2::DeleteKeyPairResult delete_key_pair(const RequestContext&,
                                                const api::ec2::DeleteKeyPairRequest&) override;
  api::ec2::DescribeKeyPairsResult describe_key_pairs(const RequestContext&,
                                                      const api::ec2::DescribeKeyPairsRequest&) override;

 private:
  using Filters = std::optional<std::vector<api::ec2::Filter>>;
  using TagSpecifications = std::optional<std::vector<api::ec2::TagSpecification>>;
  using ApiTags = std::optional<std::vector<api::ec2::Tag>>;

  auth::Authorization authorization_for(const RequestContext& context, const std::string& action,
                                        const std::string& id);
  void add_pass_role(const RequestContext& context, const nlohmann::json& input,
                     std::vector<auth::Authorization>& wanted);
  std::vector<auth::Authorization> launch_authorizations(const RequestContext& context,
                                                         const nlohmann::json& input);

  static Scope scope_of(const RequestContext& context) { return {context.account(), context.region}; }
  std::string new_id(const std::string& prefix);
  InstanceView view_of(InstanceRecord record);

  // Of this account and region; throws InvalidInstanceID.Malformed or .NotFound, naming all that are missing.
  std::vector<InstanceRecord> require_instances(const Scope& scope, const std::vector<std::string>& ids);
  InstanceRecord require_instance(const Scope& scope, const std::string& id);
  InstanceProfileFacts require_profile(const Scope& scope,
                                       const api::ec2::IamInstanceProfileSpecification& wanted);
  std::uint32_t free_address(const Scope& scope, const SubnetFacts& subnet);
  void require_free_address(const Scope& scope, const SubnetFacts& subnet, const std::string& address);
  api::ec2::Instance instance_answer(const InstanceRecord& record);
  api::ec2::NetworkInterface interface_answer(const InstanceRecord& record);

  // The reservation that this client token made before; throws IdempotentParameterMismatch for another
  // request.
  std::optional<api::ec2::Reservation> launched_before(const Scope& scope, const std::string& client_token,
                                                       const std::string& digest);
  // All that the instances of one request have in common.
  InstanceRecord launch_model(const Scope& scope, const api::ec2::RunInstancesRequest& input,
                              const LaunchRequest& wanted, const SubnetFacts& subnet);
  void write_launch_volume(const InstanceRecord& instance, VolumeRecord& volume);
  api::ec2::Reservation reservation_answer(const Scope& scope, const std::string& reservation_id);

  ApiTags tags_answer(const Scope& scope, const std::string& resource_id);
  bool resource_exists(const Scope& scope, const std::string& id);
  // The tags that TagSpecifications give the kind; throws for a kind that the operation does not make.
  Tags specified_tags(const TagSpecifications& specifications, const std::string& resource_type,
                      const std::vector<std::string>& allowed_types);
  void write_tags(const Scope& scope, const std::string& resource_id, const Tags& tags);

  void ensure_default_group(const Scope& scope);
  GroupRecord require_group(const Scope& scope, const std::string& id);
  GroupRecord require_group(const Scope& scope, const std::optional<std::string>& id,
                            const std::optional<std::string>& name);
  std::vector<std::string> require_groups(const Scope& scope,
                                          const std::optional<std::vector<std::string>>& ids,
                                          const std::optional<std::vector<std::string>>& names);
  template <class Result, class Input>
  Result authorize(const RequestContext& context, const Input& input,
                   const std::optional<std::string>& group_name, bool egress);
  template <class Result, class Input>
  Result revoke(const RequestContext& context, const Input& input,
                const std::optional<std::string>& group_name, bool egress);
  std::vector<api::ec2::SecurityGroupRule> add_rules(const Scope& scope, const GroupRecord& group,
                                                     bool egress, std::vector<RuleRecord> wanted,
                                                     const Tags& tags);
  std::vector<api::ec2::RevokedSecurityGroupRule> revoke_rules(
      const Scope& scope, const GroupRecord& group, bool egress, const std::vector<RuleRecord>& wanted,
      const std::optional<std::vector<std::string>>& ids);
  std::vector<RuleRecord> wanted_rules(const Scope& scope,
                                       const std::optional<std::vector<api::ec2::IpPermission>>& permissions);
  api::ec2::SecurityGroupRule rule_answer(const RuleRecord& rule);

  KeyPairRecord write_key_pair(const Scope& scope, const std::string& name, const std::string& type,
                               const KeyMaterial& material, const Tags& tags);
  void require_key_name_free(const Scope& scope, const std::string& name);
  VolumeRecord require_volume(const Scope& scope, const std::string& id);
  api::ec2::Volume volume_answer(const VolumeRecord& volume);
  api::ec2::Volume new_volume_answer(const VolumeRecord& volume);

  world::Scheduler& scheduler_;
  world::Entropy& entropy_;
  world::Machines& machines_;
  InstanceProfiles& profiles_;
  Tables tables_;
  Lifecycle lifecycle_;
};

}  // namespace squall::services::ec2
