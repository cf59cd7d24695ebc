// Ciphertext blobs of any making: what opens is, byte for byte, what sealing its plaintext again gives.
#include <cstdlib>

#include "emulator/services/kms/ciphertext.hpp"

namespace kms = squall::services::kms;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string_view blob(reinterpret_cast<const char*>(data), size);
  const kms::EncryptionContext context{{"app", "vault"}};
  // The corpus was sealed with this.
  kms::Material material{3, "id", std::string(32, 'k')};
  auto header = kms::read_header(blob);
  auto plaintext = kms::open(material, blob, context);
  if (plaintext && !header) std::abort();
  if (!plaintext) return 0;
  constexpr std::size_t nonce_at = 24, nonce_size = 12;
  material.version = header->material_version;
  if (kms::seal(header->key_id, material, blob.substr(nonce_at, nonce_size), *plaintext, context) != blob)
    std::abort();
  return 0;
}
