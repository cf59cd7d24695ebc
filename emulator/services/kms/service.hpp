// AWS Key Management Service, symmetric encryption keys
// (https://docs.aws.amazon.com/kms/latest/APIReference/).
//
// Keys are real AES-256 keys drawn from world::Entropy and kept in the store; a key that is scheduled for
// deletion goes by a timer of the world, armed again from the stored date after a restart. Grants,
// asymmetric, HMAC, imported and multi-Region keys and custom key stores are refused by name.
#pragma once
#include <vector>

#include "emulator/auth/interfaces.hpp"
#include "emulator/auth/policy.hpp"
#include "emulator/services/kms/ciphertext.hpp"
#include "emulator/services/kms/key_store.hpp"
#include "emulator/services/kms/reference.hpp"
#include "emulator/wire/value.hpp"
#include "emulator/world/entropy.hpp"
#include "emulator/world/scheduler.hpp"
#include "squall/api/kms.hpp"

namespace squall::services::kms {

class Service final : public api::kms::Api {
 public:
  // `authorizer` is asked whether a new key policy would lock its author out, `principals` whether those that
  // it names exist; null: nobody asks. All that is passed outlives the service.
  Service(world::Scheduler& scheduler, world::Entropy& entropy, store::Database& database,
          auth::Authorizer* authorizer, auth::PrincipalDirectory* principals = nullptr);
  ~Service() override;
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  // What the gateway is to have allowed before it calls the operation; `input` was decoded, not yet
  // validated.
  std::vector<auth::Authorization> authorizations(const wire::RequestContext& context,
                                                  const wire::Operation& operation, const wire::Value& input);

  // keys.cpp
  api::kms::CreateKeyResponse create_key(const wire::RequestContext&,
                                         const api::kms::CreateKeyRequest&) override;
  api::kms::DescribeKeyResponse describe_key(const wire::RequestContext&,
                                             const api::kms::DescribeKeyRequest&) override;
  api::kms::ListKeysResponse list_keys(const wire::RequestContext&,
                                       const api::kms::ListKeysRequest&) override;
  void update_key_description(const wire::RequestContext&,
                              const api::kms::UpdateKeyDescriptionRequest&) override;
  // lifecycle.cpp
  void enable_key(const wire::RequestContext&, const api::kms::EnableKeyRequest&) override;
  void disable_key(const wire::RequestContext&, const api::kms::DisableKeyRequest&) override;
  api::kms::ScheduleKeyDeletionResponse schedule_key_deletion(
      const wire::RequestContext&, const api::kms::ScheduleKeyDeletionRequest&) override;
  api::kms::CancelKeyDeletionResponse cancel_key_deletion(const wire::RequestContext&,
                                                          const api::kms::CancelKeyDeletionRequest&) override;
  // cryptography.cpp
  api::kms::EncryptResponse encrypt(const wire::RequestContext&, const api::kms::EncryptRequest&) override;
  api::kms::DecryptResponse decrypt(const wire::RequestContext&, const api::kms::DecryptRequest&) override;
  api::kms::ReEncryptResponse re_encrypt(const wire::RequestContext&,
                                         const api::kms::ReEncryptRequest&) override;
  api::kms::GenerateDataKeyResponse generate_data_key(const wire::RequestContext&,
                                                      const api::kms::GenerateDataKeyRequest&) override;
  api::kms::GenerateDataKeyWithoutPlaintextResponse generate_data_key_without_plaintext(
      const wire::RequestContext&, const api::kms::GenerateDataKeyWithoutPlaintextRequest&) override;
  api::kms::GenerateRandomResponse generate_random(const wire::RequestContext&,
                                                   const api::kms::GenerateRandomRequest&) override;
  // aliases.cpp
  void create_alias(const wire::RequestContext&, const api::kms::CreateAliasRequest&) override;
  void update_alias(const wire::RequestContext&, const api::kms::UpdateAliasRequest&) override;
  void delete_alias(const wire::RequestContext&, const api::kms::DeleteAliasRequest&) override;
  api::kms::ListAliasesResponse list_aliases(const wire::RequestContext&,
                                             const api::kms::ListAliasesRequest&) override;
  // policies.cpp
  void put_key_policy(const wire::RequestContext&, const api::kms::PutKeyPolicyRequest&) override;
  api::kms::GetKeyPolicyResponse get_key_policy(const wire::RequestContext&,
                                                const api::kms::GetKeyPolicyRequest&) override;
  api::kms::ListKeyPoliciesResponse list_key_policies(const wire::RequestContext&,
                                                      const api::kms::ListKeyPoliciesRequest&) override;
  // tags.cpp
  void tag_resource(const wire::RequestContext&, const api::kms::TagResourceRequest&) override;
  void untag_resource(const wire::RequestContext&, const api::kms::UntagResourceRequest&) override;
  api::kms::ListResourceTagsResponse list_resource_tags(const wire::RequestContext&,
                                                        const api::kms::ListResourceTagsRequest&) override;

 private:
  // Null if there is none.
  KeyPtr look_up(const Reference& reference);
  // Of operations that take aliases, and keys of other accounts; throws NotFoundException.
  KeyPtr any_key(const wire::RequestContext& context, const std::string& key_id);
  // Of operations that take key ids and key ARNs of the own account alone.
  KeyPtr own_key(const wire::RequestContext& context, const std::string& key_id);
  // The same, of operations that a key pending deletion refuses.
  KeyPtr changeable_key(const wire::RequestContext& context, const std::string& key_id);

  struct Opened {
    KeyPtr key;
    const Material* material;
    std::string plaintext;
  };
  Opened open_blob(const wire::RequestContext& context, const std::string& blob,
                   const std::optional<std::string>& key_id, const EncryptionContext& encryption_context);
  std::string seal_with(const Key& key, std::string_view plaintext, const EncryptionContext& context);

  void check_principals(const std::string& account, const auth::Policy& policy);
  void check_policy(const wire::RequestContext& context, const std::string& key_arn,
                    const std::string& policy, bool bypass_lockout_check);
  auth::Authorization authorization(const wire::RequestContext& context, std::string action,
                                    const KeyPtr& key);
  auth::Authorization authorization(const wire::RequestContext& context, std::string action,
                                    const std::string& key_id);
  std::vector<auth::Authorization> alias_authorizations(const wire::RequestContext& context,
                                                        const std::string& action, const wire::Value& input);
  std::vector<auth::Authorization> create_authorizations(const wire::RequestContext& context,
                                                         const wire::Value& input);
  auth::Authorization blob_authorization(const wire::RequestContext& context, std::string action,
                                         const std::string& blob, const std::string& key_id);

  void arm_deletion();
  void delete_due_keys();

  world::Scheduler& scheduler_;
  world::Entropy& entropy_;
  auth::Authorizer* authorizer_;
  auth::PrincipalDirectory* principals_;
  KeyStore keys_;
  world::TimerId deletion_timer_ = 0;
};

// Checks what CreateKey and TagResource are given; throws TagException, LimitExceededException.
std::vector<Tag> checked_tags(const std::vector<api::kms::Tag>& tags);
// The policy that AWS gives a key that is made without one.
std::string default_policy(const std::string& account);

}  // namespace squall::services::kms
