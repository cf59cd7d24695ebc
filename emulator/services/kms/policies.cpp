// Key policies (https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html): one per key,
// "default".
#include "emulator/services/kms/errors.hpp"
#include "emulator/services/kms/paging.hpp"
#include "emulator/services/kms/service.hpp"

namespace squall::services::kms {
namespace {

constexpr std::string_view policy_name = "default";
constexpr std::size_t longest_policy = 32768;  // bytes

void check_policy_name(const std::optional<std::string>& name) {
  if (name && *name != policy_name) throw not_found("No such policy exists");
}

}  // namespace

// Byte for byte as AWS writes it.
std::string default_policy(const std::string& account) {
  return R"({
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "arn:aws:iam::)" +
         account + R"(:root"
    },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
})";
}

// KMS does not say which: https://repost.aws/knowledge-center/kms-policy-error-invalid-principals.
void Service::check_principals(const std::string& account, const auth::Policy& policy) {
  if (!principals_) return;
  for (const auth::Statement& statement : policy.statements)
    for (const std::string& name : statement.principals->aws)
      if (!principals_->names_someone(account, name))
        throw malformed_policy("Policy contains a statement with one or more invalid principals.");
}

void Service::check_policy(const wire::RequestContext& context, const std::string& key_arn,
                           const std::string& policy, bool bypass_lockout_check) {
  if (policy.size() > longest_policy)
    throw limit_exceeded("The key policy must not be longer than 32768 bytes.");
  try {
    check_principals(context.account(), auth::parse_policy(policy, auth::PolicyKind::resource));
  } catch (const auth::PolicyError& error) {
    throw malformed_policy(error.what());
  }
  if (bypass_lockout_check || !authorizer_) return;
  auth::Authorization put{.action = "kms:PutKeyPolicy",
                          .resource = key_arn,
                          .resource_policy = policy,
                          .resource_policy_required = true};
  if (authorizer_->denial(context, put))
    throw malformed_policy("The new key policy will not allow you to update the key policy in the future.");
}

void Service::put_key_policy(const wire::RequestContext& context,
                             const api::kms::PutKeyPolicyRequest& input) {
  check_policy_name(input.policy_name);
  KeyPtr key = own_key(context, input.key_id);
  check_policy(context, key->arn(), input.policy, input.bypass_policy_lockout_safety_check.value_or(false));
  keys_.set_policy(key->id, input.policy);
}

api::kms::GetKeyPolicyResponse Service::get_key_policy(const wire::RequestContext& context,
                                                       const api::kms::GetKeyPolicyRequest& input) {
  KeyPtr key = own_key(context, input.key_id);
  check_policy_name(input.policy_name);
  return {.policy = key->policy, .policy_name = std::string(policy_name)};
}

api::kms::ListKeyPoliciesResponse Service::list_key_policies(const wire::RequestContext& context,
                                                             const api::kms::ListKeyPoliciesRequest& input) {
  own_key(context, input.key_id);
  // There is but one page, so no marker can be valid.
  if (input.marker) throw invalid_marker();
  return {.policy_names = {{std::string(policy_name)}}, .truncated = false};
}

}  // namespace squall::services::kms
