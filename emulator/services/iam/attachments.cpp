// Which managed policies hang on which user or role.
#include "emulator/base/arn.hpp"
#include "emulator/services/iam/errors.hpp"
#include "emulator/services/iam/paging.hpp"
#include "emulator/services/iam/service.hpp"

namespace squall::services::iam {
namespace {

namespace model = api::iam;

constexpr std::size_t most_attached = 10;

std::string arn_of(const model::AttachedPolicy& policy) { return *policy.policy_arn; }

}  // namespace

void check_policy_arn(const std::string& text) {
  auto arn = base::Arn::parse(text);
  if (!arn || arn->service != "iam" || !arn->resource.starts_with("policy/"))
    throw validation_error("Invalid ARN:  Could not be parsed!");
}

void Service::attach(const Owner& owner, const std::string& policy_arn) {
  check_policy_arn(policy_arn);
  if (!directory_.find_policy(policy_arn))
    throw no_such_entity("Policy " + policy_arn + " does not exist or is not attachable.");
  auto attached = directory_.attached_policies(owner.id);
  bool already = std::find(attached.begin(), attached.end(), policy_arn) != attached.end();
  if (!already && attached.size() >= most_attached)
    throw limit_exceeded(std::string("Cannot exceed quota for PoliciesPer") +
                         (owner.kind == Owner::Kind::user ? "User" : "Role") + ": " +
                         std::to_string(most_attached));
  directory_.database().run("INSERT OR IGNORE INTO iam_attachments VALUES (?, ?)", owner.id, policy_arn);
  directory_.changed();
}

void Service::detach(const Owner& owner, const std::string& policy_arn) {
  check_policy_arn(policy_arn);
  if (directory_.database().run("DELETE FROM iam_attachments WHERE owner = ? AND arn = ?", owner.id,
                                policy_arn) == 0)
    throw no_such_entity("Policy " + policy_arn + " was not found.");
  directory_.changed();
}

std::vector<model::AttachedPolicy> Service::attached(const Owner& owner,
                                                     const std::optional<std::string>& path_prefix) {
  std::vector<model::AttachedPolicy> out;
  for (const std::string& arn : directory_.attached_policies(owner.id))
    if (ManagedPolicyRow row = policy(arn); path_matches(row.path, path_prefix))
      out.push_back({row.name, row.arn});
  return out;
}

void Service::attach_user_policy(const Context& context, const model::AttachUserPolicyRequest& input) {
  attach(user_owner(context, input.user_name), input.policy_arn);
}
void Service::detach_user_policy(const Context& context, const model::DetachUserPolicyRequest& input) {
  detach(user_owner(context, input.user_name), input.policy_arn);
}
model::ListAttachedUserPoliciesResponse Service::list_attached_user_policies(
    const Context& context, const model::ListAttachedUserPoliciesRequest& input) {
  model::ListAttachedUserPoliciesResponse out;
  out.attached_policies = page(attached(user_owner(context, input.user_name), input.path_prefix),
                               input.marker, input.max_items, arn_of, out);
  return out;
}

void Service::attach_role_policy(const Context& context, const model::AttachRolePolicyRequest& input) {
  attach(role_owner(context, input.role_name), input.policy_arn);
}
void Service::detach_role_policy(const Context& context, const model::DetachRolePolicyRequest& input) {
  detach(role_owner(context, input.role_name), input.policy_arn);
}
model::ListAttachedRolePoliciesResponse Service::list_attached_role_policies(
    const Context& context, const model::ListAttachedRolePoliciesRequest& input) {
  model::ListAttachedRolePoliciesResponse out;
  out.attached_policies = page(attached(role_owner(context, input.role_name), input.path_prefix),
                               input.marker, input.max_items, arn_of, out);
  return out;
}

model::ListEntitiesForPolicyResponse Service::list_entities_for_policy(
    const Context& context, const model::ListEntitiesForPolicyRequest& input) {
  ManagedPolicyRow found = policy(input.policy_arn);
  bool boundaries = input.policy_usage_filter == "PermissionsBoundary";
  auto uses = [&](const auto& owner) {
    if (!path_matches(owner.path, input.path_prefix)) return false;
    if (boundaries) return owner.boundary == found.arn;
    auto arns = directory_.attached_policies(owner.id);
    return std::find(arns.begin(), arns.end(), found.arn) != arns.end();
  };
  std::string filter = input.entity_filter.value_or("");
  bool of_this_kind =
      filter.empty() || filter == (found.account == "aws" ? "AWSManagedPolicy" : "LocalManagedPolicy");
  struct Entry {
    Owner::Kind kind;
    std::string name, id;
  };
  std::vector<Entry> all;
  if (of_this_kind || filter == "User")
    for (const User& one : directory_.users(context.account()))
      if (uses(one)) all.push_back({Owner::Kind::user, one.name, one.id});
  if (of_this_kind || filter == "Role")
    for (const Role& one : directory_.roles(context.account()))
      if (uses(one)) all.push_back({Owner::Kind::role, one.name, one.id});
  model::ListEntitiesForPolicyResponse out;
  out.policy_groups.emplace();
  out.policy_users.emplace();
  out.policy_roles.emplace();
  for (const Entry& one : page(
           std::move(all), input.marker, input.max_items, [](const Entry& entry) { return entry.id; }, out)) {
    if (one.kind == Owner::Kind::user)
      out.policy_users->push_back({one.name, one.id});
    else
      out.policy_roles->push_back({one.name, one.id});
  }
  return out;
}

}  // namespace squall::services::iam
