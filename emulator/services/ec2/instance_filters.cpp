#include "emulator/services/ec2/instance_filters.hpp"

namespace squall::services::ec2 {
namespace {

using api::ec2::Instance, api::ec2::InstanceNetworkInterface, api::ec2::InstanceBlockDeviceMapping;
using Item = InstanceItem;

// A member of the instance.
template <auto Member>
Texts own(const Item& item) {
  return texts(item.instance.*Member);
}

// A member of a structure that the instance may have.
template <auto Part, auto Member>
Texts part(const Item& item) {
  const auto& structure = item.instance.*Part;
  return structure ? texts((*structure).*Member) : Texts{};
}

// A member of every element of a list.
template <auto List, auto Member>
Texts each(const Item& item) {
  Texts values;
  if (const auto& list = item.instance.*List)
    for (const auto& element : *list)
      for (std::string& value : texts(element.*Member)) values.push_back(std::move(value));
  return values;
}

// A member of a structure in every element of a list.
template <auto List, auto Part, auto Member>
Texts each_part(const Item& item) {
  Texts values;
  if (const auto& list = item.instance.*List)
    for (const auto& element : *list)
      if (const auto& structure = element.*Part)
        for (std::string& value : texts((*structure).*Member)) values.push_back(std::move(value));
  return values;
}

// A member of every element of a list in every network interface.
template <auto List, auto Member>
Texts interface_lists(const Item& item) {
  Texts values;
  if (item.instance.network_interfaces)
    for (const InstanceNetworkInterface& interface : *item.instance.network_interfaces)
      if (const auto& list = interface.*List)
        for (const auto& element : *list)
          for (std::string& value : texts(element.*Member)) values.push_back(std::move(value));
  return values;
}

using api::ec2::CapacityReservationSpecificationResponse, api::ec2::EbsInstanceBlockDevice,
    api::ec2::EnclaveOptions, api::ec2::GroupIdentifier, api::ec2::HibernationOptions,
    api::ec2::IamInstanceProfile, api::ec2::InstanceNetworkPerformanceOptions, api::ec2::OperatorResponse,
    api::ec2::PrivateDnsNameOptionsResponse, api::ec2::InstanceMaintenanceOptions,
    api::ec2::InstanceMetadataOptionsResponse, api::ec2::InstanceNetworkInterfaceAssociation,
    api::ec2::InstanceNetworkInterfaceAttachment, api::ec2::InstancePrivateIpAddress, api::ec2::InstanceState,
    api::ec2::Monitoring, api::ec2::Placement, api::ec2::StateReason;
constexpr auto disks = &Instance::block_device_mappings;
constexpr auto ebs = &InstanceBlockDeviceMapping::ebs;
constexpr auto interfaces = &Instance::network_interfaces;
constexpr auto attached = &InstanceNetworkInterface::attachment;
constexpr auto association = &InstanceNetworkInterface::association;
constexpr auto metadata = &Instance::metadata_options;

const FilterField<Item> fields[] = {
    {"instance-id", own<&Instance::instance_id>},
    {"instance-state-name", part<&Instance::state, &InstanceState::name>},
    {"instance-state-code", part<&Instance::state, &InstanceState::code>},
    {"instance-type", own<&Instance::instance_type>},
    {"image-id", own<&Instance::image_id>},
    {"private-ip-address", own<&Instance::private_ip_address>},
    {"ip-address", own<&Instance::public_ip_address>},
    {"private-dns-name", own<&Instance::private_dns_name>},
    {"dns-name", own<&Instance::public_dns_name>},
    {"vpc-id", own<&Instance::vpc_id>},
    {"subnet-id", own<&Instance::subnet_id>},
    {"availability-zone", part<&Instance::placement, &Placement::availability_zone>},
    {"placement-group-name", part<&Instance::placement, &Placement::group_name>},
    {"tenancy", part<&Instance::placement, &Placement::tenancy>},
    {"key-name", own<&Instance::key_name>},
    {"client-token", own<&Instance::client_token>},
    {"architecture", own<&Instance::architecture>},
    {"platform", own<&Instance::platform>},
    {"platform-details", own<&Instance::platform_details>},
    {"usage-operation", own<&Instance::usage_operation>},
    {"hypervisor", own<&Instance::hypervisor>},
    {"virtualization-type", own<&Instance::virtualization_type>},
    {"root-device-name", own<&Instance::root_device_name>},
    {"root-device-type", own<&Instance::root_device_type>},
    {"ebs-optimized", own<&Instance::ebs_optimized>},
    {"ena-support", own<&Instance::ena_support>},
    {"source-dest-check", own<&Instance::source_dest_check>},
    {"launch-index", own<&Instance::ami_launch_index>},
    {"launch-time", own<&Instance::launch_time>},
    {"instance-lifecycle", own<&Instance::instance_lifecycle>},
    {"spot-instance-request-id", own<&Instance::spot_instance_request_id>},
    {"monitoring-state", part<&Instance::monitoring, &Monitoring::state>},
    {"reason", own<&Instance::state_transition_reason>},
    {"state-reason-code", part<&Instance::state_reason, &StateReason::code>},
    {"state-reason-message", part<&Instance::state_reason, &StateReason::message>},
    {"iam-instance-profile.arn", part<&Instance::iam_instance_profile, &IamInstanceProfile::arn>},
    {"iam-instance-profile.id", part<&Instance::iam_instance_profile, &IamInstanceProfile::id>},
    {"instance.group-id", each<&Instance::security_groups, &GroupIdentifier::group_id>},
    {"instance.group-name", each<&Instance::security_groups, &GroupIdentifier::group_name>},
    {"group-id", each<&Instance::security_groups, &GroupIdentifier::group_id>},
    {"group-name", each<&Instance::security_groups, &GroupIdentifier::group_name>},
    {"owner-id", [](const Item& item) { return Texts{item.owner_id}; }},
    {"reservation-id", [](const Item& item) { return Texts{item.reservation_id}; }},
    {"requester-id"},
    {"usage-operation-update-time", own<&Instance::usage_operation_update_time>},
    {"availability-zone-id", part<&Instance::placement, &Placement::availability_zone_id>},
    {"boot-mode", own<&Instance::boot_mode>},
    {"current-instance-boot-mode", own<&Instance::current_instance_boot_mode>},
    {"capacity-reservation-specification.capacity-reservation-preference",
     part<&Instance::capacity_reservation_specification,
          &CapacityReservationSpecificationResponse::capacity_reservation_preference>},
    {"enclave-options.enabled", part<&Instance::enclave_options, &EnclaveOptions::enabled>},
    {"hibernation-options.configured", part<&Instance::hibernation_options, &HibernationOptions::configured>},
    {"network-performance-options.bandwidth-weighting",
     part<&Instance::network_performance_options, &InstanceNetworkPerformanceOptions::bandwidth_weighting>},
    {"operator.managed", part<&Instance::operator_, &OperatorResponse::managed>},
    {"private-dns-name-options.hostname-type",
     part<&Instance::private_dns_name_options, &PrivateDnsNameOptionsResponse::hostname_type>},
    {"private-dns-name-options.enable-resource-name-dns-a-record",
     part<&Instance::private_dns_name_options,
          &PrivateDnsNameOptionsResponse::enable_resource_name_dns_a_record>},
    {"private-dns-name-options.enable-resource-name-dns-aaaa-record",
     part<&Instance::private_dns_name_options,
          &PrivateDnsNameOptionsResponse::enable_resource_name_dns_aaaa_record>},
    {"maintenance-options.auto-recovery",
     part<&Instance::maintenance_options, &InstanceMaintenanceOptions::auto_recovery>},
    {"metadata-options.state", part<metadata, &InstanceMetadataOptionsResponse::state>},
    {"metadata-options.http-tokens", part<metadata, &InstanceMetadataOptionsResponse::http_tokens>},
    {"metadata-options.http-endpoint", part<metadata, &InstanceMetadataOptionsResponse::http_endpoint>},
    {"metadata-options.http-protocol-ipv4", part<metadata, &InstanceMetadataOptionsResponse::http_endpoint>},
    {"metadata-options.http-protocol-ipv6",
     part<metadata, &InstanceMetadataOptionsResponse::http_protocol_ipv6>},
    {"metadata-options.http-put-response-hop-limit",
     part<metadata, &InstanceMetadataOptionsResponse::http_put_response_hop_limit>},
    {"metadata-options.instance-metadata-tags",
     part<metadata, &InstanceMetadataOptionsResponse::instance_metadata_tags>},
    {"block-device-mapping.device-name", each<disks, &InstanceBlockDeviceMapping::device_name>},
    {"block-device-mapping.volume-id", each_part<disks, ebs, &EbsInstanceBlockDevice::volume_id>},
    {"block-device-mapping.status", each_part<disks, ebs, &EbsInstanceBlockDevice::status>},
    {"block-device-mapping.attach-time", each_part<disks, ebs, &EbsInstanceBlockDevice::attach_time>},
    {"block-device-mapping.delete-on-termination",
     each_part<disks, ebs, &EbsInstanceBlockDevice::delete_on_termination>},
    {"network-interface.network-interface-id",
     each<interfaces, &InstanceNetworkInterface::network_interface_id>},
    {"network-interface.subnet-id", each<interfaces, &InstanceNetworkInterface::subnet_id>},
    {"network-interface.vpc-id", each<interfaces, &InstanceNetworkInterface::vpc_id>},
    {"network-interface.mac-address", each<interfaces, &InstanceNetworkInterface::mac_address>},
    {"network-interface.private-dns-name", each<interfaces, &InstanceNetworkInterface::private_dns_name>},
    {"network-interface.status", each<interfaces, &InstanceNetworkInterface::status>},
    {"network-interface.owner-id", each<interfaces, &InstanceNetworkInterface::owner_id>},
    {"network-interface.description", each<interfaces, &InstanceNetworkInterface::description>},
    {"network-interface.source-dest-check", each<interfaces, &InstanceNetworkInterface::source_dest_check>},
    {"network-interface.attachment.attachment-id",
     each_part<interfaces, attached, &InstanceNetworkInterfaceAttachment::attachment_id>},
    {"network-interface.attachment.status",
     each_part<interfaces, attached, &InstanceNetworkInterfaceAttachment::status>},
    {"network-interface.attachment.device-index",
     each_part<interfaces, attached, &InstanceNetworkInterfaceAttachment::device_index>},
    {"network-interface.attachment.attach-time",
     each_part<interfaces, attached, &InstanceNetworkInterfaceAttachment::attach_time>},
    {"network-interface.attachment.delete-on-termination",
     each_part<interfaces, attached, &InstanceNetworkInterfaceAttachment::delete_on_termination>},
    {"network-interface.attachment.network-card-index",
     each_part<interfaces, attached, &InstanceNetworkInterfaceAttachment::network_card_index>},
    {"network-interface.attachment.instance-id", own<&Instance::instance_id>},
    {"network-interface.attachment.instance-owner-id", [](const Item& item) { return Texts{item.owner_id}; }},
    {"network-interface.availability-zone", part<&Instance::placement, &Placement::availability_zone>},
    {"network-interface.operator.managed",
     each_part<interfaces, &InstanceNetworkInterface::operator_, &OperatorResponse::managed>},
    {"network-interface.requester-managed", [](const Item&) { return Texts{"false"}; }},
    {"network-interface.ipv6-native", [](const Item&) { return Texts{"false"}; }},
    {"network-interface.deny-all-igw-traffic", [](const Item&) { return Texts{"false"}; }},
    {"network-interface.private-ip-address", each<interfaces, &InstanceNetworkInterface::private_ip_address>},
    {"network-interface.public-dns-name",
     each_part<interfaces, association, &InstanceNetworkInterfaceAssociation::public_dns_name>},
    {"network-interface.association.ip-owner-id",
     each_part<interfaces, association, &InstanceNetworkInterfaceAssociation::ip_owner_id>},
    {"network-interface.association.public-dns-name",
     each_part<interfaces, association, &InstanceNetworkInterfaceAssociation::public_dns_name>},
    {"network-interface.association.public-ip",
     each_part<interfaces, association, &InstanceNetworkInterfaceAssociation::public_ip>},
    {"network-interface.addresses.association.ip-owner-id",
     each_part<interfaces, association, &InstanceNetworkInterfaceAssociation::ip_owner_id>},
    {"network-interface.addresses.association.public-dns-name",
     each_part<interfaces, association, &InstanceNetworkInterfaceAssociation::public_dns_name>},
    {"network-interface.addresses.association.public-ip",
     each_part<interfaces, association, &InstanceNetworkInterfaceAssociation::public_ip>},
    {"network-interface.addresses.private-dns-name",
     interface_lists<&InstanceNetworkInterface::private_ip_addresses,
                     &InstancePrivateIpAddress::private_dns_name>},
    {"network-interface.addresses.private-ip-address",
     interface_lists<&InstanceNetworkInterface::private_ip_addresses,
                     &InstancePrivateIpAddress::private_ip_address>},
    {"network-interface.addresses.primary",
     interface_lists<&InstanceNetworkInterface::private_ip_addresses, &InstancePrivateIpAddress::primary>},
    {"network-interface.group-id",
     interface_lists<&InstanceNetworkInterface::groups, &GroupIdentifier::group_id>},
    {"network-interface.group-name",
     interface_lists<&InstanceNetworkInterface::groups, &GroupIdentifier::group_name>},
    // What no instance has here.
    {"affinity"},
    {"capacity-reservation-id"},
    {"capacity-reservation-specification.capacity-reservation-target.capacity-reservation-id"},
    {"capacity-reservation-specification.capacity-reservation-target.capacity-reservation-resource-group-"
     "arn"},
    {"host-id"},
    {"ipv6-address"},
    {"kernel-id"},
    {"network-interface.addresses.association.allocation-id"},
    {"network-interface.addresses.association.association-id"},
    {"network-interface.addresses.association.carrier-ip"},
    {"network-interface.addresses.association.customer-owned-ip"},
    {"network-interface.association.allocation-id"},
    {"network-interface.association.association-id"},
    {"network-interface.association.carrier-ip"},
    {"network-interface.association.customer-owned-ip"},
    {"network-interface.ipv4-prefixes.ipv4-prefix"},
    {"network-interface.ipv6-address"},
    {"network-interface.ipv6-addresses.ipv6-address"},
    {"network-interface.ipv6-addresses.is-primary-ipv6"},
    {"network-interface.ipv6-prefixes.ipv6-prefix"},
    {"network-interface.operator.principal"},
    {"network-interface.outpost-arn"},
    {"network-interface.requester-id"},
    {"operator.principal"},
    {"outpost-arn"},
    {"placement-partition-number"},
    {"product-code"},
    {"product-code.type"},
    {"ramdisk-id"},
    {"tpm-support"},
};

}  // namespace

std::span<const FilterField<InstanceItem>> instance_filters() { return fields; }

}  // namespace squall::services::ec2
