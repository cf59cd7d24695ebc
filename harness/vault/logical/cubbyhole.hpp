// cubbyhole/ (vault/logical_cubbyhole.go): a store for each token, gone with it. Wrapped answers lie in the
// one of their token.
#pragma once
#include "harness/vault/logical/backend.hpp"
#include "harness/vault/logical/token_store.hpp"

namespace squall::vault {

class CubbyholeBackend final : public Backend {
 public:
  CubbyholeBackend(View view, const TokenStore& tokens) : view_(std::move(view)), tokens_(tokens) {}
  world::Task<Answer> handle(Request request) override;
  std::optional<Schema> schema(const Request&) const override {
    return Schema{{{"path", FieldType::text}}, true};
  }
  world::Task<std::optional<bool>> exists(Request request) override;

 private:
  View view_;
  const TokenStore& tokens_;
};

}  // namespace squall::vault
