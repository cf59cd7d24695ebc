// Security groups: making, finding, listing and deleting them. Their rules are security_group_rules.cpp's.
#include <algorithm>

#include "emulator/services/ec2/errors.hpp"
#include "emulator/services/ec2/filters.hpp"
#include "emulator/services/ec2/pages.hpp"
#include "emulator/services/ec2/permissions.hpp"
#include "emulator/services/ec2/service.hpp"
#include "emulator/store/database.hpp"

namespace squall::services::ec2 {
namespace {

using api::ec2::SecurityGroup, api::ec2::IpPermission;
using Permissions = std::optional<std::vector<IpPermission>>;

// The values of one member of all permissions, ingress or egress.
template <auto List, auto Member>
Texts of_permissions(const SecurityGroup& group) {
  Texts values;
  if (const Permissions& permissions = group.*List)
    for (const IpPermission& permission : *permissions)
      for (std::string& value : texts(permission.*Member)) values.push_back(std::move(value));
  return values;
}

template <auto List, auto Sources, auto Member>
Texts of_sources(const SecurityGroup& group) {
  Texts values;
  if (const Permissions& permissions = group.*List)
    for (const IpPermission& permission : *permissions)
      if (const auto& sources = permission.*Sources)
        for (const auto& source : *sources)
          for (std::string& value : texts(source.*Member)) values.push_back(std::move(value));
  return values;
}

constexpr auto in = &SecurityGroup::ip_permissions;
constexpr auto out = &SecurityGroup::ip_permissions_egress;

const FilterField<SecurityGroup> fields[] = {
    {"group-id", [](const SecurityGroup& group) { return texts(group.group_id); }},
    {"group-name", [](const SecurityGroup& group) { return texts(group.group_name); }},
    {"description", [](const SecurityGroup& group) { return texts(group.description); }},
    {"owner-id", [](const SecurityGroup& group) { return texts(group.owner_id); }},
    {"vpc-id", [](const SecurityGroup& group) { return texts(group.vpc_id); }},
    {"ip-permission.protocol", of_permissions<in, &IpPermission::ip_protocol>},
    {"ip-permission.from-port", of_permissions<in, &IpPermission::from_port>},
    {"ip-permission.to-port", of_permissions<in, &IpPermission::to_port>},
    {"ip-permission.cidr", of_sources<in, &IpPermission::ip_ranges, &api::ec2::IpRange::cidr_ip>},
    {"ip-permission.group-id",
     of_sources<in, &IpPermission::user_id_group_pairs, &api::ec2::UserIdGroupPair::group_id>},
    {"ip-permission.user-id",
     of_sources<in, &IpPermission::user_id_group_pairs, &api::ec2::UserIdGroupPair::user_id>},
    {"ip-permission.ipv6-cidr"},
    {"ip-permission.prefix-list-id"},
    {"egress.ip-permission.ipv6-cidr"},
    {"egress.ip-permission.prefix-list-id"},
    {"egress.ip-permission.user-id",
     of_sources<out, &IpPermission::user_id_group_pairs, &api::ec2::UserIdGroupPair::user_id>},
    {"egress.ip-permission.protocol", of_permissions<out, &IpPermission::ip_protocol>},
    {"egress.ip-permission.from-port", of_permissions<out, &IpPermission::from_port>},
    {"egress.ip-permission.to-port", of_permissions<out, &IpPermission::to_port>},
    {"egress.ip-permission.cidr", of_sources<out, &IpPermission::ip_ranges, &api::ec2::IpRange::cidr_ip>},
    {"egress.ip-permission.group-id",
     of_sources<out, &IpPermission::user_id_group_pairs, &api::ec2::UserIdGroupPair::group_id>},
};

// What is not even ASCII has a sentence of its own (hashicorp/terraform-provider-aws#43854).
void check_text(const std::string& text, const std::string& parameter, const std::string& what) {
  if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > 0x7f; }))
    throw invalid_value("Value (" + text + ") for parameter " + parameter +
                        " is invalid. Character sets beyond ASCII are not supported.");
  if (text.empty() || !is_description(text)) throw invalid_description(what);
}

