// ACL policies (vault/policy.go, vault/acl.go): rules by path, and what a set of policies allows on one path.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vault/logical/request.hpp"

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

struct PolicyRule {
  std::string path;  // as written: may end in '*' and hold '+' segments
  Capabilities capabilities;
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

class Acl {
 public:
  // `root`: everything is allowed.
  Acl(const std::vector<const Policy*>& policies, bool root);
  bool root() const { return root_; }
  Capabilities on(const std::string& path, Operation operation) const;
  // Any capability on the mount or below it (the check of internal/ui/mounts).
  bool any_below(const std::string& mount) const;

 private:
  bool root_;
  std::map<std::string, Capabilities> rules_;
};

}  // namespace squall::vault
