// The security barrier (vault/barrier_aes_gcm.go): everything that Vault stores passes through it, sealed
// with AES-256-GCM under the key ring's active key, bound to its path. An entry is term (4 bytes, big
// endian), version 2, nonce (12 bytes), ciphertext and tag.
#pragma once
#include "emulator/world/entropy.hpp"
#include "emulator/world/scheduler.hpp"
#include "harness/vault/barrier/keyring.hpp"
#include "harness/vault/storage/physical.hpp"

namespace squall::vault {

struct BarrierError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// One sealed entry; `parse_entry` answers nothing for bytes that cannot be one.
struct SealedEntry {
  std::uint32_t term = 0;
  std::string nonce, sealed;
};
std::optional<SealedEntry> parse_entry(std::string_view bytes);

class Barrier {
 public:
  Barrier(Physical& physical, world::Entropy& entropy, world::Scheduler& scheduler)
      : physical_(physical), entropy_(entropy), scheduler_(scheduler) {}

  // True once a key ring is stored, whether or not the rest of the initialisation came to its end.
  world::Task<bool> initialized();
  // Writes core/keyring, then core/master, then core/shamir-kek if `shamir_kek` is not empty. Stays sealed.
  world::Task<> initialize(std::string root_key, std::string shamir_kek);
  // Throws BarrierError when the root key does not open the key ring.
  world::Task<> unseal(std::string root_key);
  void seal() { keyring_.reset(); }
  bool sealed() const { return !keyring_; }

  // Adds a key of a new term; older entries stay readable.
  world::Task<> rotate();
  // The key ring is stored again under that root key.
  world::Task<> replace_root_key(std::string root_key);
  const Keyring& keyring() const { return *keyring_; }

  // Throw BarrierError "Vault is sealed" when sealed, and when an entry does not open.
  world::Task<> put(std::string key, std::string value);
  world::Task<std::optional<std::string>> get(std::string key);
  world::Task<> remove(std::string key);
  world::Task<std::vector<std::string>> list(std::string prefix);
  // A text sealed as an entry of that path is, and opened again, without being stored. Nothing for bytes that
  // do not open.
  std::string seal_text(const std::string& path, const std::string& text);
  std::optional<std::string> open_text(const std::string& path, const std::string& bytes) const;

 private:
  std::string seal_entry(std::uint32_t term, const std::string& key, const std::string& path,
                         const std::string& text);
  world::Task<> persist_keyring(Keyring ring);

  Physical& physical_;
  world::Entropy& entropy_;
  world::Scheduler& scheduler_;
  std::optional<Keyring> keyring_;
};

// A part of the barrier's tree, as a mount sees its storage.
class View {
 public:
  View(Barrier& barrier, std::string prefix) : barrier_(&barrier), prefix_(std::move(prefix)) {}
  world::Task<> put(std::string key, std::string value) const {
    return barrier_->put(prefix_ + key, std::move(value));
  }
  world::Task<std::optional<std::string>> get(std::string key) const { return barrier_->get(prefix_ + key); }
  world::Task<> remove(std::string key) const { return barrier_->remove(prefix_ + key); }
  world::Task<std::vector<std::string>> list(std::string prefix) const {
    return barrier_->list(prefix_ + prefix);
  }
  std::string seal_text(const std::string& text) const { return barrier_->seal_text(prefix_, text); }
  std::optional<std::string> open_text(const std::string& bytes) const {
    return barrier_->open_text(prefix_, bytes);
  }
  // Removes everything below.
  world::Task<> clear() const;

 private:
  Barrier* barrier_;
  std::string prefix_;
};

}  // namespace squall::vault
