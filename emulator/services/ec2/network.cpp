// What the default network shows: VPC, subnets, zones and regions.
#include <algorithm>

#include "emulator/services/ec2/errors.hpp"
#include "emulator/services/ec2/filters.hpp"
#include "emulator/services/ec2/pages.hpp"
#include "emulator/services/ec2/service.hpp"

namespace squall::services::ec2 {
namespace {

using api::ec2::AvailabilityZone, api::ec2::Region, api::ec2::Subnet, api::ec2::Vpc;

const FilterField<Vpc> vpc_fields[] = {
    {"vpc-id", [](const Vpc& vpc) { return texts(vpc.vpc_id); }},
    {"is-default", [](const Vpc& vpc) { return texts(vpc.is_default); }},
    {"isDefault", [](const Vpc& vpc) { return texts(vpc.is_default); }},
    {"cidr", [](const Vpc& vpc) { return texts(vpc.cidr_block); }},
    {"cidr-block-association.cidr-block", [](const Vpc& vpc) { return texts(vpc.cidr_block); }},
    {"cidr-block-association.association-id",
     [](const Vpc& vpc) {
       const auto& blocks = vpc.cidr_block_association_set;
       return blocks ? texts(blocks->front().association_id) : Texts{};
     }},
    {"cidr-block-association.state",
     [](const Vpc& vpc) {
       const auto& blocks = vpc.cidr_block_association_set;
       return blocks ? texts(blocks->front().cidr_block_state->state) : Texts{};
     }},
    {"ipv6-cidr-block-association.association-id"},
    {"ipv6-cidr-block-association.ipv6-cidr-block"},
    {"ipv6-cidr-block-association.ipv6-pool"},
    {"ipv6-cidr-block-association.state"},
    {"dhcp-options-id", [](const Vpc& vpc) { return texts(vpc.dhcp_options_id); }},
    {"owner-id", [](const Vpc& vpc) { return texts(vpc.owner_id); }},
    {"state", [](const Vpc& vpc) { return texts(vpc.state); }},
};

using NameOptions = api::ec2::PrivateDnsNameOptionsOnLaunch;
template <auto Member>
Texts name_option(const Subnet& subnet) {
  const auto& options = subnet.private_dns_name_options_on_launch;
  return options ? texts((*options).*Member) : Texts{};
}

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
    {"enable-dns64", [](const Subnet& subnet) { return texts(subnet.enable_dns64); }},
    {"ipv6-native", [](const Subnet& subnet) { return texts(subnet.ipv6_native); }},
    {"map-customer-owned-ip-on-launch",
     [](const Subnet& subnet) { return texts(subnet.map_customer_owned_ip_on_launch); }},
    {"private-dns-name-options-on-launch.hostname-type", name_option<&NameOptions::hostname_type>},
    {"private-dns-name-options-on-launch.enable-resource-name-dns-a-record",
     name_option<&NameOptions::enable_resource_name_dns_a_record>},
    {"private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record",
     name_option<&NameOptions::enable_resource_name_dns_aaaa_record>},
    {"customer-owned-ipv4-pool"},
    {"enable-lni-at-device-index"},
    {"ipv6-cidr-block-association.association-id"},
    {"ipv6-cidr-block-association.ipv6-cidr-block"},
    {"ipv6-cidr-block-association.state"},
    {"outpost-arn"},
};

const FilterField<AvailabilityZone> zone_fields[] = {
    {"zone-name", [](const AvailabilityZone& zone) { return texts(zone.zone_name); }},
    {"zone-id", [](const AvailabilityZone& zone) { return texts(zone.zone_id); }},
    {"zone-type", [](const AvailabilityZone& zone) { return texts(zone.zone_type); }},
    {"state", [](const AvailabilityZone& zone) { return texts(zone.state); }},
    {"region-name", [](const AvailabilityZone& zone) { return texts(zone.region_name); }},
    {"group-name", [](const AvailabilityZone& zone) { return texts(zone.group_name); }},
    {"opt-in-status", [](const AvailabilityZone& zone) { return texts(zone.opt_in_status); }},
    {"group-long-name", [](const AvailabilityZone& zone) { return texts(zone.group_long_name); }},
    {"message"},
    {"parent-zone-id"},
    {"parent-zone-name"},
};

const FilterField<Region> region_fields[] = {
    {"region-name", [](const Region& region) { return texts(region.region_name); }},
    {"endpoint", [](const Region& region) { return texts(region.endpoint); }},
    {"opt-in-status", [](const Region& region) { return texts(region.opt_in_status); }},
};

// Nobody can block public access here: ModifyVpcBlockPublicAccessOptions is not served.
api::ec2::BlockPublicAccessStates access_states() { return {.internet_gateway_block_mode = "off"}; }

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
  vpc.block_public_access_states = access_states();
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
    subnet.block_public_access_states = access_states();
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
  auto add = [&](std::string_view name, const char* opt_in_status) {
    regions.push_back({.opt_in_status = opt_in_status,
                       .region_name = std::string(name),
                       .endpoint = "ec2." + std::string(name) + ".amazonaws.com"});
  };
  for (const RegionFacts& facts : known_regions()) add(facts.name, "opt-in-not-required");
  if (input.all_regions.value_or(false))
    for (std::string_view name : opt_in_regions()) add(name, "not-opted-in");
  keep_named(
      regions, input.region_names, [](const Region& one) { return *one.region_name; },
      [](const std::string& id) { return invalid_value("Invalid region provided: " + id); });
  regions = filtered(input.filters, std::span<const FilterField<Region>>(region_fields), std::move(regions),
                     NoTags{});
  if (input.dry_run.value_or(false)) throw dry_run();
  return {.regions = std::move(regions)};
}

}  // namespace squall::services::ec2
