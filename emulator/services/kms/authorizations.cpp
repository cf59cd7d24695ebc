// What IAM and key policies are to decide before an operation runs: actions, resources and condition keys
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html).
#include "emulator/services/kms/errors.hpp"
#include "emulator/services/kms/service.hpp"

namespace squall::services::kms {
namespace {

using auth::Authorization;

// The input is not validated yet: members may be absent.
std::string text(const wire::Value& input, const char* member) {
  auto found = input.find(member);
  return found != input.end() && found->is_string() ? found->get<std::string>() : std::string();
}

void add_encryption_context(Authorization& wanted, const wire::Value& input, const char* member) {
  auto context = input.find(member);
  if (context == input.end() || !context->is_object()) return;
  for (const auto& [key, value] : context->items()) {
    if (!value.is_string()) continue;
    wanted.conditions["kms:EncryptionContext:" + key].push_back(value.get<std::string>());
    wanted.conditions["kms:EncryptionContextKeys"].push_back(key);
  }
}

void add_request_tags(Authorization& wanted, const wire::Value& input) {
  auto tags = input.find("Tags");
  if (tags == input.end() || !tags->is_array()) return;
  for (const auto& tag : *tags) {
    wanted.conditions["aws:RequestTag/" + text(tag, "TagKey")].push_back(text(tag, "TagValue"));
    wanted.conditions["aws:TagKeys"].push_back(text(tag, "TagKey"));
  }
}

void add_key_facts(Authorization& wanted) {
  wanted.conditions["kms:KeySpec"] = {std::string(symmetric_default)};
  wanted.conditions["kms:KeyUsage"] = {"ENCRYPT_DECRYPT"};
  wanted.conditions["kms:KeyOrigin"] = {"AWS_KMS"};
  wanted.conditions["kms:MultiRegion"] = {"false"};
}

// Operations on no key in particular.
bool is_general(std::string_view operation) {
  return operation == "ListKeys" || operation == "ListAliases" || operation == "GenerateRandom";
}

}  // namespace

Authorization Service::authorization(const wire::RequestContext& context, std::string action,
                                     const KeyPtr& key) {
  Authorization wanted{.action = std::move(action),
                       .resource = key->arn(),
                       .resource_policy = key->policy,
                       .resource_policy_required = true};
  add_key_facts(wanted);
  wanted.conditions["kms:CallerAccount"] = {context.account()};
  for (const Tag& tag : key->tags) wanted.conditions["aws:ResourceTag/" + tag.key] = {tag.value};
  if (!key->aliases.empty()) wanted.conditions["kms:ResourceAliases"] = key->aliases;
  return wanted;
}

// A key that is not there, or a text that can name none, is left to the operation to tell.
Authorization Service::authorization(const wire::RequestContext& context, std::string action,
                                     const std::string& key_id) {
  try {
    Reference reference = parse_reference(context, key_id);
    KeyPtr key = look_up(reference);
    if (!key) return {.action = std::move(action), .resource = reference.arn()};
    Authorization wanted = authorization(context, std::move(action), key);
    if (reference.kind == Reference::Kind::alias) wanted.conditions["kms:RequestAlias"] = {reference.name};
    return wanted;
  } catch (const base::AwsError&) {
    return {.action = std::move(action)};
  }
}

// The key in the blob counts, whatever key the request names.
Authorization Service::blob_authorization(const wire::RequestContext& context, std::string action,
                                          const std::string& blob, const std::string& key_id) {
  auto header = read_header(blob);
  KeyPtr key = header ? keys_.find(context.region, header->key_id) : KeyPtr();
  if (!key && key_id.empty()) return {.action = std::move(action)};
  Authorization wanted =
      key ? authorization(context, action, key) : authorization(context, std::move(action), key_id);
  if (key_id.starts_with("alias/")) wanted.conditions["kms:RequestAlias"] = {key_id};
  return wanted;
}

// An alias operation needs the permission on the alias and on every key that it takes it from or gives it to.
std::vector<Authorization> Service::alias_authorizations(const wire::RequestContext& context,
                                                         const std::string& action,
                                                         const wire::Value& input) {
  std::string name = text(input, "AliasName");
  std::vector<Authorization> wanted{{.action = action, .resource = context.arn("kms", name)}};
  if (auto target = keys_.alias_target(context.account(), context.region, name))
    wanted.push_back(authorization(context, action, *target));
  if (std::string target = text(input, "TargetKeyId"); !target.empty())
    wanted.push_back(authorization(context, action, target));
  return wanted;
}

// Tags in CreateKey need a permission of their own, which only an IAM policy can give: there is no key yet.
std::vector<Authorization> Service::create_authorizations(const wire::RequestContext& context,
                                                          const wire::Value& input) {
  Authorization wanted{.action = "kms:CreateKey"};
  wanted.conditions["kms:CallerAccount"] = {context.account()};
  wanted.conditions["kms:BypassPolicyLockoutSafetyCheck"] = {
      input.value("BypassPolicyLockoutSafetyCheck", false) ? "true" : "false"};
  add_key_facts(wanted);
  add_request_tags(wanted, input);
  if (!wanted.conditions.contains("aws:TagKeys")) return {std::move(wanted)};
  Authorization tagging = wanted;
  tagging.action = "kms:TagResource";
  return {std::move(wanted), std::move(tagging)};
}

std::vector<Authorization> Service::authorizations(const wire::RequestContext& context,
                                                   const wire::Operation& operation,
                                                   const wire::Value& input) {
  std::string action = "kms:" + std::string(operation.name);
  if (operation.name == "CreateKey") return create_authorizations(context, input);
  if (is_general(operation.name)) return {{.action = std::move(action)}};
  if (operation.name.ends_with("Alias")) return alias_authorizations(context, action, input);
  if (operation.name == "ReEncrypt") {
    auto from = blob_authorization(context, "kms:ReEncryptFrom", text(input, "CiphertextBlob"),
                                   text(input, "SourceKeyId"));
    auto to = authorization(context, "kms:ReEncryptTo", text(input, "DestinationKeyId"));
    add_encryption_context(from, input, "SourceEncryptionContext");
    add_encryption_context(to, input, "DestinationEncryptionContext");
    return {std::move(from), std::move(to)};
  }
  Authorization wanted =
      operation.name == "Decrypt"
          ? blob_authorization(context, action, text(input, "CiphertextBlob"), text(input, "KeyId"))
          : authorization(context, action, text(input, "KeyId"));
  add_encryption_context(wanted, input, "EncryptionContext");
  add_request_tags(wanted, input);
  return {std::move(wanted)};
}

}  // namespace squall::services::kms
