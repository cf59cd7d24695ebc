// What a policy's rule says of a request beyond its verb (vault/policy.go, vault/acl.go): which parameters it
// may, must and must not have, and for how long its answer is to be wrapped.
#pragma once
#include <map>

#include "harness/vault/hcl/ast.hpp"
#include "harness/vault/logical/request.hpp"

namespace squall::vault {

struct PolicyLimits {
  using Parameters = std::map<std::string, std::vector<Json>>;  // a name's values; none: all of them
  std::optional<Parameters> allowed, denied;
  std::vector<std::string> required;
  std::int64_t least_wrapping_s = 0, most_wrapping_s = 0;  // 0: not limited

  // Takes a member of a rule; false for one that is not a limit. Throws LogicalError 400; `where` names the
  // rule.
  bool read(const hcl::Item& item, const std::string& where);
  void check() const;  // that the limits go together
  void merge(const PolicyLimits& other);
  bool permit(const Request& request) const;
};

LogicalError bad_policy(const std::string& why);
// The elements of a list; throws where the value is none.
const std::vector<hcl::Value>& policy_list(const hcl::Value& value, const std::string& where);

}  // namespace squall::vault
