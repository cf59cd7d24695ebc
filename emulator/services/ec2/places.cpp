#include "emulator/services/ec2/places.hpp"

#include <algorithm>
#include <charconv>

#include "emulator/base/crypto.hpp"
#include "emulator/base/encoding.hpp"

namespace squall::services::ec2 {
namespace {

// The same id for the same account, region and role in every run: default networks outlive any database.
std::string stable_id(std::string_view prefix, const Scope& scope, std::string_view role) {
  std::string seed = scope.account + "/" + scope.region + "/" + std::string(role);
  return std::string(prefix) + base::hex_encode(base::sha256(seed)).substr(0, 17);
}

std::string dashed(std::string address) {
  std::replace(address.begin(), address.end(), '.', '-');
  return address;
}

}  // namespace

const std::vector<RegionFacts>& known_regions() {
  static const std::vector<RegionFacts> regions = {
      {"ap-northeast-1", "Asia Pacific (Tokyo)", "apne1", "abc"},
      {"ap-northeast-2", "Asia Pacific (Seoul)", "apne2", "abc"},
      {"ap-northeast-3", "Asia Pacific (Osaka)", "apne3", "abc"},
      {"ap-south-1", "Asia Pacific (Mumbai)", "aps1", "abc"},
      {"ap-southeast-1", "Asia Pacific (Singapore)", "apse1", "abc"},
      {"ap-southeast-2", "Asia Pacific (Sydney)", "apse2", "abc"},
      {"ca-central-1", "Canada (Central)", "cac1", "abc"},
      {"eu-central-1", "Europe (Frankfurt)", "euc1", "abc"},
      {"eu-north-1", "Europe (Stockholm)", "eun1", "abc"},
      {"eu-west-1", "Europe (Ireland)", "euw1", "abc"},
      {"eu-west-2", "Europe (London)", "euw2", "abc"},
      {"eu-west-3", "Europe (Paris)", "euw3", "abc"},
      {"sa-east-1", "South America (Sao Paulo)", "sae1", "abc"},
      {"us-east-1", "US East (N. Virginia)", "use1", "abcdef"},
      {"us-east-2", "US East (Ohio)", "use2", "abc"},
      {"us-west-1", "US West (N. California)", "usw1", "abc"},
      {"us-west-2", "US West (Oregon)", "usw2", "abc"},
  };
  return regions;
}

std::span<const std::string_view> opt_in_regions() {
  static constexpr std::string_view regions[] = {
      "af-south-1",     "ap-east-1",      "ap-east-2",      "ap-south-2", "ap-southeast-3", "ap-southeast-4",
      "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-west-1",  "eu-central-2",   "eu-south-1",
      "eu-south-2",     "il-central-1",   "me-central-1",   "me-south-1", "mx-central-1"};
  return regions;
}

RegionFacts region_facts(const std::string& region) {
  for (const RegionFacts& known : known_regions())
    if (known.name == region) return known;
  std::string prefix = region;
  std::erase(prefix, '-');
  return {region, region, prefix, "abc"};
}

std::vector<ZoneFacts> zones_of(const std::string& region) {
  RegionFacts facts = region_facts(region);
  std::vector<ZoneFacts> zones;
  for (char letter : facts.zone_letters)
    zones.push_back({region + letter, facts.zone_prefix + "-az" + std::to_string(zones.size() + 1)});
  return zones;
}

std::string default_vpc_id(const Scope& scope) { return stable_id("vpc-", scope, "vpc"); }
std::string default_group_id(const Scope& scope) { return stable_id("sg-", scope, "group"); }
std::string dhcp_options_id(const Scope& scope) { return stable_id("dopt-", scope, "dhcp"); }

std::vector<SubnetFacts> default_subnets(const Scope& scope) {
  std::vector<SubnetFacts> subnets;
  std::uint32_t address = 172u << 24 | 31u << 16;
  for (ZoneFacts& zone : zones_of(scope.region)) {
    std::string id = stable_id("subnet-", scope, zone.name);
    subnets.push_back({id, std::move(zone), address, address_text(address) + "/20"});
    address += subnet_size;
  }
  return subnets;
}

std::string address_text(std::uint32_t address) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    if (!text.empty()) text += '.';
    text += std::to_string(address >> shift & 0xff);
  }
  return text;
}

std::optional<std::uint32_t> parse_address(std::string_view text) {
  std::uint32_t address = 0;
  for (int part = 0; part < 4; ++part) {
    unsigned octet = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), octet);
    if (error != std::errc() || octet > 255 || end - text.data() > 3) return std::nullopt;
    address = address << 8 | octet;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (part < 3) {
      if (text.empty() || text[0] != '.') return std::nullopt;
      text.remove_prefix(1);
    }
  }
  return text.empty() ? std::optional(address) : std::nullopt;
}

std::optional<std::string> canonical_cidr(std::string_view text) {
  std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  auto address = parse_address(text.substr(0, slash));
  std::string_view length_text = text.substr(slash + 1);
  unsigned length = 0;
  auto [end, error] = std::from_chars(length_text.data(), length_text.data() + length_text.size(), length);
  if (!address || error != std::errc() || end != length_text.data() + length_text.size() || length > 32)
    return std::nullopt;
  std::uint32_t mask = length == 0 ? 0 : ~0u << (32 - length);
  return address_text(*address & mask) + "/" + std::to_string(length);
}

std::string private_dns_name(const std::string& region, const std::string& address) {
  std::string domain = region == "us-east-1" ? "ec2.internal" : region + ".compute.internal";
  return "ip-" + dashed(address) + "." + domain;
}

std::string public_dns_name(const std::string& region, const std::string& address) {
  std::string zone = region == "us-east-1" ? "compute-1" : region + ".compute";
  return "ec2-" + dashed(address) + "." + zone + ".amazonaws.com";
}

}  // namespace squall::services::ec2
