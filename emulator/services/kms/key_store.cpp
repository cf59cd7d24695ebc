#include "emulator/services/kms/key_store.hpp"

#include <stdexcept>

namespace squall::services::kms {
namespace {

const store::Schema schema{"kms", {R"(
CREATE TABLE kms_key(
  key_id TEXT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, description TEXT NOT NULL,
  state TEXT NOT NULL, created INTEGER NOT NULL, deletion INTEGER, policy TEXT NOT NULL) STRICT;
CREATE INDEX kms_key_by_place ON kms_key(account, region, key_id);
CREATE INDEX kms_key_by_deletion ON kms_key(deletion) WHERE deletion IS NOT NULL;
CREATE TABLE kms_material(
  key_id TEXT NOT NULL, version INTEGER NOT NULL, material_id TEXT NOT NULL, bytes BLOB NOT NULL,
  PRIMARY KEY(key_id, version)) STRICT;
CREATE TABLE kms_alias(
  account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, key_id TEXT NOT NULL,
  created INTEGER NOT NULL, updated INTEGER NOT NULL, PRIMARY KEY(account, region, name)) STRICT;
CREATE INDEX kms_alias_by_key ON kms_alias(key_id);
CREATE TABLE kms_tag(
  key_id TEXT NOT NULL, tag_key TEXT NOT NULL, tag_value TEXT NOT NULL, PRIMARY KEY(key_id, tag_key)) STRICT;
)"}};

}  // namespace

std::string_view state_text(KeyState state) {
  switch (state) {
    case KeyState::enabled:
      return "Enabled";
    case KeyState::disabled:
      return "Disabled";
    case KeyState::pending_deletion:
      return "PendingDeletion";
  }
  throw std::logic_error("no such key state");
}

KeyState state_from_text(std::string_view text) {
  for (KeyState state : {KeyState::enabled, KeyState::disabled, KeyState::pending_deletion})
    if (state_text(state) == text) return state;
  throw store::StoreError(store::StoreError::Kind::corrupt, "unknown key state: " + std::string(text));
}

KeyStore::KeyStore(store::Database& database) : database_(database) { database_.apply(schema); }

void KeyStore::forget() {
  keys_.clear();
  alias_targets_.clear();
}

KeyPtr KeyStore::find(const std::string& region, const std::string& key_id) {
  auto found = keys_.find(key_id);
  if (found == keys_.end()) {
    KeyPtr key = load(key_id);
    if (!key) return {};
    if (keys_.size() >= cache_limit) keys_.clear();
    found = keys_.emplace(key_id, std::move(key)).first;
  }
  return found->second->region == region ? found->second : KeyPtr();
}

KeyPtr KeyStore::load(const std::string& key_id) {
  auto rows = database_.query(
      "SELECT account, region, description, state, created, deletion, policy FROM kms_key WHERE key_id = ?",
      key_id);
  if (!rows.next()) return {};
  Key key{.id = key_id,
          .account = rows.text(0),
          .region = rows.text(1),
          .description = rows.text(2),
          .state = state_from_text(rows.text(3)),
          .created = rows.time(4),
          .deletion = rows.optional_time(5),
          .policy = rows.text(6)};
  load_parts(key);
  if (key.materials.empty())
    throw store::StoreError(store::StoreError::Kind::corrupt, "key without material: " + key_id);
  return std::make_shared<const Key>(std::move(key));
}

void KeyStore::load_parts(Key& key) {
  auto materials = database_.query(
      "SELECT version, material_id, bytes FROM kms_material WHERE key_id = ? ORDER BY version", key.id);
  while (materials.next())
    key.materials.push_back(
        {static_cast<std::uint32_t>(materials.integer(0)), materials.text(1), materials.text(2)});
  auto tags =
      database_.query("SELECT tag_key, tag_value FROM kms_tag WHERE key_id = ? ORDER BY tag_key", key.id);
  while (tags.next()) key.tags.push_back({tags.text(0), tags.text(1)});
  auto aliases = database_.query("SELECT name FROM kms_alias WHERE key_id = ? ORDER BY name", key.id);
  while (aliases.next()) key.aliases.push_back(aliases.text(0));
}

void KeyStore::add(const Key& key) {
  store::Transaction transaction(database_);
  database_.run("INSERT INTO kms_key VALUES(?, ?, ?, ?, ?, ?, ?, ?)", key.id, key.account, key.region,
                key.description, state_text(key.state), key.created, key.deletion, key.policy);
  for (const Material& material : key.materials)
    database_.run("INSERT INTO kms_material VALUES(?, ?, ?, ?)", key.id, material.version, material.id,
                  store::Blob{material.bytes});
  insert_tags(key.id, key.tags);
  transaction.commit();
}

void KeyStore::set_state(const std::string& key_id, KeyState state, std::optional<Time> deletion) {
  forget();
  database_.run("UPDATE kms_key SET state = ?, deletion = ? WHERE key_id = ?", state_text(state), deletion,
                key_id);
}

void KeyStore::set_description(const std::string& key_id, const std::string& description) {
  forget();
  database_.run("UPDATE kms_key SET description = ? WHERE key_id = ?", description, key_id);
}

void KeyStore::set_policy(const std::string& key_id, const std::string& policy) {
  forget();
  database_.run("UPDATE kms_key SET policy = ? WHERE key_id = ?", policy, key_id);
}

void KeyStore::remove(const std::string& key_id) {
  forget();
  store::Transaction transaction(database_);
  database_.run("DELETE FROM kms_alias WHERE key_id = ?", key_id);
  database_.run("DELETE FROM kms_tag WHERE key_id = ?", key_id);
  database_.run("DELETE FROM kms_material WHERE key_id = ?", key_id);
  database_.run("DELETE FROM kms_key WHERE key_id = ?", key_id);
  transaction.commit();
}

std::vector<std::string> KeyStore::list(const std::string& account, const std::string& region,
                                        const PageRequest& page) {
  std::vector<std::string> ids;
  auto rows = database_.query(
      "SELECT key_id FROM kms_key WHERE account = ? AND region = ? AND key_id > ? ORDER BY key_id LIMIT ?",
      account, region, page.after, page.limit + 1);
  while (rows.next()) ids.push_back(rows.text(0));
  return ids;
}

std::optional<Time> KeyStore::next_deletion() {
  auto rows = database_.query("SELECT min(deletion) FROM kms_key WHERE deletion IS NOT NULL");
  return rows.next() ? rows.optional_time(0) : std::nullopt;
}

std::vector<std::string> KeyStore::due(Time now) {
  std::vector<std::string> ids;
  auto rows =
      database_.query("SELECT key_id FROM kms_key WHERE deletion <= ? ORDER BY deletion, key_id", now);
  while (rows.next()) ids.push_back(rows.text(0));
  return ids;
}

}  // namespace squall::services::kms
