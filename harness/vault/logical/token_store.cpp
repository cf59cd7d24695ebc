#include "harness/vault/logical/token_store.hpp"

#include <algorithm>

#include "emulator/base/crypto.hpp"
#include "emulator/base/encoding.hpp"
#include "emulator/base/spans.hpp"
#include "harness/vault/logical/stored_record.hpp"

namespace squall::vault {
namespace {

// A root token is "hvs." and 24 characters; others carry 91, of which Vault's begin with the same five (the
// header of the message that they encode).
constexpr std::size_t root_characters = 24, service_characters = 86;
constexpr std::string_view service_head = "CAESI";
constexpr std::string_view batch_prefix = "hvb.";

}  // namespace

bool TokenEntry::root() const {
  return std::find(policies.begin(), policies.end(), "root") != policies.end();
}

std::optional<Time> TokenEntry::expires() const {
  if (ttl_s == 0) return std::nullopt;
  return base::later(last_renewal.value_or(issued), base::whole_seconds(ttl_s));
}

template <class Visit>
void each_member(TokenEntry& entry, Visit&& visit) {
  visit("id", entry.id);
  visit("accessor", entry.accessor);
  visit("parent", entry.parent);
  visit("path", entry.path);
  visit("display_name", entry.display_name);
  visit("entity_id", entry.entity_id);
  visit("policies", entry.policies);
  visit("meta", entry.meta);
  visit("created", entry.created);
  visit("issued", entry.issued);
  visit("ttl", entry.ttl_s);
  visit("creation_ttl", entry.creation_ttl_s);
  visit("explicit_max_ttl", entry.explicit_max_ttl_s);
  visit("period", entry.period_s);
  visit("num_uses", entry.num_uses);
  visit("renewable", entry.renewable);
  visit("last_renewal", entry.last_renewal);
}

std::string TokenStore::hashed(const std::string& text) const {
  return "h" + base::hex_encode(base::hmac_sha256(salt_, text));
}

world::Task<> TokenStore::load() {
  const std::optional<std::string> stored = co_await view_.get("salt");
  if (stored) {
    salt_ = *stored;
    co_return;
  }
  salt_ = world_.entropy.uuid();
  co_await view_.put("salt", salt_);
}

world::Task<TokenEntry> TokenStore::create(TokenEntry entry, bool root_form) {
  if (entry.id.empty())
    entry.id =
        "hvs." + (root_form ? world_.entropy.text(root_characters, base62)
                            : std::string(service_head) + world_.entropy.text(service_characters, base62));
  entry.accessor = world_.entropy.text(24, base62);
  entry.created = entry.issued = world_.scheduler.now();
  // A crash between the writes leaves an index of a token that is not there, never a token without its
  // indexes.
  const std::string hash = hashed(entry.id);
  const Json index = {{"hash", hash}, {"accessor", entry.accessor}};
  co_await view_.put("accessor/" + hashed(entry.accessor), index.dump());
  if (!entry.parent.empty()) co_await view_.put("parent/" + hashed(entry.parent) + "/" + hash, "{}");
  co_await store(entry);
  co_return entry;
}

TokenEntry TokenStore::create_batch(TokenEntry entry) {
  entry.batch = true;
  entry.created = entry.issued = world_.scheduler.now();
  entry.id = std::string(batch_prefix) + base::base64url_encode(view_.seal_text(stored_record(entry).dump()));
  return entry;
}

std::optional<TokenEntry> TokenStore::open_batch(const std::string& id) const {
  const std::optional<std::string> sealed = base::base64url_decode(id.substr(batch_prefix.size()));
  const std::optional<std::string> text = sealed ? view_.open_text(*sealed) : std::nullopt;
  if (!text) return std::nullopt;
  TokenEntry entry = record_from<TokenEntry>(Json::parse(*text));
  entry.id = id;
  entry.batch = true;
  if (*entry.expires() <= world_.scheduler.now()) return std::nullopt;
  return entry;
}

world::Task<> TokenStore::store(TokenEntry entry) {
  co_await view_.put("id/" + hashed(entry.id), stored_record(entry).dump());
}

world::Task<std::optional<TokenEntry>> TokenStore::read(std::string hash) {
  const std::optional<std::string> stored = co_await view_.get("id/" + hash);
  if (!stored) co_return std::nullopt;
  TokenEntry entry = record_from<TokenEntry>(Json::parse(*stored));
  const std::optional<Time> expires = entry.expires();
  if (expires && *expires <= world_.scheduler.now()) {
    co_await revoke(entry.id);
    co_return std::nullopt;
  }
  co_return entry;
}

world::Task<std::optional<TokenEntry>> TokenStore::find(std::string id) {
  if (id.empty()) co_return std::nullopt;
  if (id.starts_with(batch_prefix)) co_return open_batch(id);
  co_return co_await read(hashed(id));
}

world::Task<std::optional<TokenEntry>> TokenStore::find_accessor(std::string accessor) {
  const std::optional<std::string> stored = co_await view_.get("accessor/" + hashed(accessor));
  if (!stored) co_return std::nullopt;
  const std::string hash = Json::parse(*stored).at("hash");
  co_return co_await read(hash);
}

world::Task<> TokenStore::use(TokenEntry entry) {
  if (entry.num_uses <= 1) co_return;
  --entry.num_uses;
  co_await store(entry);
}

world::Task<> TokenStore::erase(TokenEntry entry) {
  if (clean_up_) co_await clean_up_(hashed(entry.id));
  co_await view_.remove("id/" + hashed(entry.id));
  co_await view_.remove("accessor/" + hashed(entry.accessor));
  if (!entry.parent.empty()) co_await view_.remove("parent/" + hashed(entry.parent) + "/" + hashed(entry.id));
}

world::Task<> TokenStore::revoke(std::string id, bool with_children) {
  std::vector<std::string> hashes{hashed(id)};
  for (std::size_t at = 0; at < hashes.size(); ++at) {  // children are appended as they are found
    const std::string hash = hashes[at];
    const std::vector<std::string> children = co_await view_.list("parent/" + hash + "/");
    for (const std::string& child : children) {
      if (with_children) {
        hashes.push_back(child);
        continue;
      }
      const std::optional<std::string> stored = co_await view_.get("id/" + child);
      co_await view_.remove("parent/" + hash + "/" + child);
      if (!stored) continue;
      TokenEntry orphan = record_from<TokenEntry>(Json::parse(*stored));
      orphan.parent.clear();
      co_await store(orphan);
    }
    const std::optional<std::string> stored = co_await view_.get("id/" + hash);
    if (!stored) continue;
    const TokenEntry entry = record_from<TokenEntry>(Json::parse(*stored));
    co_await erase(entry);
  }
}

world::Task<> TokenStore::revoke_prefix(std::string path_prefix) {
  const std::vector<std::string> hashes = co_await view_.list("id/");
  for (const std::string& hash : hashes) {
    const std::optional<std::string> stored = co_await view_.get("id/" + hash);
    if (!stored) continue;
    const TokenEntry entry = record_from<TokenEntry>(Json::parse(*stored));
    if (entry.path.starts_with(path_prefix)) co_await revoke(entry.id);
  }
}

world::Task<std::vector<std::string>> TokenStore::accessors() {
  std::vector<std::string> result;
  const std::vector<std::string> hashes = co_await view_.list("accessor/");
  for (const std::string& hash : hashes) {
    const std::optional<std::string> stored = co_await view_.get("accessor/" + hash);
    if (stored) result.push_back(Json::parse(*stored).at("accessor"));
  }
  co_return result;
}

}  // namespace squall::vault
