// Regions, availability zones and what follows from an account and a region alone: the default VPC
// 172.31.0.0/16 with a /20 subnet per zone, and DNS names. Pure facts, nothing is stored.
// https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace squall::services::ec2 {

// What every EC2 resource belongs to.
struct Scope {
  std::string account;
  std::string region;
  auto operator<=>(const Scope&) const = default;
};

struct RegionFacts {
  std::string name;          // "us-east-1"
  std::string long_name;     // "US East (N. Virginia)"
  std::string zone_prefix;   // of zone ids: "use1"
  std::string zone_letters;  // "abcdef"
};

struct ZoneFacts {
  std::string name;  // "us-east-1a"
  std::string id;    // "use1-az1"
};

struct SubnetFacts {
  std::string id;
  ZoneFacts zone;
  std::uint32_t first_address;  // of the /20, in host order
  std::string cidr;
};

inline constexpr std::uint32_t subnet_size = 1u << 12;  // a /20
inline constexpr std::string_view vpc_cidr = "172.31.0.0/16";

// The regions that need no opt-in, in the order of their names.
const std::vector<RegionFacts>& known_regions();
// Those that an account must enable first.
std::span<const std::string_view> opt_in_regions();
// A region that is not among the known ones has three zones, and ids made of its name.
RegionFacts region_facts(const std::string& region);
std::vector<ZoneFacts> zones_of(const std::string& region);

std::string default_vpc_id(const Scope& scope);
std::string default_group_id(const Scope& scope);
std::string dhcp_options_id(const Scope& scope);
std::vector<SubnetFacts> default_subnets(const Scope& scope);

// "172.31.0.10" and back; nothing for a text that is not a dotted quad.
std::string address_text(std::uint32_t address);
std::optional<std::uint32_t> parse_address(std::string_view text);

// A CIDR block in canonical form (host bits cleared, as EC2 stores them); nothing if it is not one.
std::optional<std::string> canonical_cidr(std::string_view text);

// "ip-172-31-0-10.ec2.internal", "ec2-54-1-2-3.compute-1.amazonaws.com"; other regions have their name in it.
std::string private_dns_name(const std::string& region, const std::string& address);
std::string public_dns_name(const std::string& region, const std::string& address);

}  // namespace squall::services::ec2
