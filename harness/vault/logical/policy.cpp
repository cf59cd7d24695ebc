#include "harness/vault/logical/policy.hpp"

#include <algorithm>
#include <optional>

#include "harness/vault/hcl/ast.hpp"

namespace squall::vault {
namespace {

constexpr std::pair<std::string_view, Capabilities::Bit> capability_names[] = {
    {"create", Capabilities::create}, {"delete", Capabilities::remove}, {"deny", Capabilities::deny},
    {"list", Capabilities::list},     {"patch", Capabilities::patch},   {"read", Capabilities::read},
    {"sudo", Capabilities::sudo},     {"update", Capabilities::update}};

std::uint32_t all_bits() {
  std::uint32_t bits = 0;
  for (const auto& [name, bit] : capability_names)
    if (bit != Capabilities::deny) bits |= bit;
  return bits;
}

LogicalError bad_policy(const std::string& why) { return {400, "failed to parse policy: " + why}; }

// `policy = "read"`, the form before capabilities.
std::optional<std::uint32_t> old_style(const std::string& word) {
  using C = Capabilities;
  if (word == "deny") return C::deny;
  if (word == "read") return C::read | C::list;
  if (word == "write") return C::read | C::list | C::create | C::update | C::remove | C::patch;
  if (word == "sudo") return C::read | C::list | C::create | C::update | C::remove | C::patch | C::sudo;
  return std::nullopt;
}

PolicyRule parse_rule(const std::string& path, const hcl::Value& body) {
  PolicyRule rule;
  rule.path = path.starts_with('/') ? path.substr(1) : path;
  const std::string where = "path \"" + path + "\": ";
  for (const hcl::Item& item : body.items) {
    const std::string& key = item.keys[0];
    if (key == "policy") {
      const auto bits = old_style(item.value.text);
      if (!bits) throw bad_policy(where + "invalid policy \"" + item.value.text + "\"");
      rule.capabilities.bits |= *bits;
    } else if (key == "capabilities") {
      for (const hcl::Value& element : item.value.elements) {
        const auto* known = std::find_if(std::begin(capability_names), std::end(capability_names),
                                         [&](const auto& entry) { return entry.first == element.text; });
        if (known == std::end(capability_names))
          throw bad_policy(where + "invalid capability \"" + element.text + "\"");
        rule.capabilities.bits |= known->second;
      }
    } else if (key == "comment") {
      continue;
    } else if (key == "allowed_parameters" || key == "denied_parameters" || key == "required_parameters" ||
               key == "min_wrapping_ttl" || key == "max_wrapping_ttl" || key == "mfa_methods") {
      throw bad_policy(where + "the Squall stand-in does not serve \"" + key + "\"");
    } else {
      throw bad_policy(where + "invalid key \"" + key + "\" on line " + std::to_string(item.position.line));
    }
  }
  if (rule.capabilities.bits & Capabilities::deny) rule.capabilities.bits = Capabilities::deny;
  return rule;
}

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

bool Capabilities::allows(Operation operation) const {
  switch (operation) {
    case Operation::create:
      return has(create);
    case Operation::read:
      return has(read);
    case Operation::update:
      return has(update);
    case Operation::patch:
      return has(patch);
    case Operation::remove:
      return has(remove);
    case Operation::list:
      return has(list);
  }
  return false;
}

std::vector<std::string> Capabilities::names() const {
  if (bits == 0 || (bits & deny) != 0) return {"deny"};
  std::vector<std::string> result;
  for (const auto& [name, bit] : capability_names)
    if ((bits & bit) != 0) result.emplace_back(name);
  return result;
}

Policy Policy::parse(std::string name, std::string text) {
  Policy policy{std::move(name), std::move(text), {}};
  hcl::Value root;
  try {
    root = hcl::parse(policy.text);
  } catch (const hcl::ParseError& error) {
    throw bad_policy(error.what());
  }
  for (const hcl::Item& item : root.items)
    if (item.keys[0] != "path" && item.keys[0] != "name")
      throw bad_policy("invalid key \"" + item.keys[0] + "\" on line " + std::to_string(item.position.line));
  for (const hcl::Block& block : hcl::blocks(root, "path"))
    policy.rules.push_back(parse_rule(block.label, *block.body));
  return policy;
}

std::string_view default_policy_text() {
  return R"(# What a token may do with itself.
path "auth/token/lookup-self" { capabilities = ["read"] }
path "auth/token/renew-self" { capabilities = ["update"] }
path "auth/token/revoke-self" { capabilities = ["update"] }

# What it may ask about its own rights.
path "sys/capabilities-self" { capabilities = ["update"] }
path "sys/internal/ui/resultant-acl" { capabilities = ["read"] }

# Leases that it holds.
path "sys/renew" { capabilities = ["update"] }
path "sys/leases/renew" { capabilities = ["update"] }
path "sys/leases/lookup" { capabilities = ["update"] }

# Its own cubbyhole, and wrapped answers.
path "cubbyhole/*" { capabilities = ["create", "read", "update", "delete", "list"] }
path "sys/wrapping/wrap" { capabilities = ["update"] }
path "sys/wrapping/lookup" { capabilities = ["update"] }
path "sys/wrapping/unwrap" { capabilities = ["update"] }

# General tools.
path "sys/tools/hash" { capabilities = ["update"] }
path "sys/tools/hash/*" { capabilities = ["update"] }
path "sys/control-group/request" { capabilities = ["update"] }
)";
}

std::string_view wrapping_policy_text() {
  return R"(path "cubbyhole/response" { capabilities = ["create", "read"] }
path "sys/wrapping/unwrap" { capabilities = ["update"] }
)";
}

Acl::Acl(const std::vector<const Policy*>& policies, bool root) : root_(root) {
  for (const Policy* policy : policies) {
    for (const PolicyRule& rule : policy->rules) {
      Capabilities& merged = rules_[rule.path];
      merged.bits |= rule.capabilities.bits;
      if ((merged.bits & Capabilities::deny) != 0) merged.bits = Capabilities::deny;
    }
  }
}

Capabilities Acl::on(const std::string& path, Operation operation) const {
  if (root_) return {all_bits()};
  if (const auto exact = rules_.find(path); exact != rules_.end() && !has_wildcard(path))
    return exact->second;
  std::string trimmed = path;
  if (operation == Operation::list && trimmed.ends_with('/')) {
    trimmed.pop_back();
    if (const auto exact = rules_.find(trimmed); exact != rules_.end() && !has_wildcard(trimmed))
      return exact->second;
  }
  const std::pair<const std::string, Capabilities>* best = nullptr;
  for (const auto& rule : rules_) {
    if (!has_wildcard(rule.first) || (!matches(rule.first, path) && !matches(rule.first, trimmed))) continue;
    if (best == nullptr || less_specific(best->first, rule.first)) best = &rule;
  }
  return best == nullptr ? Capabilities{} : best->second;
}

bool Acl::any_below(const std::string& mount) const {
  if (root_) return true;
  for (const auto& [path, capabilities] : rules_) {
    if (capabilities.bits == 0 || (capabilities.bits & Capabilities::deny) != 0) continue;
    if (path.starts_with(mount) || matches(path, mount)) return true;
    const std::string literal = path.substr(0, path.find_first_of("+*"));
    if (literal.size() < path.size() && mount.starts_with(literal)) return true;
  }
  return false;
}

}  // namespace squall::vault
