#include "harness/vault/logical/policy_store.hpp"

#include <algorithm>

namespace squall::vault {
namespace {

// The ones that the node itself rests on.
bool immutable(const std::string& name) {
  return name == "root" || name == wrapping_policy_name || name == "control-group";
}

}  // namespace

world::Task<> PolicyStore::load() {
  policies_.clear();
  const std::vector<std::string> stored = co_await view_.list("");
  for (const std::string& name : stored) {
    const std::optional<std::string> text = co_await view_.get(name);
    if (text) policies_[name] = Policy::parse(name, *text);
  }
  if (!policies_.contains("default")) {
    const std::string text(default_policy_text());
    co_await view_.put("default", text);
    policies_["default"] = Policy::parse("default", text);
  }
}

std::vector<std::string> PolicyStore::names() const {
  std::vector<std::string> result;
  for (const auto& [name, policy] : policies_) result.push_back(name);
  result.emplace_back("root");
  return result;
}

const Policy* PolicyStore::find(const std::string& name) const {
  const auto it = policies_.find(name);
  if (it == policies_.end()) return name == wrapping_policy_name ? &wrapping_ : nullptr;
  return &it->second;
}

world::Task<> PolicyStore::put(std::string name, std::string text) {
  if (immutable(name)) throw LogicalError(400, "cannot update \"" + name + "\" policy");
  Policy policy = Policy::parse(name, text);
  co_await view_.put(name, text);
  policies_[name] = std::move(policy);
}

world::Task<> PolicyStore::remove(std::string name) {
  if (immutable(name)) throw LogicalError(400, "cannot delete \"" + name + "\" policy");
  if (name == "default") throw LogicalError(400, "cannot delete default policy");
  co_await view_.remove(name);
  policies_.erase(name);
}

Acl PolicyStore::acl(const std::vector<std::string>& policy_names) const {
  std::vector<const Policy*> found;
  bool root = false;
  for (const std::string& name : policy_names) {
    root = root || name == "root";
    if (const Policy* policy = find(name)) found.push_back(policy);
  }
  return {found, root};
}

}  // namespace squall::vault
