// Users.
#include "emulator/services/iam/errors.hpp"
#include "emulator/services/iam/paging.hpp"
#include "emulator/services/iam/service.hpp"

namespace squall::services::iam {
namespace {

namespace model = api::iam;

// IAM's quota of users per account.
constexpr std::size_t most_users = 5000;

}  // namespace

model::User Service::user_answer(const User& user, bool with_details) {
  model::User out;
  out.path = user.path;
  out.user_name = user.name;
  out.user_id = user.id;
  out.arn = user.arn();
  out.create_date = user.created;
  if (!with_details) return out;
  if (user.boundary) out.permissions_boundary = model::AttachedPermissionsBoundary{"Policy", user.boundary};
  if (auto tags = tag_list(user.id); !tags.empty()) out.tags = std::move(tags);
  return out;
}

model::CreateUserResponse Service::create_user(const Context& context,
                                               const model::CreateUserRequest& input) {
  check_boundary(input.permissions_boundary);
  if (directory_.find_user(context.account(), input.user_name))
    throw already_exists("User with name " + input.user_name + " already exists.");
  if (directory_.users(context.account()).size() >= most_users)
    throw limit_exceeded("Cannot exceed quota for UsersPerAccount: " + std::to_string(most_users));
  store::Transaction transaction(directory_.database());
  std::string id = directory_.new_id("AIDA");
  directory_.database().run("INSERT INTO iam_users VALUES (?, ?, ?, ?, ?, ?)", context.account(),
                            input.user_name, input.path.value_or("/"), id, context.now,
                            input.permissions_boundary);
  if (input.tags) put_tags(id, *input.tags);
  transaction.commit();
  directory_.changed();
  return {user_answer(user(context, input.user_name), true)};
}

model::GetUserResponse Service::get_user(const Context& context, const model::GetUserRequest& input) {
  if (!input.user_name && context.principal.kind == wire::Principal::Kind::root) {
    model::User root;
    root.path = "/";
    root.user_name = context.account();
    root.user_id = context.account();
    root.arn = context.principal.arn;
    root.create_date = Time{};
    return {root};
  }
  return {user_answer(user_or_caller(context, input.user_name), true)};
}

model::ListUsersResponse Service::list_users(const Context& context, const model::ListUsersRequest& input) {
  model::ListUsersResponse out;
  std::vector<User> all = directory_.users(context.account());
  std::erase_if(all, [&](const User& one) { return !path_matches(one.path, input.path_prefix); });
  for (const User& one : page(
           std::move(all), input.marker, input.max_items, [](const User& user) { return user.name; }, out))
    out.users.push_back(user_answer(one, false));
  return out;
}

void Service::refuse_owner_with_policies(const std::string& owner_id) {
  if (!directory_.attached_policies(owner_id).empty())
    throw delete_conflict("Cannot delete entity, must detach all policies first.");
  if (!directory_.inline_policies(owner_id).empty())
    throw delete_conflict("Cannot delete entity, must delete policies first.");
}

void Service::delete_owner_rows(const std::string& owner_id) {
  directory_.database().run("DELETE FROM iam_tags WHERE owner = ?", owner_id);
}

void Service::delete_user(const Context& context, const model::DeleteUserRequest& input) {
  User found = user(context, input.user_name);
  refuse_owner_with_policies(found.id);
  if (directory_.database().query("SELECT 1 FROM iam_access_keys WHERE user_id = ?", found.id).next())
    throw delete_conflict("Cannot delete entity, must delete access keys first.");
  store::Transaction transaction(directory_.database());
  delete_owner_rows(found.id);
  directory_.database().run("DELETE FROM iam_users WHERE id = ?", found.id);
  transaction.commit();
  directory_.changed();
}

void Service::update_user(const Context& context, const model::UpdateUserRequest& input) {
  User found = user(context, input.user_name);
  std::string name = input.new_user_name.value_or(found.name);
  if (auto other = directory_.find_user(context.account(), name); other && other->id != found.id)
    throw already_exists("User with name " + name + " already exists.");
  directory_.database().run("UPDATE iam_users SET name = ?, path = ? WHERE id = ?", name,
                            input.new_path.value_or(found.path), found.id);
  directory_.changed();
}

}  // namespace squall::services::iam
