// Roles and their trust policies.
#include "emulator/auth/policy.hpp"
#include "emulator/base/arn.hpp"
#include "emulator/base/encoding.hpp"
#include "emulator/services/iam/documents.hpp"
#include "emulator/services/iam/errors.hpp"
#include "emulator/services/iam/paging.hpp"
#include "emulator/services/iam/service.hpp"

namespace squall::services::iam {
namespace {

namespace model = api::iam;

constexpr std::size_t trust_policy_limit = 2048;  // characters, white space not counted

base::AwsError invalid_principal(const std::string& type, const std::string& name) {
  return malformed_policy("Invalid principal in policy: \"" + type + "\":\"" + name + "\"");
}

// AWS knows its services by name; here whatever is named as one passes.
bool is_service(std::string_view name) {
  return name.ends_with(".amazonaws.com") || name.ends_with(".amazonaws.com.cn") ||
         name.ends_with(".amazon.com") || name.ends_with(".aws.internal");
}

}  // namespace

// As AWS does, refuses a principal of this account that does not exist; other accounts cannot be looked into.
void Service::check_trust_policy(const Context& context, const std::string& document) {
  auth::Policy policy;
  try {
    policy = auth::parse_policy(document, auth::PolicyKind::trust);
  } catch (const auth::PolicyError& problem) {
    throw malformed_policy(problem.what());
  }
  if (document_weight(document) > trust_policy_limit)
    throw limit_exceeded("Cannot exceed quota for ACLSizePerRole: " + std::to_string(trust_policy_limit));
  for (const auth::Statement& statement : policy.statements) {
    if (!statement.principals) continue;
    for (const std::string& name : statement.principals->aws)
      if (!directory_.names_someone(context.account(), name)) throw invalid_principal("AWS", name);
    for (const std::string& name : statement.principals->services)
      if (!is_service(name)) throw invalid_principal("SERVICE", name);
    for (const std::string& name : statement.principals->federated)
      if (name.find('.') == std::string::npos && !base::Arn::parse(name))
        throw malformed_policy("Federated principals must be valid domain names or SAML metadata ARNs");
  }
}

void Service::check_boundary(const std::optional<std::string>& policy_arn) {
  if (policy_arn && !directory_.find_policy(*policy_arn))
    throw no_such_entity("Scope ARN: " + *policy_arn + " does not exist or is not attachable.");
}

model::Role Service::role_answer(const Role& role, bool with_details) {
  model::Role out;
  out.path = role.path;
  out.role_name = role.name;
  out.role_id = role.id;
  out.arn = role.arn();
  out.create_date = role.created;
  out.assume_role_policy_document = base::percent_encode(role.trust_policy);
  out.description = role.description;
  out.max_session_duration = role.max_session_s;
  if (!with_details) return out;
  if (role.boundary) out.permissions_boundary = model::AttachedPermissionsBoundary{"Policy", role.boundary};
  if (auto tags = tag_list(role.id); !tags.empty()) out.tags = std::move(tags);
  out.role_last_used = model::RoleLastUsed{role.last_used, role.last_used_region};
  return out;
}

model::CreateRoleResponse Service::create_role(const Context& context,
                                               const model::CreateRoleRequest& input) {
  check_trust_policy(context, input.assume_role_policy_document);
  check_boundary(input.permissions_boundary);
  if (directory_.find_role(context.account(), input.role_name))
    throw already_exists("Role with name " + input.role_name + " already exists.");
  store::Transaction transaction(directory_.database());
  std::string id = directory_.new_id("AROA");
  directory_.database().run("INSERT INTO iam_roles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
                            context.account(), input.role_name, input.path.value_or("/"), id, context.now,
                            input.permissions_boundary, input.assume_role_policy_document, input.description,
                            input.max_session_duration.value_or(3600));
  if (input.tags) put_tags(id, *input.tags);
  transaction.commit();
  directory_.changed();
  model::Role answer = role_answer(role(context, input.role_name), true);
  // Recorded: a new role's answer has neither.
  answer.role_last_used.reset();
  if (!input.max_session_duration) answer.max_session_duration.reset();
  return {answer};
}

model::GetRoleResponse Service::get_role(const Context& context, const model::GetRoleRequest& input) {
  return {role_answer(role(context, input.role_name), true)};
}

model::ListRolesResponse Service::list_roles(const Context& context, const model::ListRolesRequest& input) {
  model::ListRolesResponse out;
  std::vector<Role> all = directory_.roles(context.account());
  std::erase_if(all, [&](const Role& one) { return !path_matches(one.path, input.path_prefix); });
  for (const Role& one : page(
           std::move(all), input.marker, input.max_items, [](const Role& role) { return role.name; }, out))
    out.roles.push_back(role_answer(one, false));
  return out;
}

void Service::delete_role(const Context& context, const model::DeleteRoleRequest& input) {
  Role found = role(context, input.role_name);
  refuse_owner_with_policies(found.id);
  if (directory_.database().query("SELECT 1 FROM iam_instance_profiles WHERE role_id = ?", found.id).next())
    throw delete_conflict("Cannot delete entity, must remove roles from instance profile first.");
  store::Transaction transaction(directory_.database());
  delete_owner_rows(found.id);
  directory_.database().run("DELETE FROM iam_roles WHERE id = ?", found.id);
  transaction.commit();
  directory_.changed();
}

model::UpdateRoleResponse Service::update_role(const Context& context,
                                               const model::UpdateRoleRequest& input) {
  Role found = role(context, input.role_name);
  directory_.database().run("UPDATE iam_roles SET description = ?, max_session_s = ? WHERE id = ?",
                            input.description ? input.description : found.description,
                            input.max_session_duration.value_or(found.max_session_s), found.id);
  directory_.changed();
  return {};
}

void Service::update_assume_role_policy(const Context& context,
                                        const model::UpdateAssumeRolePolicyRequest& input) {
  Role found = role(context, input.role_name);
  check_trust_policy(context, input.policy_document);
  directory_.database().run("UPDATE iam_roles SET trust_policy = ? WHERE id = ?", input.policy_document,
                            found.id);
  directory_.changed();
}

}  // namespace squall::services::iam
