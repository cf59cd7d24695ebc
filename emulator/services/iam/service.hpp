// IAM's operations (https://docs.aws.amazon.com/IAM/latest/APIReference/). One file per family of them:
// users.cpp, access_keys.cpp, roles.cpp, inline_policies.cpp, managed_policies.cpp, attachments.cpp,
// instance_profiles.cpp, tags.cpp. Everything lives in the Directory.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "emulator/auth/interfaces.hpp"
#include "emulator/services/iam/directory.hpp"
#include "squall/api/iam.hpp"

namespace squall::services::iam {

// Throws ValidationError if `text` is no managed policy's ARN.
void check_policy_arn(const std::string& text);

class Service : public api::iam::Api {
 public:
  using Context = wire::RequestContext;
  explicit Service(Directory& directory) : directory_(directory) {}

  // What the caller must be allowed: iam:<Operation> on the ARN of the user, role, policy or profile named.
  std::vector<auth::Authorization> authorizations(const Context& context, const wire::Operation& operation,
                                                  const nlohmann::json& input);

  api::iam::CreateUserResponse create_user(const Context& context,
                                           const api::iam::CreateUserRequest& input) override;
  api::iam::GetUserResponse get_user(const Context& context, const api::iam::GetUserRequest& input) override;
  api::iam::ListUsersResponse list_users(const Context& context,
                                         const api::iam::ListUsersRequest& input) override;
  void delete_user(const Context& context, const api::iam::DeleteUserRequest& input) override;
  void update_user(const Context& context, const api::iam::UpdateUserRequest& input) override;
  api::iam::CreateAccessKeyResponse create_access_key(const Context& context,
                                                      const api::iam::CreateAccessKeyRequest& input) override;
  api::iam::ListAccessKeysResponse list_access_keys(const Context& context,
                                                    const api::iam::ListAccessKeysRequest& input) override;
  void update_access_key(const Context& context, const api::iam::UpdateAccessKeyRequest& input) override;
  void delete_access_key(const Context& context, const api::iam::DeleteAccessKeyRequest& input) override;
  api::iam::GetAccessKeyLastUsedResponse get_access_key_last_used(
      const Context& context, const api::iam::GetAccessKeyLastUsedRequest& input) override;
  api::iam::CreateRoleResponse create_role(const Context& context,
                                           const api::iam::CreateRoleRequest& input) override;
  api::iam::GetRoleResponse get_role(const Context& context, const api::iam::GetRoleRequest& input) override;
  api::iam::ListRolesResponse list_roles(const Context& context,
                                         const api::iam::ListRolesRequest& input) override;
  void delete_role(const Context& context, const api::iam::DeleteRoleRequest& input) override;
  api::iam::UpdateRoleResponse update_role(const Context& context,
                                           const api::iam::UpdateRoleRequest& input) override;
  void update_assume_role_policy(const Context& context,
                                 const api::iam::UpdateAssumeRolePolicyRequest& input) override;
  void put_user_policy(const Context& context, const api::iam::PutUserPolicyRequest& input) override;
  api::iam::GetUserPolicyResponse get_user_policy(const Context& context,
                                                  const api::iam::GetUserPolicyRequest& input) override;
  api::iam::ListUserPoliciesResponse list_user_policies(
      const Context& context, const api::iam::ListUserPoliciesRequest& input) override;
  void delete_user_policy(const Context& context, const api::iam::DeleteUserPolicyRequest& input) override;
  void put_role_policy(const Context& context, const api::iam::PutRolePolicyRequest& input) override;
  api::iam::GetRolePolicyResponse get_role_policy(const Context& context,
                                                  const api::iam::GetRolePolicyRequest& input) override;
  api::iam::ListRolePoliciesResponse list_role_policies(
      const Context& context, const api::iam::ListRolePoliciesRequest& input) override;
  void delete_role_policy(const Context& context, const api::iam::DeleteRolePolicyRequest& input) override;
  api::iam::CreatePolicyResponse create_policy(const Context& context,
                                               const api::iam::CreatePolicyRequest& input) override;
  api::iam::GetPolicyResponse get_policy(const Context& context,
                                         const api::iam::GetPolicyRequest& input) override;
  api::iam::ListPoliciesResponse list_policies(const Context& context,
                                               const api::iam::ListPoliciesRequest& input) override;
  void delete_policy(const Context& context, const api::iam::DeletePolicyRequest& input) override;
  api::iam::CreatePolicyVersionResponse create_policy_version(
      const Context& context, const api::iam::CreatePolicyVersionRequest& input) override;
  api::iam::GetPolicyVersionResponse get_policy_version(
      const Context& context, const api::iam::GetPolicyVersionRequest& input) override;
  api::iam::ListPolicyVersionsResponse list_policy_versions(
      const Context& context, const api::iam::ListPolicyVersionsRequest& input) override;
  void delete_policy_version(const Context& context,
                             const api::iam::DeletePolicyVersionRequest& input) override;
  void set_default_policy_version(const Context& context,
                                  const api::iam::SetDefaultPolicyVersionRequest& input) override;
  api::iam::ListEntitiesForPolicyResponse list_entities_for_policy(
      const Context& context, const api::iam::ListEntitiesForPolicyRequest& input) override;
  void attach_user_policy(const Context& context, const api::iam::AttachUserPolicyRequest& input) override;
  void detach_user_policy(const Context& context, const api::iam::DetachUserPolicyRequest& input) override;
  api::iam::ListAttachedUserPoliciesResponse list_attached_user_policies(
      const Context& context, const api::iam::ListAttachedUserPoliciesRequest& input) override;
  void attach_role_policy(const Context& context, const api::iam::AttachRolePolicyRequest& input) override;
  void detach_role_policy(const Context& context, const api::iam::DetachRolePolicyRequest& input) override;
  api::iam::ListAttachedRolePoliciesResponse list_attached_role_policies(
      const Context& context, const api::iam::ListAttachedRolePoliciesRequest& input) override;
  api::iam::CreateInstanceProfileResponse create_instance_profile(
      const Context& context, const api::iam::CreateInstanceProfileRequest& input) override;
  api::iam::GetInstanceProfileResponse get_instance_profile(
      const Context& context, const api::iam::GetInstanceProfileRequest& input) override;
  api::iam::ListInstanceProfilesResponse list_instance_profiles(
      const Context& context, const api::iam::ListInstanceProfilesRequest& input) override;
  api::iam::ListInstanceProfilesForRoleResponse list_instance_profiles_for_role(
      const Context& context, const api::iam::ListInstanceProfilesForRoleRequest& input) override;
  void delete_instance_profile(const Context& context,
                               const api::iam::DeleteInstanceProfileRequest& input) override;
  void add_role_to_instance_profile(const Context& context,
                                    const api::iam::AddRoleToInstanceProfileRequest& input) override;
  void remove_role_from_instance_profile(
      const Context& context, const api::iam::RemoveRoleFromInstanceProfileRequest& input) override;
  void tag_role(const Context& context, const api::iam::TagRoleRequest& input) override;
  void untag_role(const Context& context, const api::iam::UntagRoleRequest& input) override;
  api::iam::ListRoleTagsResponse list_role_tags(const Context& context,
                                                const api::iam::ListRoleTagsRequest& input) override;
  void tag_user(const Context& context, const api::iam::TagUserRequest& input) override;
  void untag_user(const Context& context, const api::iam::UntagUserRequest& input) override;
  api::iam::ListUserTagsResponse list_user_tags(const Context& context,
                                                const api::iam::ListUserTagsRequest& input) override;

