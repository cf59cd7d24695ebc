// Look-ups that the families of operations share, and what each operation needs to be allowed.
#include "emulator/services/iam/service.hpp"

#include <nlohmann/json.hpp>

#include "emulator/services/iam/errors.hpp"

namespace squall::services::iam {

User Service::user(const Context& context, const std::string& name) {
  if (auto found = directory_.find_user(context.account(), name)) return *found;
  throw no_such_entity("The user with name " + name + " cannot be found.");
}

Role Service::role(const Context& context, const std::string& name) {
  if (auto found = directory_.find_role(context.account(), name)) return *found;
  throw no_such_entity("The role with name " + name + " cannot be found.");
}

Profile Service::profile(const Context& context, const std::string& name) {
  if (auto found = directory_.find_profile(context.account(), name)) return *found;
  throw no_such_entity("Instance Profile " + name + " cannot be found.");
}

ManagedPolicyRow Service::policy(const std::string& arn) {
  if (auto found = directory_.find_policy(arn)) return *found;
  throw no_such_entity("Policy " + arn + " was not found.");
}

Owner Service::user_owner(const Context& context, const std::string& name) {
  User found = user(context, name);
  return {Owner::Kind::user, found.id, found.name};
}

Owner Service::role_owner(const Context& context, const std::string& name) {
  Role found = role(context, name);
  return {Owner::Kind::role, found.id, found.name};
}

User Service::user_or_caller(const Context& context, const std::optional<std::string>& name) {
  if (name) return user(context, *name);
  if (context.principal.kind != wire::Principal::Kind::user)
    throw validation_error("Must specify userName when calling with non-User credentials");
  return user(context, context.principal.name);
}

bool path_matches(const std::string& path, const std::optional<std::string>& prefix) {
  return !prefix || path.starts_with(*prefix);
}

std::vector<auth::Authorization> Service::authorizations(const Context& context,
                                                         const wire::Operation& operation,
                                                         const nlohmann::json& input) {
  auto text = [&](const char* member) {
    auto it = input.find(member);
    return it != input.end() && it->is_string() ? it->get<std::string>() : std::string();
  };
  auto arn = [&](const char* type, const std::string& path_and_name) {
    return "arn:aws:iam::" + context.account() + ":" + type + path_and_name;
  };
  auto path = [&] { return text("Path").empty() ? "/" : text("Path"); };
  auth::Authorization wanted;
  wanted.action = "iam:" + std::string(operation.name);
  std::string name;
  if (operation.name == "AddRoleToInstanceProfile" || !(name = text("InstanceProfileName")).empty()) {
    auto found = directory_.find_profile(context.account(), text("InstanceProfileName"));
    wanted.resource = found ? found->arn() : arn("instance-profile", path() + text("InstanceProfileName"));
  } else if (!(name = text("RoleName")).empty()) {
    auto found = directory_.find_role(context.account(), name);
    wanted.resource = found ? found->arn() : arn("role", path() + name);
  } else if (!(name = text("UserName")).empty()) {
    auto found = directory_.find_user(context.account(), name);
    wanted.resource = found ? found->arn() : arn("user", path() + name);
  } else if (!(name = text("PolicyName")).empty()) {
    wanted.resource = arn("policy", path() + name);
  }
  if (!text("PolicyArn").empty()) {
    // AWS says so before it looks at the text's length (tests/aws/recorded/iam.json).
    check_policy_arn(text("PolicyArn"));
    if (wanted.resource == "*")
      wanted.resource = text("PolicyArn");
    else
      wanted.conditions["iam:PolicyARN"] = {text("PolicyArn")};
  }
  // Lists are asked for under a path.
  for (auto [list, type] :
       {std::pair{"ListUsers", "user"}, std::pair{"ListRoles", "role"}, std::pair{"ListPolicies", "policy"},
        std::pair{"ListInstanceProfiles", "instance-profile"}})
    if (operation.name == list)
      wanted.resource = arn(type, text("PathPrefix").empty() ? "/" : text("PathPrefix"));
  // Without a name these speak of the caller itself.
  if (wanted.resource == "*" && context.principal.kind == wire::Principal::Kind::user &&
      operation.find("UserName") != nullptr)
    wanted.resource = context.principal.arn;
  if (!text("PermissionsBoundary").empty())
    wanted.conditions["iam:PermissionsBoundary"] = {text("PermissionsBoundary")};
  std::vector<auth::Authorization> all{wanted};
  if (operation.name == "AddRoleToInstanceProfile") {
    auto found = directory_.find_role(context.account(), text("RoleName"));
    all.push_back(
        {"iam:PassRole", found ? found->arn() : arn("role", "/" + text("RoleName")), {}, false, {}});
  }
  return all;
}

}  // namespace squall::services::iam
