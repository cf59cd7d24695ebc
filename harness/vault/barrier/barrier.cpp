#include "harness/vault/barrier/barrier.hpp"

#include <nlohmann/json.hpp>

#include "emulator/base/crypto.hpp"
#include "emulator/base/encoding.hpp"

namespace squall::vault {
namespace {

constexpr std::string_view keyring_path = "core/keyring";
constexpr std::string_view root_key_path = "core/master";
constexpr std::string_view shamir_kek_path = "core/shamir-kek";
constexpr std::uint32_t initial_term = 1;  // of the key ring's own entry, which the root key seals
constexpr char entry_version = 2;          // AES-GCM with the path as associated data
constexpr std::size_t header_size = 5, nonce_size = 12, tag_size = 16;

std::string key_entry(std::uint32_t term, const std::string& key) {
  return nlohmann::ordered_json{{"Term", term}, {"Version", 1}, {"Value", base::base64_encode(key)}}.dump();
}

}  // namespace

std::optional<SealedEntry> parse_entry(std::string_view bytes) {
  if (bytes.size() < header_size + nonce_size + tag_size || bytes[4] != entry_version) return std::nullopt;
  SealedEntry entry;
  for (int i = 0; i < 4; ++i)
    entry.term = entry.term << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
  entry.nonce = bytes.substr(header_size, nonce_size);
  entry.sealed = bytes.substr(header_size + nonce_size);
  return entry;
}

std::string Barrier::seal_entry(std::uint32_t term, const std::string& key, const std::string& path,
                                const std::string& text) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(term >> shift & 0xFF);
  bytes += entry_version;
  const std::string nonce = entropy_.bytes(nonce_size);
  return bytes + nonce + base::aes_gcm_seal(key, nonce, text, path);
}

world::Task<bool> Barrier::initialized() {
  if (keyring_) co_return true;
  const std::vector<std::string> names = co_await physical_.list("core/");
  for (const std::string& name : names)
    if (name == "keyring") co_return true;
  co_return false;
}

world::Task<> Barrier::persist_keyring(Keyring ring) {
  const std::string keyring_entry =
      seal_entry(initial_term, ring.root_key, std::string(keyring_path), ring.serialise());
  co_await physical_.put(std::string(keyring_path), keyring_entry);
  const std::uint32_t term = ring.active_term();
  const std::string root_entry =
      seal_entry(term, ring.keys.at(term).value, std::string(root_key_path), key_entry(term, ring.root_key));
  co_await physical_.put(std::string(root_key_path), root_entry);
}

world::Task<> Barrier::initialize(std::string root_key, std::string shamir_kek) {
  Keyring ring;
  ring.root_key = root_key;
  ring.keys[initial_term] = {entropy_.bytes(32), scheduler_.now(), 0};
  co_await persist_keyring(ring);
  if (!shamir_kek.empty()) {
    const std::string entry =
        seal_entry(initial_term, ring.keys.at(initial_term).value, std::string(shamir_kek_path), shamir_kek);
    co_await physical_.put(std::string(shamir_kek_path), entry);
  }
}

world::Task<> Barrier::unseal(std::string root_key) {
  const std::optional<std::string> stored = co_await physical_.get(std::string(keyring_path));
  if (!stored) throw BarrierError("Vault is not initialized");
  const std::optional<SealedEntry> entry = parse_entry(*stored);
  if (!entry) throw BarrierError("keyring entry is malformed");
  const std::optional<std::string> text =
      base::aes_gcm_open(root_key, entry->nonce, entry->sealed, keyring_path);
  if (!text) throw BarrierError("Unseal failed, invalid key");
  std::optional<Keyring> ring = Keyring::parse(*text);
  if (!ring) throw BarrierError("keyring deserialization failed");
  keyring_ = std::move(ring);
}

world::Task<> Barrier::rotate() {
  if (!keyring_) throw BarrierError("Vault is sealed");
  Keyring ring = *keyring_;
  // Its first use is the root key's own entry.
  ring.keys[ring.active_term() + 1] = {entropy_.bytes(32), scheduler_.now(), 1};
  co_await persist_keyring(ring);
  keyring_ = std::move(ring);
}

world::Task<> Barrier::replace_root_key(std::string root_key) {
  if (!keyring_) throw BarrierError("Vault is sealed");
  Keyring ring = *keyring_;
  ring.root_key = std::move(root_key);
  co_await persist_keyring(ring);
  keyring_ = std::move(ring);
}

world::Task<> Barrier::put(std::string key, std::string value) {
  if (!keyring_) throw BarrierError("Vault is sealed");
  const std::uint32_t term = keyring_->active_term();
  ++keyring_->keys[term].encryptions;
  const std::string entry = seal_entry(term, keyring_->keys[term].value, key, value);
  co_await physical_.put(key, entry);
}

world::Task<std::optional<std::string>> Barrier::get(std::string key) {
  if (!keyring_) throw BarrierError("Vault is sealed");
  const std::optional<std::string> stored = co_await physical_.get(key);
  if (!stored) co_return std::nullopt;
  if (!keyring_) throw BarrierError("Vault is sealed");  // sealed while it waited
  const std::optional<SealedEntry> entry = parse_entry(*stored);
  if (!entry) throw BarrierError("decryption failed: entry \"" + key + "\" is malformed");
  const auto found = keyring_->keys.find(entry->term);
  if (found == keyring_->keys.end())
    throw BarrierError("no decryption key available for term " + std::to_string(entry->term));
  std::optional<std::string> text = base::aes_gcm_open(found->second.value, entry->nonce, entry->sealed, key);
  if (!text) throw BarrierError("decryption failed: cipher: message authentication failed");
  co_return text;
}

world::Task<> Barrier::remove(std::string key) {
  if (!keyring_) throw BarrierError("Vault is sealed");
  co_await physical_.remove(key);
}

world::Task<std::vector<std::string>> Barrier::list(std::string prefix) {
  if (!keyring_) throw BarrierError("Vault is sealed");
  co_return co_await physical_.list(prefix);
}

std::string Barrier::seal_text(const std::string& path, const std::string& text) {
  if (!keyring_) throw BarrierError("Vault is sealed");
  const std::uint32_t term = keyring_->active_term();
  ++keyring_->keys[term].encryptions;
  return seal_entry(term, keyring_->keys[term].value, path, text);
}

std::optional<std::string> Barrier::open_text(const std::string& path, const std::string& bytes) const {
  if (!keyring_) throw BarrierError("Vault is sealed");
  const std::optional<SealedEntry> entry = parse_entry(bytes);
  const auto key = entry ? keyring_->keys.find(entry->term) : keyring_->keys.end();
  if (key == keyring_->keys.end()) return std::nullopt;
  return base::aes_gcm_open(key->second.value, entry->nonce, entry->sealed, path);
}

world::Task<> View::clear() const {
  std::vector<std::string> directories{""};
  while (!directories.empty()) {
    const std::string directory = directories.back();
    directories.pop_back();
    const std::vector<std::string> names = co_await list(directory);
    for (const std::string& name : names) {
      if (name.ends_with('/')) {
        directories.push_back(directory + name);
      } else {
        co_await remove(directory + name);
      }
    }
  }
}

}  // namespace squall::vault
