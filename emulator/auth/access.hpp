// The Authorizer: gathers what a decision needs (the caller's policies, the condition keys of the request)
// and says no in AWS's words. Parsed policies are kept, as the same few are asked about on every call.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "emulator/auth/evaluate.hpp"
#include "emulator/auth/interfaces.hpp"
#include "emulator/auth/policy.hpp"
#include "emulator/auth/verifier.hpp"

namespace squall::auth {

// What IAM holds about a caller.
struct AttachedPolicies {
  std::vector<std::shared_ptr<const Policy>> identity;  // inline and managed
  std::shared_ptr<const Policy> boundary;               // null: none
  std::string principal_arn;  // aws:PrincipalArn: of a session, its role's ARN with the path
};

class PolicySource {
 public:
  virtual ~PolicySource() = default;
  // Of a user or a role's session. The reference holds until the next call.
  virtual const AttachedPolicies& attached(const wire::Principal& principal) = 0;
};

class AccessControl : public Authorizer {
 public:
  // In open mode nothing is denied. The source must outlive this.
  AccessControl(PolicySource& source, Mode mode) : source_(source), mode_(mode) {}

  std::optional<std::string> denial(const wire::RequestContext& context,
                                    const Authorization& wanted) override;

  // The decision itself, for operations that ask for more than the gateway does (AssumeRole: `rule`
  // trust_policy). Always evaluates, whatever the mode.
  Decision decide(const wire::RequestContext& context, const Authorization& wanted, ResourceRule rule);

  Mode mode() const { return mode_; }

 private:
  std::shared_ptr<const Policy> parsed(const std::string& text, PolicyKind kind);

  PolicySource& source_;
  Mode mode_;
  std::map<std::pair<PolicyKind, std::string>, std::shared_ptr<const Policy>> parsed_;
};

// The global condition keys of a request
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html) and those of
// `wanted`.
ConditionContext condition_context(const wire::RequestContext& context, const Authorization& wanted,
                                   const std::string& principal_arn);

}  // namespace squall::auth
