// Between a security group's rules, one record per source, and IpPermissions, as requests and answers group
// them.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "emulator/services/ec2/errors.hpp"
#include "emulator/services/ec2/records.hpp"
#include "squall/api/ec2.hpp"

namespace squall::services::ec2 {

// A rule of the group for all protocols and ports, its source still to be set.
RuleRecord any_traffic(const GroupRecord& group, bool egress);

// Rules with the same protocol and ports come as one permission, in the order of the rules.
std::vector<api::ec2::IpPermission> gather_permissions(const std::vector<RuleRecord>& rules, bool egress);

// The old way of Authorize and Revoke: one rule by IpProtocol, FromPort, ToPort, CidrIp.
std::optional<std::vector<api::ec2::IpPermission>> with_plain_rule(
    const std::optional<std::vector<api::ec2::IpPermission>>& permissions,
    const std::optional<std::string>& protocol, const std::optional<std::int64_t>& from_port,
    const std::optional<std::int64_t>& to_port, const std::optional<std::string>& cidr,
    const std::optional<std::string>& source_group_name);

// Protocol and ports of a permission, checked, in EC2's canonical form: names for tcp, udp, icmp; -1 ports
// for all.
RuleRecord read_traffic(const api::ec2::IpPermission& permission);

// The texts that groups and rules may carry: at most 255 characters of EC2's set.
bool is_description(const std::string& text);
// `what`: "rule description". The sentence: cds-snc/notification-terraform#561,
// aws-cloudformation/cfn-lint#173.
AwsError invalid_description(const std::string& what);

// As EC2 shows a rule in errors: "peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, ALLOW".
std::string rule_text(const RuleRecord& rule);

}  // namespace squall::services::ec2
