// What the default network shows: VPC, subnets, zones, regions and the instances' interfaces.
#include <algorithm>

#include "emulator/services/ec2/errors.hpp"
#include "emulator/services/ec2/filters.hpp"
#include "emulator/services/ec2/pages.hpp"
#include "emulator/services/ec2/service.hpp"

namespace squall::services::ec2 {
namespace {

using api::ec2::AvailabilityZone, api::ec2::NetworkInterface, api::ec2::Region, api::ec2::Subnet,
    api::ec2::Vpc;

const FilterField<Vpc> vpc_fields[] = {
    {"vpc-id", [](const Vpc& vpc) { return texts(vpc.vpc_id); }},
    {"is-default", [](const Vpc& vpc) { return texts(vpc.is_default); }},
    {"isDefault", [](const Vpc& vpc) { return texts(vpc.is_default); }},
    {"cidr", [](const Vpc& vpc) { return texts(vpc.cidr_block); }},
    {"cidr-block-association.cidr-block", [](const Vpc& vpc) { return texts(vpc.cidr_block); }},
    {"dhcp-options-id", [](const Vpc& vpc) { return texts(vpc.dhcp_options_id); }},
    {"owner-id", [](const Vpc& vpc) { return texts(vpc.owner_id); }},
    {"state", [](const Vpc& vpc) { return texts(vpc.state); }},
};

const FilterField<Subnet> subnet_fields[] = {
    {"subnet-id", [](const Subnet& subnet) { return texts(subnet.subnet_id); }},
    {"vpc-id", [](const Subnet& subnet) { return texts(subnet.vpc_id); }},
    {"availability-zone", [](const Subnet& subnet) { return texts(subnet.availability_zone); }},
    {"availabilityZone", [](const Subnet& subnet) { return texts(subnet.availability_zone); }},
    {"availability-zone-id", [](const Subnet& subnet) { return texts(subnet.availability_zone_id); }},
    {"available-ip-address-count",
     [](const Subnet& subnet) { return texts(subnet.available_ip_address_count); }},
    {"cidr-block", [](const Subnet& subnet) { return texts(subnet.cidr_block); }},
    {"cidr", [](const Subnet& subnet) { return texts(subnet.cidr_block); }},
    {"default-for-az", [](const Subnet& subnet) { return texts(subnet.default_for_az); }},
    {"defaultForAz", [](const Subnet& subnet) { return texts(subnet.default_for_az); }},
    {"map-public-ip-on-launch", [](const Subnet& subnet) { return texts(subnet.map_public_ip_on_launch); }},
    {"owner-id", [](const Subnet& subnet) { return texts(subnet.owner_id); }},
    {"state", [](const Subnet& subnet) { return texts(subnet.state); }},
    {"subnet-arn", [](const Subnet& subnet) { return texts(subnet.subnet_arn); }},
};

const FilterField<AvailabilityZone> zone_fields[] = {
    {"zone-name", [](const AvailabilityZone& zone) { return texts(zone.zone_name); }},
    {"zone-id", [](const AvailabilityZone& zone) { return texts(zone.zone_id); }},
    {"zone-type", [](const AvailabilityZone& zone) { return texts(zone.zone_type); }},
    {"state", [](const AvailabilityZone& zone) { return texts(zone.state); }},
    {"region-name", [](const AvailabilityZone& zone) { return texts(zone.region_name); }},
    {"group-name", [](const AvailabilityZone& zone) { return texts(zone.group_name); }},
    {"opt-in-status", [](const AvailabilityZone& zone) { return texts(zone.opt_in_status); }},
    {"message", [](const AvailabilityZone&) { return Texts{}; }},
};

const FilterField<Region> region_fields[] = {
    {"region-name", [](const Region& region) { return texts(region.region_name); }},
    {"endpoint", [](const Region& region) { return texts(region.endpoint); }},
    {"opt-in-status", [](const Region& region) { return texts(region.opt_in_status); }},
};

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
    {"association.public-ip", part<&NetworkInterface::association, &NetworkInterfaceAssociation::public_ip>},
    {"attachment.instance-id", part<&NetworkInterface::attachment, &NetworkInterfaceAttachment::instance_id>},
    {"attachment.attachment-id",
     part<&NetworkInterface::attachment, &NetworkInterfaceAttachment::attachment_id>},
    {"attachment.status", part<&NetworkInterface::attachment, &NetworkInterfaceAttachment::status>},
    {"attachment.device-index",
     part<&NetworkInterface::attachment, &NetworkInterfaceAttachment::device_index>},
};

// Keeps the items named by `ids`, in the items' order; throws `missing(id)` for one that is not there.
template <class T, class Key, class Missing>
void keep_named(std::vector<T>& items, const std::optional<Texts>& ids, Key key_of, Missing missing) {
  if (!ids) return;
  for (const std::string& id : *ids)
    if (std::none_of(items.begin(), items.end(), [&](const T& item) { return key_of(item) == id; }))
      throw missing(id);
  std::erase_if(
      items, [&](const T& item) { return std::find(ids->begin(), ids->end(), key_of(item)) == ids->end(); });
}

}  // namespace