std::string group_arn(const Scope& scope, const std::string& id) {
  return "arn:aws:ec2:" + scope.region + ":" + scope.account + ":security-group/" + id;
}

}  // namespace

// The default group lets its members reach each other, and out to everywhere.
void Ec2::ensure_default_group(const Scope& scope) {
  std::string id = default_group_id(scope);
  if (tables_.group(id)) return;
  store::Transaction transaction(tables_.database());
  GroupRecord group;
  group.id = id;
  group.account = scope.account;
  group.region = scope.region;
  group.sequence = tables_.next_sequence();
  group.name = "default";
  group.description = "default VPC security group";
  group.vpc_id = default_vpc_id(scope);
  tables_.put(group);
  RuleRecord inside = any_traffic(group, false);
  inside.source_group_id = id;
  RuleRecord outward = any_traffic(group, true);
  outward.cidr = "0.0.0.0/0";
  for (RuleRecord& rule : {std::ref(inside), std::ref(outward)}) {
    rule.id = new_id("sgr");
    rule.sequence = tables_.next_sequence();
    tables_.put(rule);
  }
  transaction.commit();
}

GroupRecord Ec2::require_group(const Scope& scope, const std::string& id) {
  require_id(id, "sg", "InvalidGroupId.Malformed");
  ensure_default_group(scope);
  auto group = tables_.group(id);
  if (!group || group->account != scope.account || group->region != scope.region)
    throw error("InvalidGroup.NotFound", "The security group '" + id + "' does not exist");
  return *group;
}

GroupRecord Ec2::require_group(const Scope& scope, const std::optional<std::string>& id,
                               const std::optional<std::string>& name) {
  if (id && name)
    throw invalid_combination("The parameter GroupName may not be used in combination with GroupId");
  if (id) return require_group(scope, *id);
  if (!name) throw missing_parameter("GroupName or GroupId");
  ensure_default_group(scope);
  for (GroupRecord& group : tables_.groups(scope))
    if (group.name == *name) return group;
  throw error("InvalidGroup.NotFound", "The security group '" + *name + "' does not exist in default VPC '" +
                                           default_vpc_id(scope) + "'");
}

std::vector<std::string> Ec2::require_groups(const Scope& scope,
                                             const std::optional<std::vector<std::string>>& ids,
                                             const std::optional<std::vector<std::string>>& names) {
  std::vector<std::string> groups;
  auto add = [&](const GroupRecord& group) {
    if (std::find(groups.begin(), groups.end(), group.id) == groups.end()) groups.push_back(group.id);
  };
  for (const std::string& id : ids.value_or(std::vector<std::string>{})) add(require_group(scope, id));
  for (const std::string& name : names.value_or(std::vector<std::string>{}))
    add(require_group(scope, std::nullopt, name));
  if (groups.empty()) groups.push_back(default_group_id(scope));
  return groups;
}

