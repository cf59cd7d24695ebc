// KeyStore's part for aliases and tags.
#include "emulator/services/kms/key_store.hpp"

namespace squall::services::kms {

std::optional<Alias> KeyStore::alias(const std::string& account, const std::string& region,
                                     const std::string& name) {
  auto rows = database_.query(
      "SELECT key_id, created, updated FROM kms_alias WHERE account = ? AND region = ? AND name = ?", account,
      region, name);
  if (!rows.next()) return {};
  return Alias{account, region, name, rows.text(0), rows.time(1), rows.time(2)};
}

std::optional<std::string> KeyStore::alias_target(const std::string& account, const std::string& region,
                                                  const std::string& name) {
  std::string arn = Alias{.account = account, .region = region, .name = name}.arn();
  if (auto found = alias_targets_.find(arn); found != alias_targets_.end()) return found->second;
  auto stored = alias(account, region, name);
  if (!stored) return {};
  if (alias_targets_.size() >= cache_limit) alias_targets_.clear();
  return alias_targets_.emplace(std::move(arn), stored->key_id).first->second;
}

void KeyStore::put_alias(const Alias& alias) {
  forget();
  database_.run("INSERT OR REPLACE INTO kms_alias VALUES(?, ?, ?, ?, ?, ?)", alias.account, alias.region,
                alias.name, alias.key_id, alias.created, alias.updated);
}

void KeyStore::remove_alias(const Alias& alias) {
  forget();
  database_.run("DELETE FROM kms_alias WHERE account = ? AND region = ? AND name = ?", alias.account,
                alias.region, alias.name);
}

std::vector<Alias> KeyStore::list_aliases(const std::string& account, const std::string& region,
                                          const std::string& key_id, const PageRequest& page) {
  std::vector<Alias> aliases;
  auto rows = database_.query(
      "SELECT name, key_id, created, updated FROM kms_alias WHERE account = ? AND region = ? AND name > ? "
      "AND (? = '' OR key_id = ?) ORDER BY name LIMIT ?",
      account, region, page.after, key_id, key_id, page.limit + 1);
  while (rows.next())
    aliases.push_back({account, region, rows.text(0), rows.text(1), rows.time(2), rows.time(3)});
  return aliases;
}

void KeyStore::insert_tags(const std::string& key_id, const std::vector<Tag>& tags) {
  for (const Tag& tag : tags)
    database_.run("INSERT OR REPLACE INTO kms_tag VALUES(?, ?, ?)", key_id, tag.key, tag.value);
}

void KeyStore::put_tags(const std::string& key_id, const std::vector<Tag>& tags) {
  forget();
  store::Transaction transaction(database_);
  insert_tags(key_id, tags);
  transaction.commit();
}

void KeyStore::remove_tags(const std::string& key_id, const std::vector<std::string>& tag_keys) {
  forget();
  store::Transaction transaction(database_);
  for (const std::string& tag_key : tag_keys)
    database_.run("DELETE FROM kms_tag WHERE key_id = ? AND tag_key = ?", key_id, tag_key);
  transaction.commit();
}

}  // namespace squall::services::kms