api::ec2::DescribeVpcsResult Ec2::describe_vpcs(const RequestContext& context,
                                                const api::ec2::DescribeVpcsRequest& input) {
  Scope scope = scope_of(context);
  Vpc vpc;
  vpc.vpc_id = default_vpc_id(scope);
  vpc.owner_id = scope.account;
  vpc.state = "available";
  vpc.cidr_block = vpc_cidr;
  vpc.dhcp_options_id = dhcp_options_id(scope);
  vpc.instance_tenancy = "default";
  vpc.is_default = true;
  vpc.cidr_block_association_set = {api::ec2::VpcCidrBlockAssociation{
      .association_id = "vpc-cidr-assoc" + vpc.vpc_id->substr(3),
      .cidr_block = std::string(vpc_cidr),
      .cidr_block_state = api::ec2::VpcCidrBlockState{.state = "associated"}}};
  vpc.tags = tags_answer(scope, *vpc.vpc_id);
  std::vector<Vpc> vpcs = {vpc};
  keep_named(
      vpcs, input.vpc_ids, [](const Vpc& one) { return *one.vpc_id; },
      [](const std::string& id) {
        return error("InvalidVpcID.NotFound", "The vpc ID '" + id + "' does not exist");
      });
  vpcs = filtered(input.filters, std::span<const FilterField<Vpc>>(vpc_fields), std::move(vpcs),
                  [](const Vpc& one) -> const ApiTags& { return one.tags; });
  if (input.dry_run.value_or(false)) throw dry_run();
  api::ec2::DescribeVpcsResult result;
  result.next_token =
      take_page(vpcs, input.max_results, input.next_token, [](const Vpc& one) { return *one.vpc_id; });
  result.vpcs = std::move(vpcs);
  return result;
}