 private:
  // Each throws NoSuchEntity.
  User user(const Context& context, const std::string& name);
  Role role(const Context& context, const std::string& name);
  Profile profile(const Context& context, const std::string& name);
  ManagedPolicyRow policy(const std::string& arn);
  Owner user_owner(const Context& context, const std::string& name);
  Owner role_owner(const Context& context, const std::string& name);
  // The user named, or the caller if none is.
  User user_or_caller(const Context& context, const std::optional<std::string>& name);

  void put_inline(const Owner& owner, const std::string& name, const std::string& document,
                  std::size_t limit);
  std::string inline_document(const Owner& owner, const std::string& name);
  void delete_inline(const Owner& owner, const std::string& name);
  void attach(const Owner& owner, const std::string& policy_arn);
  void detach(const Owner& owner, const std::string& policy_arn);
  std::vector<api::iam::AttachedPolicy> attached(const Owner& owner,
                                                 const std::optional<std::string>& path_prefix);
  void put_tags(const std::string& owner_id, const std::vector<api::iam::Tag>& tags);
  void remove_tags(const std::string& owner_id, const std::vector<std::string>& keys);
  std::vector<api::iam::Tag> tag_list(const std::string& owner_id);
  void check_boundary(const std::optional<std::string>& policy_arn);
  void check_trust_policy(const Context& context, const std::string& document);
  void refuse_owner_with_policies(const std::string& owner_id);
  void delete_owner_rows(const std::string& owner_id);

  api::iam::User user_answer(const User& user, bool with_details);
  api::iam::Role role_answer(const Role& role, bool with_details);
  api::iam::InstanceProfile profile_answer(const Profile& profile, bool with_tags);
  api::iam::Policy policy_answer(const ManagedPolicyRow& policy, bool with_details);

  Directory& directory_;
};

// "/", or begins and ends with a slash.
bool path_matches(const std::string& path, const std::optional<std::string>& prefix);

}  // namespace squall::services::iam