api::ec2::CreateSecurityGroupResult Ec2::create_security_group(
    const RequestContext& context, const api::ec2::CreateSecurityGroupRequest& input) {
  Scope scope = scope_of(context);
  ensure_default_group(scope);
  check_text(input.group_name, "GroupName", "security group name");
  check_text(input.description, "GroupDescription", "security group description");
  if (input.group_name.starts_with("sg-"))
    throw invalid_value("Invalid value '" + input.group_name +
                        "' for groupName. Group names may not be in the format sg-*.");
  if (input.vpc_id && *input.vpc_id != default_vpc_id(scope))
    throw error("InvalidVpcID.NotFound", "The vpc ID '" + *input.vpc_id + "' does not exist");
  if (input.group_name == "default")
    throw error("InvalidParameterValue", "Cannot use reserved security group name: default");
  for (const GroupRecord& other : tables_.groups(scope))
    if (other.name == input.group_name)
      throw error("InvalidGroup.Duplicate", "The security group '" + input.group_name +
                                                "' already exists for VPC '" + other.vpc_id + "'");
  Tags tags = specified_tags(input.tag_specifications, "security-group", {"security-group"});
  if (input.dry_run.value_or(false)) throw dry_run();

  store::Transaction transaction(tables_.database());
  GroupRecord group;
  group.id = new_id("sg");
  group.account = scope.account;
  group.region = scope.region;
  group.sequence = tables_.next_sequence();
  group.name = input.group_name;
  group.description = input.description;
  group.vpc_id = default_vpc_id(scope);
  tables_.put(group);
  RuleRecord outward = any_traffic(group, true);
  outward.cidr = "0.0.0.0/0";
  outward.id = new_id("sgr");
  outward.sequence = tables_.next_sequence();
  tables_.put(outward);
  write_tags(scope, group.id, tags);
  transaction.commit();
  api::ec2::CreateSecurityGroupResult result;
  result.group_id = group.id;
  result.tags = tags_answer(scope, group.id);
  result.security_group_arn = group_arn(scope, group.id);
  return result;
}

api::ec2::DeleteSecurityGroupResult Ec2::delete_security_group(
    const RequestContext& context, const api::ec2::DeleteSecurityGroupRequest& input) {
  Scope scope = scope_of(context);
  GroupRecord group = require_group(scope, input.group_id, input.group_name);
  if (group.id == default_group_id(scope))
    throw error("CannotDelete",
                "the specified group: \"" + group.id + "\" name: \"default\" cannot be deleted by a user");
  AwsError in_use = error("DependencyViolation", "resource " + group.id + " has a dependent object");
  for (const InstanceRecord& instance : tables_.instances(scope))
    if (instance.exists() &&
        std::find(instance.group_ids.begin(), instance.group_ids.end(), group.id) != instance.group_ids.end())
      throw in_use;
  for (const RuleRecord& rule : tables_.rules(scope))
    if (rule.source_group_id == group.id && rule.group_id != group.id) throw in_use;
  if (input.dry_run.value_or(false)) throw dry_run();
  tables_.erase_group(group.id);
  return {.return_ = true, .group_id = group.id};
}

api::ec2::DescribeSecurityGroupsResult Ec2::describe_security_groups(
    const RequestContext& context, const api::ec2::DescribeSecurityGroupsRequest& input) {
  Scope scope = scope_of(context);
  ensure_default_group(scope);
  std::vector<GroupRecord> records;
  if (input.group_ids || input.group_names) {
    for (const std::string& id : input.group_ids.value_or(Texts{}))
      records.push_back(require_group(scope, id));
    for (const std::string& name : input.group_names.value_or(Texts{}))
      records.push_back(require_group(scope, std::nullopt, name));
  } else {
    records = tables_.groups(scope);
  }
  require_well_formed(input.filters);
  if (input.dry_run.value_or(false)) throw dry_run();

  std::vector<SecurityGroup> groups;
  for (const GroupRecord& record : records) {
    SecurityGroup group;
    std::vector<RuleRecord> rules = tables_.rules_of(record.id);
    group.group_id = record.id;
    group.group_name = record.name;
    group.description = record.description;
    group.owner_id = record.account;
    group.vpc_id = record.vpc_id;
    group.security_group_arn = group_arn(scope, record.id);
    group.ip_permissions = gather_permissions(rules, false);
    group.ip_permissions_egress = gather_permissions(rules, true);
    group.tags = tags_answer(scope, record.id);
    groups.push_back(std::move(group));
  }
  groups = filtered(input.filters, std::span<const FilterField<SecurityGroup>>(fields), std::move(groups),
                    [](const SecurityGroup& group) -> const ApiTags& { return group.tags; });
  api::ec2::DescribeSecurityGroupsResult result;
  result.next_token = take_page(groups, input.max_results, input.next_token,
                                [](const SecurityGroup& group) { return *group.group_id; });
  result.security_groups = std::move(groups);
  return result;
}

}  // namespace squall::services::ec2
