#include "emulator/services/ec2/permissions.hpp"

#include <algorithm>

namespace squall::services::ec2 {
namespace {

using api::ec2::IpPermission;

std::string canonical_protocol(std::string protocol) {
  std::transform(protocol.begin(), protocol.end(), protocol.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (protocol == "all") return "-1";
  if (protocol == "6") return "tcp";
  if (protocol == "17") return "udp";
  if (protocol == "1") return "icmp";
  if (protocol == "tcp" || protocol == "udp" || protocol == "icmp" || protocol == "-1") return protocol;
  bool number = !protocol.empty() && protocol.size() <= 3 &&
                std::all_of(protocol.begin(), protocol.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (number && std::stoi(protocol) <= 255) return protocol;
  throw invalid_value("Invalid value '" + protocol + "' for IP protocol. Unknown protocol.");
}

void check_ports(const RuleRecord& rule) {
  std::int64_t most = 65535, least = 0;
  if (rule.protocol == "icmp") {
    most = 255;
    least = -1;
  }
  for (std::int64_t port : {rule.from_port, rule.to_port})
    if (port < least || port > most)
      throw invalid_value("Invalid TCP/UDP port number (" + std::to_string(port) + ")");
  if (rule.protocol != "icmp" && rule.from_port > rule.to_port)
    throw invalid_value("Invalid TCP/UDP port range (" + std::to_string(rule.from_port) + ":" +
                        std::to_string(rule.to_port) + ")");
}

bool has_ports(const RuleRecord& rule) {
  return rule.protocol == "tcp" || rule.protocol == "udp" || rule.protocol == "icmp";
}

IpPermission empty_permission(const RuleRecord& rule) {
  IpPermission permission;
  permission.ip_protocol = rule.protocol;
  if (has_ports(rule)) {
    permission.from_port = rule.from_port;
    permission.to_port = rule.to_port;
  }
  permission.ip_ranges.emplace();
  permission.ipv6_ranges.emplace();
  permission.prefix_list_ids.emplace();
  permission.user_id_group_pairs.emplace();
  return permission;
}

std::optional<std::string> described(const std::string& description) {
  return description.empty() ? std::nullopt : std::optional(description);
}

}  // namespace

RuleRecord any_traffic(const GroupRecord& group, bool egress) {
  RuleRecord rule;
  rule.account = group.account;
  rule.region = group.region;
  rule.group_id = group.id;
  rule.egress = egress;
  rule.protocol = "-1";
  return rule;
}

std::vector<IpPermission> gather_permissions(const std::vector<RuleRecord>& rules, bool egress) {
  std::vector<IpPermission> permissions;
  for (const RuleRecord& rule : rules) {
    if (rule.egress != egress) continue;
    auto same = std::find_if(permissions.begin(), permissions.end(), [&](const IpPermission& one) {
      return *one.ip_protocol == rule.protocol &&
             (!has_ports(rule) || (*one.from_port == rule.from_port && *one.to_port == rule.to_port));
    });
    if (same == permissions.end()) same = permissions.insert(permissions.end(), empty_permission(rule));
    if (rule.source_group_id.empty()) {
      same->ip_ranges->push_back({.description = described(rule.description), .cidr_ip = rule.cidr});
    } else {
      api::ec2::UserIdGroupPair pair;
      pair.description = described(rule.description);
      pair.user_id = rule.account;
      pair.group_id = rule.source_group_id;
      same->user_id_group_pairs->push_back(std::move(pair));
    }
  }
  return permissions;
}

std::optional<std::vector<IpPermission>> with_plain_rule(
    const std::optional<std::vector<IpPermission>>& permissions, const std::optional<std::string>& protocol,
    const std::optional<std::int64_t>& from_port, const std::optional<std::int64_t>& to_port,
    const std::optional<std::string>& cidr, const std::optional<std::string>& source_group_name) {
  bool plain = protocol || from_port || to_port || cidr || source_group_name;
  if (!plain) return permissions;
  if (permissions)
    throw invalid_combination(
        "The parameter 'ipProtocol' may not be used in combination with 'ipPermissions'");
  IpPermission permission;
  permission.ip_protocol = protocol;
  permission.from_port = from_port;
  permission.to_port = to_port;
  if (source_group_name) {
    // Between groups, the plain form means all traffic.
    if (!protocol) permission.ip_protocol = "-1";
    permission.user_id_group_pairs = {api::ec2::UserIdGroupPair{.group_name = source_group_name}};
  } else {
    permission.ip_ranges = {api::ec2::IpRange{.cidr_ip = cidr}};
  }
  return std::vector<IpPermission>{permission};
}

RuleRecord read_traffic(const IpPermission& permission) {
  if (!permission.ip_protocol) throw missing_parameter("ipProtocol");
  RuleRecord rule;
  rule.protocol = canonical_protocol(*permission.ip_protocol);
  if (!has_ports(rule)) return rule;
  if (!permission.from_port || !permission.to_port)
    throw invalid_value("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
  rule.from_port = *permission.from_port;
  rule.to_port = *permission.to_port;
  check_ports(rule);
  return rule;
}

bool is_description(const std::string& text) {
  constexpr std::string_view allowed = "._-:/()#,@[]+=&;{}!$* ";
  return text.size() <= 255 && std::all_of(text.begin(), text.end(), [&](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  allowed.find(c) != std::string_view::npos;
         });
}

AwsError invalid_description(const std::string& what) {
  return invalid_value("Invalid " + what + ". Valid " + what.substr(what.rfind(' ') + 1) +
                       "s are strings less than 256 characters from the following set:  "
                       "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*");
}

std::string rule_text(const RuleRecord& rule) {
  std::string protocol = rule.protocol == "-1" ? "ALL" : rule.protocol;
  std::transform(protocol.begin(), protocol.end(), protocol.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  std::string peer = rule.source_group_id.empty() ? rule.cidr : rule.source_group_id;
  std::string text = "peer: " + peer + ", " + protocol;
  if (has_ports(rule))
    text += ", from port: " + std::to_string(rule.from_port) + ", to port: " + std::to_string(rule.to_port);
  return text + ", ALLOW";
}

}  // namespace squall::services::ec2
