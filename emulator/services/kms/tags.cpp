// Tags of keys (https://docs.aws.amazon.com/kms/latest/developerguide/tagging-keys.html).
#include <algorithm>
#include <set>

#include "emulator/services/kms/errors.hpp"
#include "emulator/services/kms/paging.hpp"
#include "emulator/services/kms/service.hpp"

namespace squall::services::kms {
namespace {

constexpr std::size_t tags_per_key = 50;

base::AwsError too_many_tags() { return limit_exceeded("A key can have at most 50 tags."); }

void check_not_reserved(const std::string& tag_key) {
  if (tag_key.starts_with("aws:")) throw tag_error("Tag keys that begin with aws: are reserved: " + tag_key);
}

}  // namespace

std::vector<Tag> checked_tags(const std::vector<api::kms::Tag>& tags) {
  std::set<std::string> seen;
  std::vector<Tag> checked;
  for (const api::kms::Tag& tag : tags) {
    check_not_reserved(tag.tag_key);
    if (!seen.insert(tag.tag_key).second) throw tag_error("Duplicate tag keys");
    checked.push_back({tag.tag_key, tag.tag_value});
  }
  if (checked.size() > tags_per_key) throw too_many_tags();
  return checked;
}

void Service::tag_resource(const wire::RequestContext& context, const api::kms::TagResourceRequest& input) {
  KeyPtr key = changeable_key(context, input.key_id);
  std::vector<Tag> tags = checked_tags(input.tags);
  std::set<std::string> all;
  for (const Tag& tag : key->tags) all.insert(tag.key);
  for (const Tag& tag : tags) all.insert(tag.key);
  if (all.size() > tags_per_key) throw too_many_tags();

  keys_.put_tags(key->id, tags);
}

void Service::untag_resource(const wire::RequestContext& context,
                             const api::kms::UntagResourceRequest& input) {
  KeyPtr key = changeable_key(context, input.key_id);
  std::for_each(input.tag_keys.begin(), input.tag_keys.end(), check_not_reserved);
  keys_.remove_tags(key->id, input.tag_keys);
}

api::kms::ListResourceTagsResponse Service::list_resource_tags(
    const wire::RequestContext& context, const api::kms::ListResourceTagsRequest& input) {
  PageRequest page = page_request(input.marker, input.limit, {.usual = 50, .most = 50});
  std::vector<Tag> tags = own_key(context, input.key_id)->tags;
  std::erase_if(tags, [&](const Tag& tag) { return tag.key <= page.after; });
  api::kms::ListResourceTagsResponse output;
  output.next_marker = cut_page(tags, page, [](const Tag& tag) { return tag.key; });
  output.truncated = output.next_marker.has_value();
  auto& entries = output.tags.emplace();
  for (const Tag& tag : tags) entries.push_back({.tag_key = tag.key, .tag_value = tag.value});
  return output;
}

}  // namespace squall::services::kms