api::ec2::DescribeSubnetsResult Ec2::describe_subnets(const RequestContext& context,
                                                      const api::ec2::DescribeSubnetsRequest& input) {
  Scope scope = scope_of(context);
  std::vector<InstanceRecord> instances = tables_.instances(scope);
  std::vector<Subnet> subnets;
  for (const SubnetFacts& facts : default_subnets(scope)) {
    Subnet subnet;
    auto used = std::count_if(instances.begin(), instances.end(), [&](const InstanceRecord& one) {
      return one.exists() && one.subnet_id == facts.id;
    });
    subnet.subnet_id = facts.id;
    subnet.subnet_arn = context.arn("ec2", "subnet/" + facts.id);
    subnet.vpc_id = default_vpc_id(scope);
    subnet.owner_id = scope.account;
    subnet.state = "available";
    subnet.cidr_block = facts.cidr;
    subnet.availability_zone = facts.zone.name;
    subnet.availability_zone_id = facts.zone.id;
    subnet.available_ip_address_count = static_cast<std::int64_t>(subnet_size) - 5 - used;
    subnet.default_for_az = true;
    subnet.map_public_ip_on_launch = true;
    subnet.map_customer_owned_ip_on_launch = false;
    subnet.assign_ipv6_address_on_creation = false;
    subnet.ipv6_cidr_block_association_set.emplace();
    subnet.enable_dns64 = false;
    subnet.ipv6_native = false;
    subnet.private_dns_name_options_on_launch =
        api::ec2::PrivateDnsNameOptionsOnLaunch{.hostname_type = "ip-name",
                                                .enable_resource_name_dns_a_record = false,
                                                .enable_resource_name_dns_aaaa_record = false};
    subnet.tags = tags_answer(scope, facts.id);
    subnets.push_back(std::move(subnet));
  }
  keep_named(
      subnets, input.subnet_ids, [](const Subnet& one) { return *one.subnet_id; },
      [](const std::string& id) {
        return error("InvalidSubnetID.NotFound", "The subnet ID '" + id + "' does not exist");
      });
  subnets = filtered(input.filters, std::span<const FilterField<Subnet>>(subnet_fields), std::move(subnets),
                     [](const Subnet& one) -> const ApiTags& { return one.tags; });
  if (input.dry_run.value_or(false)) throw dry_run();
  api::ec2::DescribeSubnetsResult result;
  result.next_token = take_page(subnets, input.max_results, input.next_token,
                                [](const Subnet& one) { return *one.subnet_id; });
  result.subnets = std::move(subnets);
  return result;
}

api::ec2::DescribeAvailabilityZonesResult Ec2::describe_availability_zones(
    const RequestContext& context, const api::ec2::DescribeAvailabilityZonesRequest& input) {
  RegionFacts region = region_facts(context.region);
  std::vector<AvailabilityZone> zones;
  for (const ZoneFacts& facts : zones_of(context.region)) {
    AvailabilityZone zone;
    zone.opt_in_status = "opt-in-not-required";
    zone.messages.emplace();
    zone.region_name = region.name;
    zone.zone_name = facts.name;
    zone.zone_id = facts.id;
    zone.group_name = region.name + "-zg-1";
    zone.group_long_name = region.long_name + " 1";
    zone.network_border_group = region.name;
    zone.zone_type = "availability-zone";
    zone.state = "available";
    zones.push_back(std::move(zone));
  }
  auto missing = [](const std::string& id) {
    return invalid_value("Invalid availability zone: [" + id + "]");
  };
  keep_named(
      zones, input.zone_names, [](const AvailabilityZone& one) { return *one.zone_name; }, missing);
  keep_named(
      zones, input.zone_ids, [](const AvailabilityZone& one) { return *one.zone_id; }, missing);
  zones = filtered(input.filters, std::span<const FilterField<AvailabilityZone>>(zone_fields),
                   std::move(zones), NoTags{});
  if (input.dry_run.value_or(false)) throw dry_run();
  return {.availability_zones = std::move(zones)};
}

api::ec2::DescribeRegionsResult Ec2::describe_regions(const RequestContext&,
                                                      const api::ec2::DescribeRegionsRequest& input) {
  std::vector<Region> regions;
  for (const RegionFacts& facts : known_regions())
    regions.push_back({.opt_in_status = "opt-in-not-required",
                       .region_name = facts.name,
                       .endpoint = "ec2." + facts.name + ".amazonaws.com"});
  keep_named(
      regions, input.region_names, [](const Region& one) { return *one.region_name; },
      [](const std::string& id) { return invalid_value("Invalid region provided: " + id); });
  regions = filtered(input.filters, std::span<const FilterField<Region>>(region_fields), std::move(regions),
                     NoTags{});
  if (input.dry_run.value_or(false)) throw dry_run();
  return {.regions = std::move(regions)};
}

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
