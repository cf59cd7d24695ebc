// Tokens (vault/token_store.go): entries behind the barrier under sys/token, found by a salted hash so that
// storage never holds a token; parents, so that revoking one revokes its children. Times to live are on the
// world's clock.
#pragma once
#include <functional>

#include "harness/vault/logical/backend.hpp"

namespace squall::vault {

// What tokens and one-time passwords are made of.
inline constexpr std::string_view base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

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
  bool batch = false;  // carried by the token itself, not stored: cannot be renewed or revoked
  std::optional<Time> last_renewal;

  bool root() const;
  std::optional<Time> expires() const;
};

class TokenStore {
 public:
  TokenStore(View view, BackendWorld world) : view_(std::move(view)), world_(world) {}

  // After an unseal: reads the salt, or makes it.
  world::Task<> load();

  // Fills in id (unless it has one), accessor and times, and stores it.
  world::Task<TokenEntry> create(TokenEntry entry, bool root_form = false);
  // A batch token: its entry, sealed, is its text.
  TokenEntry create_batch(TokenEntry entry);
  world::Task<std::optional<TokenEntry>> find(std::string id);  // nothing when unknown or expired
  world::Task<std::optional<TokenEntry>> find_accessor(std::string accessor);
  world::Task<> store(TokenEntry entry);
  // Takes one use, before the request is served; who served the last one revokes.
  world::Task<> use(TokenEntry entry);
  world::Task<> revoke(std::string id, bool with_children = true);
  // Ends every token that a path's logins made ("auth/userpass/").
  world::Task<> revoke_prefix(std::string path_prefix);
  world::Task<std::vector<std::string>> accessors();
  // Under which name things of a token are stored: its salted hash.
  std::string storage_name(const std::string& id) const { return hashed(id); }
  // Called with the storage name of each token that goes.
  void when_erased(std::function<world::Task<>(std::string)> clean_up) { clean_up_ = std::move(clean_up); }

 private:
  std::string hashed(const std::string& text) const;
  world::Task<std::optional<TokenEntry>> read(std::string hash);
  std::optional<TokenEntry> open_batch(const std::string& id) const;
  world::Task<> erase(TokenEntry entry);

  View view_;
  BackendWorld world_;
  std::string salt_;
  std::function<world::Task<>(std::string)> clean_up_;
};

}  // namespace squall::vault
