// Rules of security groups: authorize and revoke, in and out, and their own listing.
#include <algorithm>

#include "emulator/services/ec2/errors.hpp"
#include "emulator/services/ec2/filters.hpp"
#include "emulator/services/ec2/pages.hpp"
#include "emulator/services/ec2/permissions.hpp"
#include "emulator/services/ec2/service.hpp"
#include "emulator/store/database.hpp"

namespace squall::services::ec2 {
namespace {

using Rule = api::ec2::SecurityGroupRule;

const FilterField<Rule> fields[] = {
    {"group-id", [](const Rule& rule) { return texts(rule.group_id); }},
    {"security-group-rule-id", [](const Rule& rule) { return texts(rule.security_group_rule_id); }},
};

api::ec2::RevokedSecurityGroupRule revoked_answer(const RuleRecord& rule) {
  api::ec2::RevokedSecurityGroupRule answer;
  answer.security_group_rule_id = rule.id;
  answer.group_id = rule.group_id;
  answer.is_egress = rule.egress;
  answer.ip_protocol = rule.protocol;
  answer.from_port = rule.from_port;
  answer.to_port = rule.to_port;
  if (!rule.cidr.empty()) answer.cidr_ipv4 = rule.cidr;
  if (!rule.source_group_id.empty()) answer.referenced_group_id = rule.source_group_id;
  if (!rule.description.empty()) answer.description = rule.description;
  return answer;
}

std::string rule_description(const std::optional<std::string>& given) {
  if (given && !is_description(*given)) throw invalid_description("rule description");
  return given.value_or("");
}

}  // namespace

Rule Ec2::rule_answer(const RuleRecord& rule) {
  Rule answer;
  answer.security_group_rule_id = rule.id;
  answer.group_id = rule.group_id;
  answer.group_owner_id = rule.account;
  answer.is_egress = rule.egress;
  answer.ip_protocol = rule.protocol;
  answer.from_port = rule.from_port;
  answer.to_port = rule.to_port;
  if (!rule.cidr.empty()) answer.cidr_ipv4 = rule.cidr;
  if (!rule.source_group_id.empty())
    answer.referenced_group_info =
        api::ec2::ReferencedSecurityGroup{.group_id = rule.source_group_id, .user_id = rule.account};
  if (!rule.description.empty()) answer.description = rule.description;
  answer.tags = tags_answer({rule.account, rule.region}, rule.id);
  answer.security_group_rule_arn =
      "arn:aws:ec2:" + rule.region + ":" + rule.account + ":security-group-rule/" + rule.id;
  return answer;
}

std::vector<RuleRecord> Ec2::wanted_rules(
    const Scope& scope, const std::optional<std::vector<api::ec2::IpPermission>>& permissions) {
  std::vector<RuleRecord> wanted;
  for (const api::ec2::IpPermission& permission :
       permissions.value_or(std::vector<api::ec2::IpPermission>{})) {
    RuleRecord traffic = read_traffic(permission);
    for (const api::ec2::IpRange& range : permission.ip_ranges.value_or(std::vector<api::ec2::IpRange>{})) {
      if (!range.cidr_ip) throw missing_parameter("cidrIp");
      auto cidr = canonical_cidr(*range.cidr_ip);
      if (!cidr) throw invalid_value("CIDR block " + *range.cidr_ip + " is malformed");
      RuleRecord rule = traffic;
      rule.cidr = *cidr;
      rule.description = rule_description(range.description);
      wanted.push_back(std::move(rule));
    }
    for (const auto& pair :
         permission.user_id_group_pairs.value_or(std::vector<api::ec2::UserIdGroupPair>{})) {
      if (pair.user_id.value_or(scope.account) != scope.account)
        throw not_served("IpPermissions.UserIdGroupPairs.UserId of another account");
      if (pair.vpc_id && *pair.vpc_id != default_vpc_id(scope))
        throw error("InvalidVpcID.NotFound", "The vpc ID '" + *pair.vpc_id + "' does not exist");
      RuleRecord rule = traffic;
      rule.source_group_id =
          require_group(scope, pair.group_id, pair.group_id ? std::nullopt : pair.group_name).id;
      rule.description = rule_description(pair.description);
      wanted.push_back(std::move(rule));
    }
  }
  return wanted;
}

std::vector<Rule> Ec2::add_rules(const Scope& scope, const GroupRecord& group, bool egress,
                                 std::vector<RuleRecord> wanted, const Tags& tags) {
  if (wanted.empty()) throw missing_parameter("ipPermissions");
  std::vector<RuleRecord> present = tables_.rules_of(group.id);
  for (RuleRecord& rule : wanted) {
    rule.egress = egress;
    if (std::any_of(present.begin(), present.end(),
                    [&](const RuleRecord& one) { return one.same_traffic(rule); }))
      throw error("InvalidPermission.Duplicate",
                  "the specified rule \"" + rule_text(rule) + "\" already exists");
    present.push_back(rule);
  }
  std::vector<Rule> answers;
  store::Transaction transaction(tables_.database());
  for (RuleRecord& rule : wanted) {
    rule.id = new_id("sgr");
    rule.account = group.account;
    rule.region = group.region;
    rule.group_id = group.id;
    rule.sequence = tables_.next_sequence();
    tables_.put(rule);
    write_tags(scope, rule.id, tags);
    answers.push_back(rule_answer(rule));
  }
  transaction.commit();
  lifecycle_.refresh_traffic_of_group(scope, group.id);
  return answers;
}

std::vector<api::ec2::RevokedSecurityGroupRule> Ec2::revoke_rules(
    const Scope& scope, const GroupRecord& group, bool egress, const std::vector<RuleRecord>& wanted,
    const std::optional<std::vector<std::string>>& ids) {
  std::vector<RuleRecord> present = tables_.rules_of(group.id), going;
  for (const std::string& id : ids.value_or(std::vector<std::string>{})) {
    auto found = std::find_if(present.begin(), present.end(),
                              [&](const RuleRecord& one) { return one.id == id && one.egress == egress; });
    if (found == present.end())
      throw error("InvalidSecurityGroupRuleId.NotFound",
                  "The security group rule ID '" + id + "' does not exist");
    going.push_back(*found);
  }
  for (RuleRecord rule : wanted) {
    rule.egress = egress;
    auto found = std::find_if(present.begin(), present.end(),
                              [&](const RuleRecord& one) { return one.same_traffic(rule); });
    if (found == present.end())
      throw error("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
    going.push_back(*found);
  }
  if (going.empty()) throw missing_parameter("ipPermissions");
  std::vector<api::ec2::RevokedSecurityGroupRule> answers;
  store::Transaction transaction(tables_.database());
  for (const RuleRecord& rule : going) {
    tables_.erase_rule(rule.id);
    answers.push_back(revoked_answer(rule));
  }
  transaction.commit();
  lifecycle_.refresh_traffic_of_group(scope, group.id);
  return answers;
}

// The inward and the outward operations differ in their types alone, but that only the inward ones take a
// group's name.
template <class Result, class Input>
Result Ec2::authorize(const RequestContext& context, const Input& input,
                      const std::optional<std::string>& group_name, bool egress) {
  Scope scope = scope_of(context);
  GroupRecord group = require_group(scope, input.group_id, group_name);
  std::vector<RuleRecord> wanted =
      wanted_rules(scope, with_plain_rule(input.ip_permissions, input.ip_protocol, input.from_port,
                                          input.to_port, input.cidr_ip, input.source_security_group_name));
  Tags tags = specified_tags(input.tag_specifications, "security-group-rule", {"security-group-rule"});
  if (input.dry_run.value_or(false)) throw dry_run();
  return {.return_ = true, .security_group_rules = add_rules(scope, group, egress, std::move(wanted), tags)};
}

template <class Result, class Input>
Result Ec2::revoke(const RequestContext& context, const Input& input,
                   const std::optional<std::string>& group_name, bool egress) {
  Scope scope = scope_of(context);
  GroupRecord group = require_group(scope, input.group_id, group_name);
  std::vector<RuleRecord> wanted =
      wanted_rules(scope, with_plain_rule(input.ip_permissions, input.ip_protocol, input.from_port,
                                          input.to_port, input.cidr_ip, input.source_security_group_name));
  if (input.dry_run.value_or(false)) throw dry_run();
  Result result;
  result.return_ = true;
  result.revoked_security_group_rules =
      revoke_rules(scope, group, egress, wanted, input.security_group_rule_ids);
  return result;
}

api::ec2::AuthorizeSecurityGroupIngressResult Ec2::authorize_security_group_ingress(
    const RequestContext& context, const api::ec2::AuthorizeSecurityGroupIngressRequest& input) {
  return authorize<api::ec2::AuthorizeSecurityGroupIngressResult>(context, input, input.group_name, false);
}

api::ec2::AuthorizeSecurityGroupEgressResult Ec2::authorize_security_group_egress(
    const RequestContext& context, const api::ec2::AuthorizeSecurityGroupEgressRequest& input) {
  return authorize<api::ec2::AuthorizeSecurityGroupEgressResult>(context, input, std::nullopt, true);
}

api::ec2::RevokeSecurityGroupIngressResult Ec2::revoke_security_group_ingress(
    const RequestContext& context, const api::ec2::RevokeSecurityGroupIngressRequest& input) {
  return revoke<api::ec2::RevokeSecurityGroupIngressResult>(context, input, input.group_name, false);
}

api::ec2::RevokeSecurityGroupEgressResult Ec2::revoke_security_group_egress(
    const RequestContext& context, const api::ec2::RevokeSecurityGroupEgressRequest& input) {
  return revoke<api::ec2::RevokeSecurityGroupEgressResult>(context, input, std::nullopt, true);
}

api::ec2::DescribeSecurityGroupRulesResult Ec2::describe_security_group_rules(
    const RequestContext& context, const api::ec2::DescribeSecurityGroupRulesRequest& input) {
  Scope scope = scope_of(context);
  ensure_default_group(scope);
  require_well_formed(input.filters);
  std::vector<Rule> rules;
  for (const RuleRecord& record : tables_.rules(scope)) rules.push_back(rule_answer(record));
  if (input.security_group_rule_ids) {
    const auto& ids = *input.security_group_rule_ids;
    for (const std::string& id : ids)
      if (std::none_of(rules.begin(), rules.end(),
                       [&](const Rule& rule) { return *rule.security_group_rule_id == id; }))
        throw error("InvalidSecurityGroupRuleId.NotFound",
                    "The security group rule ID '" + id + "' does not exist");
    std::erase_if(rules, [&](const Rule& rule) {
      return std::find(ids.begin(), ids.end(), *rule.security_group_rule_id) == ids.end();
    });
  }
  if (input.dry_run.value_or(false)) throw dry_run();
  rules = filtered(input.filters, std::span<const FilterField<Rule>>(fields), std::move(rules),
                   [](const Rule& rule) -> const ApiTags& { return rule.tags; });
  api::ec2::DescribeSecurityGroupRulesResult result;
  result.next_token = take_page(rules, input.max_results, input.next_token,
                                [](const Rule& rule) { return *rule.security_group_rule_id; });
  result.security_group_rules = std::move(rules);
  return result;
}

}  // namespace squall::services::ec2
