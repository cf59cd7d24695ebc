// ACL policies (vault/policy.go): rules by path.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vault/logical/policy_limits.hpp"

namespace squall::vault {

struct Capabilities {
  enum Bit : std::uint32_t {
    deny = 1,
    create = 2,
    read = 4,
    update = 8,
    remove = 16,
    list = 32,
    sudo = 64,
    patch = 128
  };
  std::uint32_t bits = 0;

  bool has(Bit bit) const { return (bits & deny) == 0 && (bits & bit) != 0; }
  bool allows(Operation operation) const;
  // As sys/capabilities lists them, sorted: {"deny"} when there is nothing.
  std::vector<std::string> names() const;
};

Capabilities all_capabilities();  // but deny

struct PolicyRule {
  std::string path;  // as written: may end in '*' and hold '+' segments
  Capabilities capabilities;
  PolicyLimits limits;
};

struct Policy {
  std::string name, text;
  std::vector<PolicyRule> rules;

  // Throws LogicalError 400 "failed to parse policy: ...".
  static Policy parse(std::string name, std::string text);
};

// The policy that every token has beside its own, in the stand-in's own words: what a token may do with
// itself.
std::string_view default_policy_text();

// The policy of a token that stands for a wrapped answer. Kept by the server, not among the stored ones.
inline constexpr std::string_view wrapping_policy_name = "response-wrapping";
std::string_view wrapping_policy_text();

}  // namespace squall::vault
