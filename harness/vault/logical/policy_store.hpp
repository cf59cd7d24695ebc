// The named policies, kept under sys/policy and in memory while unsealed (vault/policy_store.go).
#pragma once
#include "harness/vault/barrier/barrier.hpp"
#include "harness/vault/logical/acl.hpp"

namespace squall::vault {

class PolicyStore {
 public:
  explicit PolicyStore(View view) : view_(std::move(view)) {}
  // After an unseal: reads all; stores the default policy if there is none.
  world::Task<> load();
  // The stored ones, sorted, then "root": what LIST answers.
  std::vector<std::string> names() const;
  const Policy* find(const std::string& name) const;
  world::Task<> put(std::string name, std::string text);
  world::Task<> remove(std::string name);
  // Names that are not (or no longer) policies give nothing.
  Acl acl(const std::vector<std::string>& policy_names) const;

 private:
  View view_;
  std::map<std::string, Policy> policies_;
  Policy wrapping_ = Policy::parse(std::string(wrapping_policy_name), std::string(wrapping_policy_text()));
};

}  // namespace squall::vault
