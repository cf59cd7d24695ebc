// The ciphertext blob: which key and which version of its material sealed it, then AES-256-GCM.
//
//   "SqK" 0x01 | 16 bytes key id | 4 bytes material version, big endian | 12 bytes nonce | ciphertext | 16
//   bytes tag
//
// The header and the encryption context are authenticated, not stored: opening needs the same context, in
// whatever order its pairs come (https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html).
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/services/kms/key.hpp"

namespace squall::services::kms {

using EncryptionContext = std::map<std::string, std::string>;

struct CiphertextHeader {
  std::string key_id;  // a UUID as text
  std::uint32_t material_version = 0;
};

// Nothing for what seal() cannot have made.
std::optional<CiphertextHeader> read_header(std::string_view blob);

// The nonce is 12 bytes, never used twice with one key.
std::string seal(const std::string& key_id, const Material& material, std::string_view nonce,
                 std::string_view plaintext, const EncryptionContext& context);

// Nothing if the blob was changed, or sealed by other material or with another context.
std::optional<std::string> open(const Material& material, std::string_view blob,
                                const EncryptionContext& context);

}  // namespace squall::services::kms
