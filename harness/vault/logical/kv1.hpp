// The kv secrets engine, version 1 (hashicorp/vault-plugin-secrets-kv passthrough.go): one JSON object per
// path.
#pragma once
#include "harness/vault/logical/backend.hpp"

namespace squall::vault {

class Kv1Backend final : public Backend {
 public:
  explicit Kv1Backend(View view) : view_(std::move(view)) {}
  world::Task<Answer> handle(Request request) override;
  world::Task<std::optional<bool>> exists(Request request) override;

 private:
  View view_;
};

}  // namespace squall::vault
