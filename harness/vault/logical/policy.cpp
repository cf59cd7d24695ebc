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

// `policy = "read"`, the form before capabilities.
std::optional<std::uint32_t> old_style(const std::string& word) {
  using C = Capabilities;
  if (word == "deny") return C::deny;
  if (word == "read") return C::read | C::list;
  if (word == "write") return C::read | C::list | C::create | C::update | C::remove;
  if (word == "sudo") return C::read | C::list | C::create | C::update | C::remove | C::sudo;
  return std::nullopt;
}

std::uint32_t capability_bit(const std::string& name, const std::string& where) {
  const auto* known = std::find_if(std::begin(capability_names), std::end(capability_names),
                                   [&](const auto& entry) { return entry.first == name; });
  if (known == std::end(capability_names)) throw bad_policy(where + "invalid capability \"" + name + "\"");
  return known->second;
}

// Every member that is not among the known ones, as go-multierror lists them.
void check_keys(const std::vector<hcl::Item>& items, std::initializer_list<std::string_view> known,
                const std::string& where) {
  std::vector<std::string> problems;
  for (const hcl::Item& item : items)
    if (std::find(known.begin(), known.end(), item.keys[0]) == known.end())
      problems.push_back(where + "invalid key \"" + item.keys[0] + "\" on line " +
                         std::to_string(item.assign_line));
  if (problems.empty()) return;
  std::string text =
      std::to_string(problems.size()) + (problems.size() == 1 ? " error occurred:\n" : " errors occurred:\n");
  for (const std::string& problem : problems) text += "\t* " + problem + "\n";
  throw bad_policy(text + "\n");
}

void check_path(const std::string& path) {
  if (path.find("+*") != std::string::npos)
    throw bad_policy("path \"" + path + "\": invalid use of wildcards ('+*' is forbidden)");
  if (path.find("{{") != std::string::npos)
    throw bad_policy("path \"" + path + "\": the Squall stand-in does not serve templates");
}

PolicyRule parse_rule(const std::string& path, const hcl::Value& body) {
  PolicyRule rule;
  rule.path = path.starts_with('/') ? path.substr(1) : path;
  const std::string where = "path \"" + path + "\": ";
  check_keys(body.items,
             {"comment", "policy", "capabilities", "allowed_parameters", "denied_parameters",
              "required_parameters", "min_wrapping_ttl", "max_wrapping_ttl", "mfa_methods", "control_group"},
             where);
  check_path(rule.path);
  for (const hcl::Item& item : body.items) {
    const std::string& key = item.keys[0];
    if (key == "policy") {
      const auto bits = old_style(item.value.text);
      if (!bits) throw bad_policy(where + "invalid policy \"" + item.value.text + "\"");
      rule.capabilities.bits |= *bits;
    } else if (key == "capabilities") {
      for (const hcl::Value& element : policy_list(item.value, where))
        rule.capabilities.bits |= capability_bit(element.text, where);
    } else if (!rule.limits.read(item, where) && key != "comment") {
      throw bad_policy(where + "the Squall stand-in does not serve \"" + key + "\"");
    }
  }
  rule.limits.check();
  if (rule.capabilities.bits & Capabilities::deny) {
    rule.capabilities.bits = Capabilities::deny;
    rule.limits = {};
  }
  return rule;
}

}  // namespace

Capabilities all_capabilities() {
  Capabilities all;
  for (const auto& [name, bit] : capability_names)
    if (bit != Capabilities::deny) all.bits |= bit;
  return all;
}

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
    case Operation::head:
      return false;
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
  check_keys(root.items, {"name", "path"}, "");
  for (const hcl::Item& item : root.items)
    if (item.keys[0] == "path" && item.value.kind != hcl::Value::Kind::object &&
        item.value.kind != hcl::Value::Kind::list)
      throw bad_policy("path \"path\": cannot check HCL keys of type *ast.LiteralType");
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

}  // namespace squall::vault
