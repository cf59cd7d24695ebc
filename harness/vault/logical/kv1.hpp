// The kv secrets engine, version 1 (hashicorp/vault-plugin-secrets-kv passthrough.go): one JSON object per
// path.
#pragma once
#include "harness/vault/logical/backend.hpp"

namespace squall::vault {

class Kv1Backend final : public Backend {
 public:
  Kv1Backend(View view, std::int64_t lease_s) : view_(std::move(view)), lease_s_(lease_s) {}
  world::Task<Answer> handle(Request request) override;
  std::optional<Schema> schema(const Request&) const override {
    return Schema{{{"path", FieldType::text}}, true};
  }
  world::Task<std::optional<bool>> exists(Request request) override;

 private:
  View view_;
  std::int64_t lease_s_;  // of what it answers, unless the data says otherwise
};

}  // namespace squall::vault
