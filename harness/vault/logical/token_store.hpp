// Tokens (vault/token_store.go): entries behind the barrier under sys/token, found by a salted hash so that
// storage never holds a token; parents, so that revoking one revokes its children. Times to live are on the
// world's clock.
#pragma once
#include "harness/vault/logical/backend.hpp"

namespace squall::vault {

struct TokenEntry {
  std::string id, accessor, parent;  // parent empty: an orphan
  std::string path;                  // that made it: "auth/token/create"
  std::string display_name, entity_id;
  std::vector<std::string> policies;
  Json meta;  // null or an object of strings
  Time created, issued;
  std::int64_t ttl_s = 0;  // 0: does not expire
  std::int64_t creation_ttl_s = 0;
  std::int64_t explicit_max_ttl_s = 0;
  std::int64_t period_s = 0;
  std::int64_t num_uses = 0;  // left; 0: no limit
  bool renewable = false;
  std::optional<Time> last_renewal;

  bool root() const;
  std::optional<Time> expires() const;
  Json to_json() const;
  static TokenEntry from_json(const Json& json);
};

class TokenStore {
 public:
  TokenStore(View view, BackendWorld world) : view_(std::move(view)), world_(world) {}

  // After an unseal: reads the salt, or makes it.
  world::Task<> load();

  // Fills in id, accessor and times, and stores it.
  world::Task<TokenEntry> create(TokenEntry entry, bool root_form = false);
  world::Task<std::optional<TokenEntry>> find(std::string id);  // nothing when unknown or expired
  world::Task<std::optional<TokenEntry>> find_accessor(std::string accessor);
  world::Task<> store(TokenEntry entry);
  // Takes one use; the last one revokes. To be called after find() for a request.
  world::Task<> use(TokenEntry entry);
  world::Task<> revoke(std::string id, bool with_children = true);
  // Ends every token that a path's logins made ("auth/userpass/").
  world::Task<> revoke_prefix(std::string path_prefix);
  world::Task<std::vector<std::string>> accessors();

 private:
  std::string hashed(const std::string& text) const;
  world::Task<std::optional<TokenEntry>> read(std::string hash);
  world::Task<> erase(TokenEntry entry);

  View view_;
  BackendWorld world_;
  std::string salt_;
};

}  // namespace squall::vault
