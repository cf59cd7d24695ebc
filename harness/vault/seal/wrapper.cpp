#include "harness/vault/seal/wrapper.hpp"

#include "emulator/base/crypto.hpp"

namespace squall::vault {
namespace {

constexpr std::size_t nonce_size = 12, key_size = 32;

}  // namespace

void ShamirWrapper::set_key(std::string key) {
  if (key.size() != 16 && key.size() != 24 && key.size() != key_size)
    throw SealError("crypto/aes: invalid key size " + std::to_string(key.size()));
  key_ = std::move(key);
}

world::Task<BlobInfo> ShamirWrapper::encrypt(std::string plaintext) {
  if (key_.size() != key_size) throw SealError("aead is not configured in the seal");
  const std::string nonce = entropy_.bytes(nonce_size);
  BlobInfo blob;
  blob.ciphertext = nonce + base::aes_gcm_seal(key_, nonce, plaintext, "");
  co_return blob;
}

world::Task<std::string> ShamirWrapper::decrypt(BlobInfo blob) {
  if (key_.empty()) throw SealError("aead is not configured in the seal");
  if (blob.ciphertext.size() < nonce_size) throw SealError("given ciphertext is too short");
  const std::string_view sealed = blob.ciphertext;
  // All that is stored was sealed with 32 bytes: a shorter key is a wrong one.
  std::optional<std::string> text;
  if (key_.size() == key_size)
    text = base::aes_gcm_open(key_, sealed.substr(0, nonce_size), sealed.substr(nonce_size), "");
  if (!text) throw SealError("cipher: message authentication failed");
  co_return std::move(*text);
}

}  // namespace squall::vault
