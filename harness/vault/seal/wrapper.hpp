// What keeps the barrier's root key from who has only the disk (vault/seal.go, go-kms-wrapping): the
// operators' combined shares (Shamir), or a key in AWS KMS.
#pragma once
#include <stdexcept>
#include <string>

#include "emulator/world/entropy.hpp"
#include "emulator/world/task.hpp"
#include "harness/vault/seal/blob_info.hpp"

namespace squall::vault {

// The message is as Vault prints it, from "error encrypting data: ..." on.
struct SealError : std::runtime_error {
  explicit SealError(const std::string& what, bool whose_key = false)
      : std::runtime_error(what), invalid_key(whose_key) {}
  // The same with words before it.
  SealError after(const std::string& words) const { return SealError(words + what(), invalid_key); }

  bool invalid_key;  // what the operator gave is to blame (ErrInvalidKey), not the seal
};

class Wrapper {
 public:
  virtual ~Wrapper() = default;
  virtual std::string type() const = 0;  // "shamir", "awskms"
  // True when the node unseals itself with keys that the wrapper opens.
  virtual bool automatic() const = 0;
  // Throw SealError.
  virtual world::Task<BlobInfo> encrypt(std::string plaintext) = 0;
  virtual world::Task<std::string> decrypt(BlobInfo blob) = 0;
  // The id of the key that encrypted last; empty before that.
  virtual std::string key_id() const = 0;
};

// AES-256-GCM under the key that the shares combine to (wrappers/aead): the nonce leads the ciphertext.
class ShamirWrapper final : public Wrapper {
 public:
  explicit ShamirWrapper(world::Entropy& entropy) : entropy_(entropy) {}
  std::string type() const override { return "shamir"; }
  bool automatic() const override { return false; }
  // Any of AES's three lengths; throws SealError for others.
  void set_key(std::string key);
  void forget_key() { key_.clear(); }
  world::Task<BlobInfo> encrypt(std::string plaintext) override;
  world::Task<std::string> decrypt(BlobInfo blob) override;
  std::string key_id() const override { return {}; }

 private:
  world::Entropy& entropy_;
  std::string key_;
};

}  // namespace squall::vault
