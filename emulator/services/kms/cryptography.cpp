// Encrypt, Decrypt, ReEncrypt, GenerateDataKey(WithoutPlaintext), GenerateRandom
// (https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html and its neighbours).
#include "emulator/services/kms/errors.hpp"
#include "emulator/services/kms/service.hpp"

namespace squall::services::kms {
namespace {

constexpr std::size_t nonce_size = 12;

const EncryptionContext& or_empty(const std::optional<EncryptionContext>& context) {
  static const EncryptionContext empty;
  return context ? *context : empty;
}

void require_usable(const Key& key) {
  if (key.state == KeyState::disabled) throw disabled(key);
  if (key.state == KeyState::pending_deletion) throw invalid_state(key, "pending deletion");
}

void check_algorithm(const std::optional<std::string>& algorithm) {
  if (algorithm && *algorithm != symmetric_default)
    throw invalid_key_usage("Algorithm " + *algorithm + " and key spec SYMMETRIC_DEFAULT do not match.");
}

const std::string& require_blob(const std::optional<std::string>& blob) {
  if (!blob) throw constraint("null", "ciphertextBlob", "Member must not be null");
  return *blob;
}

void stop_dry_run(const std::optional<bool>& wanted) {
  if (wanted.value_or(false)) throw dry_run();
}

std::size_t data_key_size(const std::optional<std::string>& spec, const std::optional<std::int64_t>& bytes) {
  if (spec.has_value() == bytes.has_value())
    throw base::AwsError::validation("Please specify either number of bytes or key spec.");
  if (bytes) return static_cast<std::size_t>(*bytes);
  return *spec == "AES_128" ? 16 : 32;
}

}  // namespace

std::string Service::seal_with(const Key& key, std::string_view plaintext, const EncryptionContext& context) {
  return seal(key.id, key.current(), entropy_.bytes(nonce_size), plaintext, context);
}

// A key that the request names must be there and must be the one in the blob; then its state counts; only
// then is the blob itself looked into.
Service::Opened Service::open_blob(const wire::RequestContext& context, const std::string& blob,
                                   const std::optional<std::string>& key_id,
                                   const EncryptionContext& encryption_context) {
  KeyPtr named = key_id ? any_key(context, *key_id) : KeyPtr();
  auto header = read_header(blob);
  if (!header) throw invalid_ciphertext();
  if (named && named->id != header->key_id) throw incorrect_key();
  KeyPtr key = named ? named : keys_.find(context.region, header->key_id);
  if (!key) throw unknown_ciphertext_key();
  require_usable(*key);
  const Material* material = key->material(header->material_version);
  auto plaintext = material ? open(*material, blob, encryption_context) : std::nullopt;
  if (!plaintext) throw invalid_ciphertext();
  return {key, material, std::move(*plaintext)};
}

api::kms::EncryptResponse Service::encrypt(const wire::RequestContext& context,
                                           const api::kms::EncryptRequest& input) {
  KeyPtr key = any_key(context, input.key_id);
  check_algorithm(input.encryption_algorithm);
  require_usable(*key);
  stop_dry_run(input.dry_run);

  return {.ciphertext_blob = seal_with(*key, input.plaintext, or_empty(input.encryption_context)),
          .key_id = key->arn(),
          .encryption_algorithm = std::string(symmetric_default)};
}

api::kms::DecryptResponse Service::decrypt(const wire::RequestContext& context,
                                           const api::kms::DecryptRequest& input) {
  check_algorithm(input.encryption_algorithm);
  Opened opened = open_blob(context, require_blob(input.ciphertext_blob), input.key_id,
                            or_empty(input.encryption_context));
  stop_dry_run(input.dry_run);

  return {.key_id = opened.key->arn(),
          .plaintext = std::move(opened.plaintext),
          .encryption_algorithm = std::string(symmetric_default),
          .key_material_id = opened.material->id};
}

api::kms::ReEncryptResponse Service::re_encrypt(const wire::RequestContext& context,
                                                const api::kms::ReEncryptRequest& input) {
  check_algorithm(input.source_encryption_algorithm);
  check_algorithm(input.destination_encryption_algorithm);
  Opened opened = open_blob(context, require_blob(input.ciphertext_blob), input.source_key_id,
                            or_empty(input.source_encryption_context));
  KeyPtr destination = any_key(context, input.destination_key_id);
  require_usable(*destination);
  stop_dry_run(input.dry_run);

  return {.ciphertext_blob =
              seal_with(*destination, opened.plaintext, or_empty(input.destination_encryption_context)),
          .source_key_id = opened.key->arn(),
          .key_id = destination->arn(),
          .source_encryption_algorithm = std::string(symmetric_default),
          .destination_encryption_algorithm = std::string(symmetric_default),
          .source_key_material_id = opened.material->id,
          .destination_key_material_id = destination->current().id};
}

api::kms::GenerateDataKeyResponse Service::generate_data_key(const wire::RequestContext& context,
                                                             const api::kms::GenerateDataKeyRequest& input) {
  std::size_t size = data_key_size(input.key_spec, input.number_of_bytes);
  KeyPtr key = any_key(context, input.key_id);
  require_usable(*key);
  stop_dry_run(input.dry_run);

  std::string plaintext = entropy_.bytes(size);
  std::string blob = seal_with(*key, plaintext, or_empty(input.encryption_context));
  return {.ciphertext_blob = std::move(blob),
          .plaintext = std::move(plaintext),
          .key_id = key->arn(),
          .key_material_id = key->current().id};
}

api::kms::GenerateDataKeyWithoutPlaintextResponse Service::generate_data_key_without_plaintext(
    const wire::RequestContext& context, const api::kms::GenerateDataKeyWithoutPlaintextRequest& input) {
  api::kms::GenerateDataKeyRequest same{.key_id = input.key_id,
                                        .encryption_context = input.encryption_context,
                                        .number_of_bytes = input.number_of_bytes,
                                        .key_spec = input.key_spec,
                                        .dry_run = input.dry_run};
  auto made = generate_data_key(context, same);
  return {.ciphertext_blob = std::move(made.ciphertext_blob),
          .key_id = std::move(made.key_id),
          .key_material_id = std::move(made.key_material_id)};
}

api::kms::GenerateRandomResponse Service::generate_random(const wire::RequestContext&,
                                                          const api::kms::GenerateRandomRequest& input) {
  if (!input.number_of_bytes) throw base::AwsError::validation("NumberOfBytes is required.");
  return {.plaintext = entropy_.bytes(static_cast<std::size_t>(*input.number_of_bytes))};
}

}  // namespace squall::services::kms
