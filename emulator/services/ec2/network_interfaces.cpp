// DescribeNetworkInterfaces: the instances' interfaces, which exist as long as their instance does.
#include "emulator/services/ec2/errors.hpp"
#include "emulator/services/ec2/filters.hpp"
#include "emulator/services/ec2/pages.hpp"
#include "emulator/services/ec2/service.hpp"

namespace squall::services::ec2 {
namespace {

using api::ec2::NetworkInterface;

template <auto Member>
Texts of_groups(const NetworkInterface& interface) {
  Texts values;
  if (interface.groups)
    for (const auto& group : *interface.groups)
      for (std::string& value : texts(group.*Member)) values.push_back(std::move(value));
  return values;
}

template <auto Part, auto Member>
Texts part(const NetworkInterface& interface) {
  const auto& structure = interface.*Part;
  return structure ? texts((*structure).*Member) : Texts{};
}

using api::ec2::NetworkInterfaceAssociation, api::ec2::NetworkInterfaceAttachment;
constexpr auto association = &NetworkInterface::association;
constexpr auto attachment = &NetworkInterface::attachment;
const FilterField<NetworkInterface> interface_fields[] = {
    {"network-interface-id", [](const NetworkInterface& one) { return texts(one.network_interface_id); }},
    {"vpc-id", [](const NetworkInterface& one) { return texts(one.vpc_id); }},
    {"subnet-id", [](const NetworkInterface& one) { return texts(one.subnet_id); }},
    {"availability-zone", [](const NetworkInterface& one) { return texts(one.availability_zone); }},
    {"private-ip-address", [](const NetworkInterface& one) { return texts(one.private_ip_address); }},
    {"addresses.private-ip-address",
     [](const NetworkInterface& one) { return texts(one.private_ip_address); }},
    {"private-dns-name", [](const NetworkInterface& one) { return texts(one.private_dns_name); }},
    {"mac-address", [](const NetworkInterface& one) { return texts(one.mac_address); }},
    {"status", [](const NetworkInterface& one) { return texts(one.status); }},
    {"owner-id", [](const NetworkInterface& one) { return texts(one.owner_id); }},
    {"description", [](const NetworkInterface& one) { return texts(one.description); }},
    {"interface-type", [](const NetworkInterface& one) { return texts(one.interface_type); }},
    {"requester-managed", [](const NetworkInterface& one) { return texts(one.requester_managed); }},
    {"source-dest-check", [](const NetworkInterface& one) { return texts(one.source_dest_check); }},
    {"group-id", of_groups<&api::ec2::GroupIdentifier::group_id>},
    {"group-name", of_groups<&api::ec2::GroupIdentifier::group_name>},
    {"association.public-ip", part<association, &NetworkInterfaceAssociation::public_ip>},
    {"association.public-dns-name", part<association, &NetworkInterfaceAssociation::public_dns_name>},
    {"association.ip-owner-id", part<association, &NetworkInterfaceAssociation::ip_owner_id>},
    {"addresses.association.public-ip", part<association, &NetworkInterfaceAssociation::public_ip>},
    {"addresses.association.owner-id", part<association, &NetworkInterfaceAssociation::ip_owner_id>},
    {"addresses.primary", [](const NetworkInterface&) { return Texts{"true"}; }},
    {"attachment.attach-time", part<attachment, &NetworkInterfaceAttachment::attach_time>},
    {"attachment.delete-on-termination",
     part<attachment, &NetworkInterfaceAttachment::delete_on_termination>},
    {"attachment.instance-owner-id", part<attachment, &NetworkInterfaceAttachment::instance_owner_id>},
    {"availability-zone-id", [](const NetworkInterface& one) { return texts(one.availability_zone_id); }},
    {"operator.managed", part<&NetworkInterface::operator_, &api::ec2::OperatorResponse::managed>},
    {"association.allocation-id"},
    {"association.association-id"},
    {"ipv6-addresses.ipv6-address"},
    {"operator.principal"},
    {"requester-id"},
    {"attachment.instance-id", part<attachment, &NetworkInterfaceAttachment::instance_id>},
    {"attachment.attachment-id", part<attachment, &NetworkInterfaceAttachment::attachment_id>},
    {"attachment.status", part<attachment, &NetworkInterfaceAttachment::status>},
    {"attachment.device-index", part<attachment, &NetworkInterfaceAttachment::device_index>},
};

}  // namespace

api::ec2::DescribeNetworkInterfacesResult Ec2::describe_network_interfaces(
    const RequestContext& context, const api::ec2::DescribeNetworkInterfacesRequest& input) {
  std::vector<NetworkInterface> interfaces;
  for (const InstanceRecord& record : tables_.instances(scope_of(context)))
    if (record.exists()) interfaces.push_back(interface_answer(record));
  keep_named(
      interfaces, input.network_interface_ids,
      [](const NetworkInterface& one) { return *one.network_interface_id; },
      [](const std::string& id) {
        return error("InvalidNetworkInterfaceID.NotFound",
                     "The networkInterface ID '" + id + "' does not exist");
      });
  interfaces = filtered(input.filters, std::span<const FilterField<NetworkInterface>>(interface_fields),
                        std::move(interfaces),
                        [](const NetworkInterface& one) -> const ApiTags& { return one.tag_set; });
  if (input.dry_run.value_or(false)) throw dry_run();
  api::ec2::DescribeNetworkInterfacesResult result;
  result.next_token = take_page(interfaces, input.max_results, input.next_token,
                                [](const NetworkInterface& one) { return *one.network_interface_id; });
  result.network_interfaces = std::move(interfaces);
  return result;
}

}  // namespace squall::services::ec2
