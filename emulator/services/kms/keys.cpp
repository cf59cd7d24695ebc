// CreateKey, DescribeKey, ListKeys, UpdateKeyDescription.
#include "emulator/services/kms/errors.hpp"
#include "emulator/services/kms/paging.hpp"
#include "emulator/services/kms/service.hpp"

namespace squall::services::kms {
namespace {

constexpr std::size_t key_size = 32, material_id_size = 32;  // bytes

api::kms::KeyMetadata describe(const Key& key) {
  api::kms::KeyMetadata metadata;
  metadata.aws_account_id = key.account;
  metadata.key_id = key.id;
  metadata.arn = key.arn();
  metadata.creation_date = key.created;
  metadata.enabled = key.state == KeyState::enabled;
  metadata.description = key.description;
  metadata.key_usage = "ENCRYPT_DECRYPT";
  metadata.key_state = state_text(key.state);
  metadata.deletion_date = key.deletion;
  metadata.origin = "AWS_KMS";
  metadata.key_manager = "CUSTOMER";
  metadata.customer_master_key_spec = symmetric_default;
  metadata.key_spec = symmetric_default;
  metadata.encryption_algorithms = {std::string(symmetric_default)};
  metadata.multi_region = false;
  metadata.current_key_material_id = key.current().id;
  return metadata;
}

// What AWS refuses itself comes first, then what Squall does not serve.
void check_kind(const api::kms::CreateKeyRequest& input) {
  if (input.key_spec && input.customer_master_key_spec)
    throw base::AwsError::validation(
        "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is "
        "deprecated.");
  std::string spec =
      input.key_spec.value_or(input.customer_master_key_spec.value_or(std::string(symmetric_default)));
  if (spec != symmetric_default && !input.key_usage)
    throw base::AwsError::validation(
        "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.");
  std::string usage = input.key_usage.value_or("ENCRYPT_DECRYPT");
  if (spec == symmetric_default && usage != "ENCRYPT_DECRYPT")
    throw base::AwsError::validation("KeyUsage " + usage + " is not compatible with KeySpec " + spec);
  if (spec != symmetric_default) throw not_served("the KeySpec " + spec + ", only SYMMETRIC_DEFAULT");
  if (input.origin && *input.origin != "AWS_KMS")
    throw not_served("the Origin " + *input.origin + ", only AWS_KMS");
  if (input.multi_region.value_or(false)) throw not_served("multi-Region keys (MultiRegion)");
}

}  // namespace

api::kms::CreateKeyResponse Service::create_key(const wire::RequestContext& context,
                                                const api::kms::CreateKeyRequest& input) {
  check_kind(input);
  Key key{.id = entropy_.uuid(),
          .account = context.account(),
          .region = context.region,
          .description = input.description.value_or(""),
          .created = std::chrono::floor<std::chrono::milliseconds>(context.now),
          .policy = input.policy.value_or(default_policy(context.account())),
          .tags = checked_tags(input.tags.value_or(std::vector<api::kms::Tag>{}))};
  if (input.policy)
    check_policy(context, key.arn(), key.policy, input.bypass_policy_lockout_safety_check.value_or(false));
  key.materials.push_back({1, entropy_.hex(material_id_size), entropy_.bytes(key_size)});

  keys_.add(key);
  return {.key_metadata = describe(key)};
}

api::kms::DescribeKeyResponse Service::describe_key(const wire::RequestContext& context,
                                                    const api::kms::DescribeKeyRequest& input) {
  return {.key_metadata = describe(*any_key(context, input.key_id))};
}

api::kms::ListKeysResponse Service::list_keys(const wire::RequestContext& context,
                                              const api::kms::ListKeysRequest& input) {
  PageRequest page = page_request(input.marker, input.limit, {.usual = 100, .most = 1000});
  auto ids = keys_.list(context.account(), context.region, page);
  api::kms::ListKeysResponse output;
  output.next_marker = cut_page(ids, page, [](const std::string& id) { return id; });
  output.truncated = output.next_marker.has_value();
  auto& entries = output.keys.emplace();
  for (const std::string& id : ids)
    entries.push_back({.key_id = id, .key_arn = context.arn("kms", "key/" + id)});
  return output;
}

void Service::update_key_description(const wire::RequestContext& context,
                                     const api::kms::UpdateKeyDescriptionRequest& input) {
  keys_.set_description(changeable_key(context, input.key_id)->id, input.description);
}

}  // namespace squall::services::kms
