#include "harness/vault/logical/acl.hpp"

#include <algorithm>

namespace squall::vault {
namespace {

// Does the rule's path, with its '+' segments and final '*', cover that path?
bool matches(std::string_view rule, std::string_view path) {
  const bool prefix = rule.ends_with('*');
  if (prefix) rule.remove_suffix(1);
  while (!rule.empty()) {
    if (rule[0] == '+' && (rule.size() == 1 || rule[1] == '/')) {
      const std::size_t end = std::min(path.find('/'), path.size());
      if (end == 0) return false;
      rule.remove_prefix(1);
      path.remove_prefix(end);
    } else if (path.empty() || rule[0] != path[0]) {
      return false;
    } else {
      rule.remove_prefix(1);
      path.remove_prefix(1);
    }
  }
  return prefix || path.empty();
}

bool has_wildcard(const std::string& path) {
  return path.ends_with('*') || path == "+" || path.starts_with("+/") || path.ends_with("/+") ||
         path.find("/+/") != std::string::npos;
}

// Of two rules that match, the one that tells more
// (https://developer.hashicorp.com/vault/docs/concepts/policies, priority matching).
bool less_specific(const std::string& a, const std::string& b) {
  auto first_wildcard = [](const std::string& path) {
    return std::min(path.find_first_of("+*"), path.size());
  };
  if (first_wildcard(a) != first_wildcard(b)) return first_wildcard(a) < first_wildcard(b);
  if (a.ends_with('*') != b.ends_with('*')) return a.ends_with('*');
  const auto a_plus = std::count(a.begin(), a.end(), '+'), b_plus = std::count(b.begin(), b.end(), '+');
  if (a_plus != b_plus) return a_plus > b_plus;
  if (a.size() != b.size()) return a.size() < b.size();
  return a < b;
}

}  // namespace

Acl::Acl(const std::vector<const Policy*>& policies, bool root) : root_(root) {
  for (const Policy* policy : policies) {
    for (const PolicyRule& rule : policy->rules) {
      const auto [found, fresh] = rules_.try_emplace(rule.path, Permissions{rule.capabilities, rule.limits});
      if (fresh) continue;
      Capabilities& merged = found->second.capabilities;
      merged.bits |= rule.capabilities.bits;
      found->second.limits.merge(rule.limits);
      if ((merged.bits & Capabilities::deny) != 0) found->second = {{Capabilities::deny}, {}};
    }
  }
}

const Acl::Permissions* Acl::find(const std::string& path, Operation operation) const {
  if (const auto exact = rules_.find(path); exact != rules_.end() && !has_wildcard(path))
    return &exact->second;
  std::string trimmed = path;
  if (operation == Operation::list && trimmed.ends_with('/')) {
    trimmed.pop_back();
    if (const auto exact = rules_.find(trimmed); exact != rules_.end() && !has_wildcard(trimmed))
      return &exact->second;
  }
  const std::pair<const std::string, Permissions>* best = nullptr;
  for (const auto& rule : rules_) {
    if (!has_wildcard(rule.first) || (!matches(rule.first, path) && !matches(rule.first, trimmed))) continue;
    if (best == nullptr || less_specific(best->first, rule.first)) best = &rule;
  }
  return best == nullptr ? nullptr : &best->second;
}

Capabilities Acl::on(const std::string& path, Operation operation) const {
  if (root_) return all_capabilities();
  const Permissions* found = find(path, operation);
  return found == nullptr ? Capabilities{} : found->capabilities;
}

bool Acl::permits(const Request& request) const {
  if (root_) return true;
  const Permissions* found = find(request.path, request.operation);
  return found != nullptr && found->capabilities.allows(request.operation) && found->limits.permit(request);
}

bool Acl::any_below(const std::string& mount) const {
  if (root_) return true;
  for (const auto& [path, permissions] : rules_) {
    const Capabilities& capabilities = permissions.capabilities;
    if (capabilities.bits == 0 || (capabilities.bits & Capabilities::deny) != 0) continue;
    if (path.starts_with(mount) || matches(path, mount)) return true;
    const std::string literal = path.substr(0, path.find_first_of("+*"));
    if (literal.size() < path.size() && mount.starts_with(literal)) return true;
  }
  return false;
}

}  // namespace squall::vault
