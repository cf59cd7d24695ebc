// Instance profiles: what hands a role to an EC2 instance.
#include "emulator/services/iam/errors.hpp"
#include "emulator/services/iam/paging.hpp"
#include "emulator/services/iam/service.hpp"

namespace squall::services::iam {
namespace {

namespace model = api::iam;

std::string name_of(const Profile& profile) { return profile.name; }

}  // namespace

model::InstanceProfile Service::profile_answer(const Profile& profile, bool with_tags) {
  model::InstanceProfile out;
  out.path = profile.path;
  out.instance_profile_name = profile.name;
  out.instance_profile_id = profile.id;
  out.arn = profile.arn();
  out.create_date = profile.created;
  if (profile.role_id) {
    if (auto role = directory_.role_by_id(*profile.role_id)) {
      model::Role inside = role_answer(*role, false);
      inside.description.reset();
      inside.max_session_duration.reset();
      out.roles.push_back(std::move(inside));
    }
  }
  if (auto tags = tag_list(profile.id); with_tags && !tags.empty()) out.tags = std::move(tags);
  return out;
}

model::CreateInstanceProfileResponse Service::create_instance_profile(
    const Context& context, const model::CreateInstanceProfileRequest& input) {
  if (directory_.find_profile(context.account(), input.instance_profile_name))
    throw already_exists("Instance Profile " + input.instance_profile_name + " already exists.");
  store::Transaction transaction(directory_.database());
  std::string id = directory_.new_id("AIPA");
  directory_.database().run("INSERT INTO iam_instance_profiles VALUES (?, ?, ?, ?, ?, NULL)",
                            context.account(), input.instance_profile_name, input.path.value_or("/"), id,
                            context.now);
  if (input.tags) put_tags(id, *input.tags);
  transaction.commit();
  directory_.changed();
  return {profile_answer(profile(context, input.instance_profile_name), true)};
}

model::GetInstanceProfileResponse Service::get_instance_profile(
    const Context& context, const model::GetInstanceProfileRequest& input) {
  return {profile_answer(profile(context, input.instance_profile_name), true)};
}

model::ListInstanceProfilesResponse Service::list_instance_profiles(
    const Context& context, const model::ListInstanceProfilesRequest& input) {
  model::ListInstanceProfilesResponse out;
  std::vector<Profile> all = directory_.profiles(context.account());
  std::erase_if(all, [&](const Profile& one) { return !path_matches(one.path, input.path_prefix); });
  for (const Profile& one : page(std::move(all), input.marker, input.max_items, name_of, out))
    out.instance_profiles.push_back(profile_answer(one, false));
  return out;
}

model::ListInstanceProfilesForRoleResponse Service::list_instance_profiles_for_role(
    const Context& context, const model::ListInstanceProfilesForRoleRequest& input) {
  std::string role_id = role(context, input.role_name).id;
  model::ListInstanceProfilesForRoleResponse out;
  std::vector<Profile> all = directory_.profiles(context.account());
  std::erase_if(all, [&](const Profile& one) { return one.role_id != role_id; });
  for (const Profile& one : page(std::move(all), input.marker, input.max_items, name_of, out))
    out.instance_profiles.push_back(profile_answer(one, false));
  return out;
}

void Service::delete_instance_profile(const Context& context,
                                      const model::DeleteInstanceProfileRequest& input) {
  Profile found = profile(context, input.instance_profile_name);
  if (found.role_id)
    throw delete_conflict("Cannot delete entity, must remove roles from instance profile first.");
  store::Transaction transaction(directory_.database());
  delete_owner_rows(found.id);
  directory_.database().run("DELETE FROM iam_instance_profiles WHERE id = ?", found.id);
  transaction.commit();
  directory_.changed();
}

void Service::add_role_to_instance_profile(const Context& context,
                                           const model::AddRoleToInstanceProfileRequest& input) {
  Profile found = profile(context, input.instance_profile_name);
  Role added = role(context, input.role_name);
  if (found.role_id) throw limit_exceeded("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
  directory_.database().run("UPDATE iam_instance_profiles SET role_id = ? WHERE id = ?", added.id, found.id);
  directory_.changed();
}

void Service::remove_role_from_instance_profile(const Context& context,
                                                const model::RemoveRoleFromInstanceProfileRequest& input) {
  Profile found = profile(context, input.instance_profile_name);
  Role removed = role(context, input.role_name);
  if (found.role_id != removed.id)
    throw no_such_entity("The role with name " + input.role_name + " cannot be found.");
  directory_.database().run("UPDATE iam_instance_profiles SET role_id = NULL WHERE id = ?", found.id);
  directory_.changed();
}

}  // namespace squall::services::iam
