// Tags: CreateTags, DeleteTags, DescribeTags, and TagSpecifications of other operations.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html
#include <algorithm>

#include "emulator/services/ec2/errors.hpp"
#include "emulator/services/ec2/filters.hpp"
#include "emulator/services/ec2/pages.hpp"
#include "emulator/services/ec2/service.hpp"

namespace squall::services::ec2 {
namespace {

constexpr std::size_t most_tags = 50, longest_key = 127, longest_value = 255;

// "instance" for "i-..."; empty for an id of no kind that Squall has.
std::string resource_type(const std::string& id) {
  static constexpr std::pair<std::string_view, std::string_view> kinds[] = {
      {"i", "instance"},   {"vol", "volume"},        {"sg", "security-group"}, {"eni", "network-interface"},
      {"key", "key-pair"}, {"vpc", "vpc"},           {"subnet", "subnet"},     {"sgr", "security-group-rule"},
      {"ami", "image"},    {"dopt", "dhcp-options"},
  };
  std::string_view prefix = std::string_view(id).substr(0, id.find('-'));
  for (const auto& [known, type] : kinds)
    if (known == prefix) return std::string(type);
  return {};
}

// As the operations of the resource itself say it.
AwsError no_such_resource(const std::string& id) {
  std::string type = resource_type(id);
  auto not_found = [&](const std::string& code, const std::string& what) {
    return error(code + ".NotFound", "The " + what + " '" + id + "' does not exist");
  };
  if (type == "instance") {
    require_id(id, "i", "InvalidInstanceID.Malformed");
    return no_such_instances({id});
  }
  if (type == "volume") return error("InvalidVolume.NotFound", "The volume '" + id + "' does not exist.");
  if (type == "security-group") return not_found("InvalidGroup", "security group");
  if (type == "network-interface") return not_found("InvalidNetworkInterfaceID", "networkInterface ID");
  if (type == "key-pair") return not_found("InvalidKeyPair", "key pair with ID");
  if (type == "vpc") return not_found("InvalidVpcID", "vpc ID");
  if (type == "subnet") return not_found("InvalidSubnetID", "subnet ID");
  if (type == "security-group-rule") return not_found("InvalidSecurityGroupRuleId", "security group rule ID");
  if (type == "image") return error("InvalidAMIID.NotFound", "The image id '[" + id + "]' does not exist");
  return error("InvalidID", "The ID '" + id + "' is not valid");
}

void check_tag(const std::string& key, const std::string& value) {
  // aws/aws-cli#3283
  if (key.empty())
    throw invalid_value("Value ( '' ) for parameter Tag key is invalid. Tag key cannot be null or empty.");
  if (key.starts_with("aws:"))
    throw invalid_value("Tag keys starting with 'aws:' are reserved for internal use");
  if (key.size() > longest_key) throw invalid_value("Tag key exceeds the maximum length of 127 characters");
  if (value.size() > longest_value)
    throw invalid_value("Tag value exceeds the maximum length of 255 characters");
}

const FilterField<api::ec2::TagDescription> fields[] = {
    {"key", [](const api::ec2::TagDescription& tag) { return texts(tag.key); }},
    {"resource-id", [](const api::ec2::TagDescription& tag) { return texts(tag.resource_id); }},
    {"resource-type", [](const api::ec2::TagDescription& tag) { return texts(tag.resource_type); }},
    {"value", [](const api::ec2::TagDescription& tag) { return texts(tag.value); }},
};

}  // namespace

Ec2::ApiTags Ec2::tags_answer(const Scope& scope, const std::string& resource_id) {
  Tags tags = tables_.tags(scope, resource_id);
  if (tags.empty()) return std::nullopt;
  std::vector<api::ec2::Tag> answer;
  for (const auto& [key, value] : tags) answer.push_back({.key = key, .value = value});
  return answer;
}

bool Ec2::resource_exists(const Scope& scope, const std::string& id) {
  auto ours = [&](const auto& record) {
    return record && record->account == scope.account && record->region == scope.region;
  };
  auto any = [](const auto& items, auto predicate) {
    return std::any_of(items.begin(), items.end(), predicate);
  };
  std::string type = resource_type(id);
  if (type == "instance") return ours(tables_.instance(id));
  if (type == "volume") return ours(tables_.volume(id));
  if (type == "security-group") return ours(tables_.group(id));
  if (type == "vpc") return id == default_vpc_id(scope);
  if (type == "dhcp-options") return id == dhcp_options_id(scope);
  if (type == "subnet")
    return any(default_subnets(scope), [&](const SubnetFacts& subnet) { return subnet.id == id; });
  if (type == "network-interface")
    return any(tables_.instances(scope),
               [&](const InstanceRecord& one) { return one.exists() && one.interface_id == id; });
  if (type == "key-pair")
    return any(tables_.key_pairs(scope), [&](const KeyPairRecord& one) { return one.id == id; });
  if (type == "security-group-rule")
    return any(tables_.rules(scope), [&](const RuleRecord& one) { return one.id == id; });
  return false;
}

Tags Ec2::specified_tags(const TagSpecifications& specifications, const std::string& type,
                         const std::vector<std::string>& allowed_types) {
  Tags tags;
  if (!specifications) return tags;
  for (const api::ec2::TagSpecification& specification : *specifications) {
    if (!specification.resource_type)
      throw invalid_value("Tag specification resource type must have a value");
    if (std::find(allowed_types.begin(), allowed_types.end(), *specification.resource_type) ==
        allowed_types.end())
      throw invalid_value("'" + *specification.resource_type +
                          "' is not a valid taggable resource type for this operation.");
    if (!specification.tags || specification.tags->empty())
      throw invalid_value("Tag specification must have at least one tag");
    if (*specification.resource_type != type) continue;
    for (const api::ec2::Tag& tag : *specification.tags) {
      check_tag(tag.key.value_or(""), tag.value.value_or(""));
      if (!tags.emplace(*tag.key, tag.value.value_or("")).second)
        throw invalid_value("Duplicate tag key '" + *tag.key + "' specified.");
    }
  }
  if (tags.size() > most_tags)
    throw error("TagLimitExceeded", "You have reached the maximum of 50 tags per resource.");
  return tags;
}

void Ec2::write_tags(const Scope& scope, const std::string& resource_id, const Tags& tags) {
  for (const auto& [key, value] : tags) tables_.put_tag(scope, resource_id, key, value);
}

void Ec2::create_tags(const RequestContext& context, const api::ec2::CreateTagsRequest& input) {
  Scope scope = scope_of(context);
  ensure_default_group(scope);
  if (input.resources.empty()) throw missing_parameter("resourceIdSet");
  if (input.tags.empty()) throw missing_parameter("tagSet");
  for (const api::ec2::Tag& tag : input.tags) check_tag(tag.key.value_or(""), tag.value.value_or(""));
  for (const std::string& id : input.resources) {
    if (!resource_exists(scope, id)) throw no_such_resource(id);
  }
  for (const std::string& id : input.resources) {
    Tags after = tables_.tags(scope, id);
    for (const api::ec2::Tag& tag : input.tags) after[*tag.key] = tag.value.value_or("");
    if (after.size() > most_tags)
      throw error("TagLimitExceeded", "You have reached the maximum of 50 tags per resource.");
  }
  if (input.dry_run.value_or(false)) throw dry_run();
  for (const std::string& id : input.resources)
    for (const api::ec2::Tag& tag : input.tags) tables_.put_tag(scope, id, *tag.key, tag.value.value_or(""));
}

void Ec2::delete_tags(const RequestContext& context, const api::ec2::DeleteTagsRequest& input) {
  Scope scope = scope_of(context);
  if (input.resources.empty()) throw missing_parameter("resourceIdSet");
  if (input.dry_run.value_or(false)) throw dry_run();
  for (const std::string& id : input.resources) {
    Tags present = tables_.tags(scope, id);
    if (!input.tags || input.tags->empty()) {
      for (const auto& [key, value] : present) tables_.erase_tag(scope, id, key);
      continue;
    }
    for (const api::ec2::Tag& tag : *input.tags) {
      auto found = present.find(tag.key.value_or(""));
      // A value that is given must be the tag's, the empty one too.
      if (found != present.end() && (!tag.value || *tag.value == found->second))
        tables_.erase_tag(scope, id, found->first);
    }
  }
}

api::ec2::DescribeTagsResult Ec2::describe_tags(const RequestContext& context,
                                                const api::ec2::DescribeTagsRequest& input) {
  Scope scope = scope_of(context);
  require_well_formed(input.filters);
  if (input.dry_run.value_or(false)) throw dry_run();
  std::vector<api::ec2::TagDescription> found;
  for (Tables::TagRow& row : tables_.all_tags(scope)) {
    api::ec2::TagDescription tag{.key = row.key,
                                 .resource_id = row.resource_id,
                                 .resource_type = resource_type(row.resource_id),
                                 .value = row.value};
    found.push_back(std::move(tag));
  }
  // "tag:KEY" is a filter of the tag itself here.
  std::vector<api::ec2::Filter> plain;
  for (const api::ec2::Filter& filter : input.filters.value_or(std::vector<api::ec2::Filter>{})) {
    if (!filter.name->starts_with("tag:")) {
      plain.push_back(filter);
      continue;
    }
    std::erase_if(found, [&](const api::ec2::TagDescription& tag) {
      return *tag.key != filter.name->substr(4) || !matches_any(*filter.values, {*tag.value});
    });
  }
  found = filtered(ApiFilters(plain), std::span<const FilterField<api::ec2::TagDescription>>(fields),
                   std::move(found), NoTags{});
  api::ec2::DescribeTagsResult result;
  result.next_token =
      take_page(found, input.max_results, input.next_token,
                [](const api::ec2::TagDescription& tag) { return *tag.resource_id + "/" + *tag.key; });
  result.tags = std::move(found);
  return result;
}

}  // namespace squall::services::ec2
