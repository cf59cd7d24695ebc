// An instance's record as DescribeInstances shows it. A terminated instance has lost its network and its
// volumes.
#include "emulator/services/ec2/errors.hpp"
#include "emulator/services/ec2/images.hpp"
#include "emulator/services/ec2/service.hpp"

namespace squall::services::ec2 {
namespace {

std::vector<api::ec2::GroupIdentifier> group_answers(Tables& tables, const InstanceRecord& record) {
  std::vector<api::ec2::GroupIdentifier> groups;
  for (const std::string& id : record.group_ids)
    if (auto group = tables.group(id)) groups.push_back({.group_id = group->id, .group_name = group->name});
  return groups;
}

template <class Association>
std::optional<Association> association(const InstanceRecord& record) {
  if (record.public_ip.empty()) return std::nullopt;
  Association answer;
  answer.ip_owner_id = "amazon";
  answer.public_dns_name = public_dns_name(record.region, record.public_ip);
  answer.public_ip = record.public_ip;
  return answer;
}

// What an interface says in DescribeInstances and in DescribeNetworkInterfaces alike.
template <class Interface, class Association, class Address>
Interface common_interface(Tables& tables, const InstanceRecord& record) {
  Interface answer;
  std::string dns = private_dns_name(record.region, record.private_ip);
  answer.association = association<Association>(record);
  answer.description = "";
  answer.groups = group_answers(tables, record);
  answer.ipv6_addresses.emplace();
  answer.mac_address = record.mac;
  answer.network_interface_id = record.interface_id;
  answer.owner_id = record.account;
  answer.private_dns_name = dns;
  answer.private_ip_address = record.private_ip;
  answer.private_ip_addresses = {Address{.association = association<Association>(record),
                                         .primary = true,
                                         .private_dns_name = dns,
                                         .private_ip_address = record.private_ip}};
  answer.source_dest_check = record.source_dest_check;
  answer.status = "in-use";
  answer.subnet_id = record.subnet_id;
  answer.vpc_id = default_vpc_id(record.scope());
  answer.interface_type = "interface";
  answer.operator_ = api::ec2::OperatorResponse{.managed = false};
  return answer;
}

template <class Attachment>
Attachment common_attachment(const InstanceRecord& record) {
  Attachment answer;
  answer.attach_time = record.attach_time;
  answer.attachment_id = record.interface_attachment_id;
  answer.delete_on_termination = true;
  answer.device_index = 0;
  answer.network_card_index = 0;
  answer.status = record.boots_first() ? "attaching" : "attached";
  return answer;
}

void describe_network(Tables& tables, const InstanceRecord& record, api::ec2::Instance& answer) {
  if (!record.exists()) {
    answer.private_dns_name = "";
    answer.public_dns_name = "";
    answer.network_interfaces.emplace();
    answer.security_groups.emplace();
    return;
  }
  answer.private_dns_name = private_dns_name(record.region, record.private_ip);
  answer.private_ip_address = record.private_ip;
  answer.public_dns_name = record.public_ip.empty() ? "" : public_dns_name(record.region, record.public_ip);
  if (!record.public_ip.empty()) answer.public_ip_address = record.public_ip;
  answer.subnet_id = record.subnet_id;
  answer.vpc_id = default_vpc_id(record.scope());
  answer.source_dest_check = record.source_dest_check;
  answer.security_groups = group_answers(tables, record);
  using api::ec2::InstanceNetworkInterface, api::ec2::InstanceNetworkInterfaceAssociation,
      api::ec2::InstancePrivateIpAddress;
  auto interface = common_interface<InstanceNetworkInterface, InstanceNetworkInterfaceAssociation,
                                    InstancePrivateIpAddress>(tables, record);
  interface.attachment = common_attachment<api::ec2::InstanceNetworkInterfaceAttachment>(record);
  answer.network_interfaces = {std::move(interface)};
}

void describe_disks(Tables& tables, const InstanceRecord& record, api::ec2::Instance& answer) {
  answer.block_device_mappings.emplace();
  for (const VolumeRecord& volume : tables.volumes_of(record.id))
    answer.block_device_mappings->push_back({.device_name = volume.device,
                                             .ebs = api::ec2::EbsInstanceBlockDevice{
                                                 .attach_time = volume.attached_at,
                                                 .delete_on_termination = volume.delete_on_termination,
                                                 .status = volume.attachment_state,
                                                 .volume_id = volume.id,
                                                 .ebs_card_index = 0,
                                             }});
}

void describe_options(const InstanceRecord& record, api::ec2::Instance& answer) {
  answer.metadata_options = api::ec2::InstanceMetadataOptionsResponse{
      .state = record.state == State::pending ? "pending" : "applied",
      .http_tokens = record.http_tokens,
      .http_put_response_hop_limit = record.hop_limit,
      .http_endpoint = record.http_endpoint,
      .http_protocol_ipv6 = "disabled",
      .instance_metadata_tags = record.metadata_tags,
  };
  answer.maintenance_options = api::ec2::InstanceMaintenanceOptions{.auto_recovery = record.auto_recovery,
                                                                    .reboot_migration = "default"};
  answer.network_performance_options =
      api::ec2::InstanceNetworkPerformanceOptions{.bandwidth_weighting = "default"};
  answer.operator_ = api::ec2::OperatorResponse{.managed = false};
  answer.enclave_options = api::ec2::EnclaveOptions{.enabled = false};
  answer.hibernation_options = api::ec2::HibernationOptions{.configured = false};
  answer.capacity_reservation_specification =
      api::ec2::CapacityReservationSpecificationResponse{.capacity_reservation_preference = "open"};
  if (record.exists())
    answer.private_dns_name_options = api::ec2::PrivateDnsNameOptionsResponse{
        .hostname_type = "ip-name",
        .enable_resource_name_dns_a_record = false,
        .enable_resource_name_dns_aaaa_record = false,
    };
}

// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-boot.html
void describe_boot_mode(const StockImage& image, const InstanceTypeFacts& type, api::ec2::Instance& answer) {
  if (!image.boot_mode.empty()) answer.boot_mode = image.boot_mode;
  bool uefi = image.boot_mode == "uefi" || (image.boot_mode == "uefi-preferred" && type.on_nitro());
  answer.current_instance_boot_mode = uefi ? "uefi" : "legacy-bios";
}

}  // namespace

api::ec2::Instance Ec2::instance_answer(const InstanceRecord& record) {
  api::ec2::Instance answer;
  answer.instance_id = record.id;
  answer.image_id = record.image_id;
  answer.state = {.code = static_cast<std::int64_t>(record.state), .name = state_name(record.state)};
  answer.instance_type = record.instance_type;
  answer.ami_launch_index = record.launch_index;
  answer.launch_time = record.launch_time;
  answer.placement = {.availability_zone_id = record.zone_id,
                      .group_name = "",
                      .tenancy = record.tenancy,
                      .availability_zone = record.zone};
  answer.monitoring = {.state = record.monitoring ? "enabled" : "disabled"};
  answer.client_token = record.client_token;
  answer.ebs_optimized = record.ebs_optimized;
  answer.ena_support = true;
  answer.hypervisor = "xen";
  answer.virtualization_type = "hvm";
  answer.root_device_type = "ebs";
  answer.product_codes.emplace();
  answer.state_transition_reason = record.transition_reason;
  if (!record.key_name.empty()) answer.key_name = record.key_name;
  if (!record.reason_code.empty())
    answer.state_reason = {.code = record.reason_code, .message = record.reason_message};
  if (!record.profile_arn.empty())
    answer.iam_instance_profile = {.arn = record.profile_arn, .id = record.profile_id};
  const StockImage* image = find_image(record.image_id);
  const InstanceTypeFacts* type = find_instance_type(record.instance_type);
  if (image) {
    answer.architecture = image->architecture;
    answer.root_device_name = image->root_device_name;
    answer.platform_details = image->platform_details;
    answer.usage_operation = image->usage_operation;
  }
  answer.usage_operation_update_time = record.attach_time;
  if (type)
    answer.cpu_options = api::ec2::CpuOptions{.core_count = type->vcpus / type->threads_per_core,
                                              .threads_per_core = type->threads_per_core};
  if (image && type) describe_boot_mode(*image, *type, answer);
  describe_network(tables_, record, answer);
  describe_disks(tables_, record, answer);
  describe_options(record, answer);
  answer.tags = tags_answer(record.scope(), record.id);
  return answer;
}

api::ec2::NetworkInterface Ec2::interface_answer(const InstanceRecord& record) {
  using api::ec2::NetworkInterface, api::ec2::NetworkInterfaceAssociation,
      api::ec2::NetworkInterfacePrivateIpAddress;
  auto answer =
      common_interface<NetworkInterface, NetworkInterfaceAssociation, NetworkInterfacePrivateIpAddress>(
          tables_, record);
  auto attachment = common_attachment<api::ec2::NetworkInterfaceAttachment>(record);
  attachment.instance_id = record.id;
  attachment.instance_owner_id = record.account;
  answer.attachment = attachment;
  answer.availability_zone = record.zone;
  answer.availability_zone_id = record.zone_id;
  answer.requester_managed = false;
  auto tags = tags_answer(record.scope(), record.interface_id);
  answer.tag_set = tags ? *tags : std::vector<api::ec2::Tag>{};
  return answer;
}

}  // namespace squall::services::ec2
