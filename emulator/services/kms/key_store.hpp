// The keys, aliases and tags in the store, and a small cache in front of them: the hot operations (Encrypt,
// Decrypt) read a key without SQL. Every write empties the cache before it changes anything, so what is read
// afterwards is what is stored, also when the write failed.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/services/kms/key.hpp"
#include "emulator/store/database.hpp"

namespace squall::services::kms {

using KeyPtr = std::shared_ptr<const Key>;

// A page of a listing: what comes after `after` in the order of the listing's key; at most `limit`.
struct PageRequest {
  std::string after;
  std::int64_t limit = 100;
};

class KeyStore {
 public:
  explicit KeyStore(store::Database& database);  // makes or migrates the tables

  // Null if there is no such key in the region, of whatever account.
  KeyPtr find(const std::string& region, const std::string& key_id);
  void add(const Key& key);
  void set_state(const std::string& key_id, KeyState state, std::optional<Time> deletion);
  void set_description(const std::string& key_id, const std::string& description);
  void set_policy(const std::string& key_id, const std::string& policy);
  // The key with its material, aliases and tags.
  void remove(const std::string& key_id);
  // Ids in order; one more than the page's limit tells that there are further ones.
  std::vector<std::string> list(const std::string& account, const std::string& region,
                                const PageRequest& page);

  // When the next key is to be deleted, and which are due by then.
  std::optional<Time> next_deletion();
  std::vector<std::string> due(Time now);

  std::optional<Alias> alias(const std::string& account, const std::string& region, const std::string& name);
  // The id of the alias's key; from the cache.
  std::optional<std::string> alias_target(const std::string& account, const std::string& region,
                                          const std::string& name);
  void put_alias(const Alias& alias);  // adds it, or points it at another key
  void remove_alias(const Alias& alias);
  // By name; `key_id` empty: all. One more than the page's limit.
  std::vector<Alias> list_aliases(const std::string& account, const std::string& region,
                                  const std::string& key_id, const PageRequest& page);

  void put_tags(const std::string& key_id, const std::vector<Tag>& tags);
  void remove_tags(const std::string& key_id, const std::vector<std::string>& tag_keys);

 private:
  // Keys, and as many aliases; about 1 KB each.
  static constexpr std::size_t cache_limit = 512;

  void forget();
  KeyPtr load(const std::string& key_id);
  void load_parts(Key& key);
  void insert_tags(const std::string& key_id, const std::vector<Tag>& tags);

  store::Database& database_;
  std::map<std::string, KeyPtr> keys_;                // by id
  std::map<std::string, std::string> alias_targets_;  // key ids, by alias ARN
};

}  // namespace squall::services::kms
