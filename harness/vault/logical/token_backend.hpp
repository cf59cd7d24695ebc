// auth/token: create, look up, renew and revoke tokens (vault/token_store.go, its paths).
#pragma once
#include "harness/vault/log/logger.hpp"
#include "harness/vault/logical/policy_store.hpp"
#include "harness/vault/logical/token_store.hpp"

namespace squall::vault {

class TokenBackend final : public Backend {
 public:
  // `expiration` is the log of the part of Vault that ends leases, tokens' among them.
  TokenBackend(TokenStore& tokens, const PolicyStore& policies, BackendWorld world, Logger expiration)
      : tokens_(tokens), policies_(policies), world_(world), expiration_(std::move(expiration)) {}
  world::Task<Answer> handle(Request request) override;
  bool needs_sudo(const Request& request) const override;
  std::optional<Schema> schema(const Request& request) const override;

 private:
  world::Task<Answer> create(Request request, bool orphan);
  // What a token may have that `parent` makes; throws LogicalError 400 for what it may not.
  std::vector<std::string> child_policies(const TokenEntry& parent, const Json& data, bool sudo) const;
  void set_ttl(TokenEntry& entry, const Json& data, const TokenEntry& parent,
               std::vector<std::string>& warnings) const;
  world::Task<Answer> renew(TokenEntry entry, Json data);
  world::Task<> revoke(TokenEntry entry);
  // A token's text, where who creates it chose one; throws LogicalError 400 for what may not be one.
  world::Task<std::string> chosen_id(Json data, bool sudo);
  world::Task<TokenEntry> named(Request request, bool by_accessor);
  Json lookup_data(const TokenEntry& entry, bool with_id) const;

  TokenStore& tokens_;
  const PolicyStore& policies_;
  BackendWorld world_;
  Logger expiration_;
};

// Sorted, without repetition, in lower case, with "default" unless it is root's.
std::vector<std::string> token_policies(std::vector<std::string> names, bool add_default);
Auth auth_of(const TokenEntry& entry);

}  // namespace squall::vault
