// Tags of users, roles, policies and instance profiles; keys differ by more than case.
#include <set>

#include "emulator/base/ascii.hpp"
#include "emulator/services/iam/errors.hpp"
#include "emulator/services/iam/paging.hpp"
#include "emulator/services/iam/service.hpp"

namespace squall::services::iam {
namespace {

namespace model = api::iam;

constexpr std::size_t most_tags = 50;

std::string key_of(const model::Tag& tag) { return tag.key; }

}  // namespace

void Service::put_tags(const std::string& owner_id, const std::vector<model::Tag>& tags) {
  std::set<std::string> keys;
  for (const model::Tag& tag : tags) {
    if (base::ascii_lower(tag.key).starts_with("aws:"))
      throw invalid_input("Invalid tag key: tag keys may not begin with the reserved prefix aws:.");
    if (!keys.insert(base::ascii_lower(tag.key)).second)
      throw invalid_input("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  }
  store::Transaction transaction(directory_.database());
  for (const model::Tag& tag : tags)
    directory_.database().run("INSERT OR REPLACE INTO iam_tags VALUES (?, ?, ?)", owner_id, tag.key,
                              tag.value);
  if (directory_.tags(owner_id).size() > most_tags)
    throw limit_exceeded("Cannot exceed quota for TagsPerResource: " + std::to_string(most_tags));
  transaction.commit();
  directory_.changed();
}

void Service::remove_tags(const std::string& owner_id, const std::vector<std::string>& keys) {
  for (const std::string& key : keys)
    directory_.database().run("DELETE FROM iam_tags WHERE owner = ? AND key = ?", owner_id, key);
  directory_.changed();
}

std::vector<model::Tag> Service::tag_list(const std::string& owner_id) {
  std::vector<model::Tag> out;
  for (auto& [key, value] : directory_.tags(owner_id)) out.push_back({key, value});
  return out;
}

void Service::tag_role(const Context& context, const model::TagRoleRequest& input) {
  put_tags(role(context, input.role_name).id, input.tags);
}
void Service::untag_role(const Context& context, const model::UntagRoleRequest& input) {
  remove_tags(role(context, input.role_name).id, input.tag_keys);
}
model::ListRoleTagsResponse Service::list_role_tags(const Context& context,
                                                    const model::ListRoleTagsRequest& input) {
  model::ListRoleTagsResponse out;
  out.tags = page(tag_list(role(context, input.role_name).id), input.marker, input.max_items, key_of, out);
  return out;
}

void Service::tag_user(const Context& context, const model::TagUserRequest& input) {
  put_tags(user(context, input.user_name).id, input.tags);
}
void Service::untag_user(const Context& context, const model::UntagUserRequest& input) {
  remove_tags(user(context, input.user_name).id, input.tag_keys);
}
model::ListUserTagsResponse Service::list_user_tags(const Context& context,
                                                    const model::ListUserTagsRequest& input) {
  model::ListUserTagsResponse out;
  out.tags = page(tag_list(user(context, input.user_name).id), input.marker, input.max_items, key_of, out);
  return out;
}

}  // namespace squall::services::iam
