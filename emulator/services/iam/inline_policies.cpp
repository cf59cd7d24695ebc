// Policies that are part of a user or a role.
#include "emulator/base/encoding.hpp"
#include "emulator/services/iam/documents.hpp"
#include "emulator/services/iam/errors.hpp"
#include "emulator/services/iam/paging.hpp"
#include "emulator/services/iam/service.hpp"

namespace squall::services::iam {
namespace {

namespace model = api::iam;

// All inline policies of one owner together, white space not counted.
constexpr std::size_t user_limit = 2048, role_limit = 10'240;

std::string itself(const std::string& name) { return name; }

}  // namespace

void Service::put_inline(const Owner& owner, const std::string& name, const std::string& document,
                         std::size_t limit) {
  check_identity_policy(document);
  std::size_t total = document_weight(document);
  auto rows = directory_.database().query(
      "SELECT document FROM iam_inline_policies WHERE owner = ? AND name <> ?", owner.id, name);
  while (rows.next()) total += document_weight(rows.text(0));
  if (total > limit)
    throw limit_exceeded("Maximum policy size of " + std::to_string(limit) + " bytes exceeded for " +
                         owner.word() + " " + owner.name);
  directory_.database().run("INSERT OR REPLACE INTO iam_inline_policies VALUES (?, ?, ?)", owner.id, name,
                            document);
  directory_.changed();
}

std::string Service::inline_document(const Owner& owner, const std::string& name) {
  auto row = directory_.database().query(
      "SELECT document FROM iam_inline_policies WHERE owner = ? AND name = ?", owner.id, name);
  if (!row.next())
    throw no_such_entity(std::string("The ") + owner.word() + " policy with name " + name +
                         " cannot be found.");
  return base::percent_encode(row.text(0));
}

void Service::delete_inline(const Owner& owner, const std::string& name) {
  if (directory_.database().run("DELETE FROM iam_inline_policies WHERE owner = ? AND name = ?", owner.id,
                                name) == 0)
    throw no_such_entity(std::string("The ") + owner.word() + " policy with name " + name +
                         " cannot be found.");
  directory_.changed();
}

void Service::put_user_policy(const Context& context, const model::PutUserPolicyRequest& input) {
  put_inline(user_owner(context, input.user_name), input.policy_name, input.policy_document, user_limit);
}
model::GetUserPolicyResponse Service::get_user_policy(const Context& context,
                                                      const model::GetUserPolicyRequest& input) {
  Owner owner = user_owner(context, input.user_name);
  return {owner.name, input.policy_name, inline_document(owner, input.policy_name)};
}
model::ListUserPoliciesResponse Service::list_user_policies(const Context& context,
                                                            const model::ListUserPoliciesRequest& input) {
  model::ListUserPoliciesResponse out;
  auto all = directory_.inline_policies(user(context, input.user_name).id);
  out.policy_names = page(std::move(all), input.marker, input.max_items, itself, out);
  return out;
}
void Service::delete_user_policy(const Context& context, const model::DeleteUserPolicyRequest& input) {
  delete_inline(user_owner(context, input.user_name), input.policy_name);
}

void Service::put_role_policy(const Context& context, const model::PutRolePolicyRequest& input) {
  put_inline(role_owner(context, input.role_name), input.policy_name, input.policy_document, role_limit);
}
model::GetRolePolicyResponse Service::get_role_policy(const Context& context,
                                                      const model::GetRolePolicyRequest& input) {
  Owner owner = role_owner(context, input.role_name);
  return {owner.name, input.policy_name, inline_document(owner, input.policy_name)};
}
model::ListRolePoliciesResponse Service::list_role_policies(const Context& context,
                                                            const model::ListRolePoliciesRequest& input) {
  model::ListRolePoliciesResponse out;
  auto all = directory_.inline_policies(role(context, input.role_name).id);
  out.policy_names = page(std::move(all), input.marker, input.max_items, itself, out);
  return out;
}
void Service::delete_role_policy(const Context& context, const model::DeleteRolePolicyRequest& input) {
  delete_inline(role_owner(context, input.role_name), input.policy_name);
}

}  // namespace squall::services::iam
