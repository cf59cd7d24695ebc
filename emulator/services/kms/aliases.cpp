// Aliases (https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html).
#include "emulator/services/kms/errors.hpp"
#include "emulator/services/kms/paging.hpp"
#include "emulator/services/kms/service.hpp"

namespace squall::services::kms {
namespace {

constexpr std::size_t aliases_per_key = 50;

// The names' pattern admits colons; KMS itself does not. The first sentence as KMS gave it in
// https://github.com/aws-controllers-k8s/community/issues/1878.
void check_name(const std::string& name) {
  if (!name.starts_with("alias/"))
    throw base::AwsError::validation(
        "Alias must start with the prefix \"alias/\". Please see "
        "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html");
  if (name == "alias/") throw base::AwsError::validation("Invalid identifier");
  if (name.starts_with("alias/aws/")) throw base::AwsError("NotAuthorizedException", 400, "");
  if (name.find(':') != std::string::npos)
    throw base::AwsError::validation(name + " contains invalid characters for an alias");
}

void check_target(const std::string& target) {
  if (target.starts_with("alias/") || target.find(":alias/") != std::string::npos)
    throw base::AwsError::validation("Aliases must refer to keys. Not aliases");
}

}  // namespace

void Service::create_alias(const wire::RequestContext& context, const api::kms::CreateAliasRequest& input) {
  check_name(input.alias_name);
  check_target(input.target_key_id);
  Time now = std::chrono::floor<std::chrono::milliseconds>(context.now);
  Alias alias{context.account(), context.region, input.alias_name, {}, now, now};
  if (keys_.alias(alias.account, alias.region, alias.name))
    throw base::AwsError("AlreadyExistsException", 400,
                         "An alias with the name " + alias.arn() + " already exists");
  KeyPtr key = changeable_key(context, input.target_key_id);
  if (key->aliases.size() >= aliases_per_key)
    throw limit_exceeded("The quota of 50 aliases for the key " + key->arn() + " has been reached.");

  alias.key_id = key->id;
  keys_.put_alias(alias);
}

void Service::update_alias(const wire::RequestContext& context, const api::kms::UpdateAliasRequest& input) {
  check_name(input.alias_name);
  check_target(input.target_key_id);
  auto alias = keys_.alias(context.account(), context.region, input.alias_name);
  if (!alias) throw alias_not_found(context.arn("kms", input.alias_name));
  KeyPtr key = changeable_key(context, input.target_key_id);
  if (key->id != alias->key_id && key->aliases.size() >= aliases_per_key)
    throw limit_exceeded("The quota of 50 aliases for the key " + key->arn() + " has been reached.");

  alias->key_id = key->id;
  alias->updated = std::chrono::floor<std::chrono::milliseconds>(context.now);
  keys_.put_alias(*alias);
}

void Service::delete_alias(const wire::RequestContext& context, const api::kms::DeleteAliasRequest& input) {
  check_name(input.alias_name);
  auto alias = keys_.alias(context.account(), context.region, input.alias_name);
  if (!alias) throw alias_not_found(context.arn("kms", input.alias_name));
  keys_.remove_alias(*alias);
}

api::kms::ListAliasesResponse Service::list_aliases(const wire::RequestContext& context,
                                                    const api::kms::ListAliasesRequest& input) {
  PageRequest page = page_request(input.marker, input.limit, {.usual = 50, .most = 100});
  std::string key_id = input.key_id ? own_key(context, *input.key_id)->id : std::string();
  auto aliases = keys_.list_aliases(context.account(), context.region, key_id, page);
  api::kms::ListAliasesResponse output;
  output.next_marker = cut_page(aliases, page, [](const Alias& alias) { return alias.name; });
  output.truncated = output.next_marker.has_value();
  auto& entries = output.aliases.emplace();
  for (const Alias& alias : aliases)
    entries.push_back({.alias_name = alias.name,
                       .alias_arn = alias.arn(),
                       .target_key_id = alias.key_id,
                       .creation_date = alias.created,
                       .last_updated_date = alias.updated});
  return output;
}

}  // namespace squall::services::kms
