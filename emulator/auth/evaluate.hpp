// Policy evaluation: which policies allow, which deny, and what follows
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html). Pure: the
// policies and the request's facts are handed in; access.hpp gathers them.
#pragma once
#include <string>
#include <vector>

#include "emulator/auth/patterns.hpp"
#include "emulator/auth/policy.hpp"

namespace squall::auth {

// What a caller's policies do not open, and whether the resource's own policy must take part.
enum class ResourceRule {
  optional,      // S3, Secrets Manager, ...: within an account, either side may allow
  key_policy,    // KMS: the key policy must allow, directly or by trusting its account
  trust_policy,  // a role: as a key policy
};

struct AccessRequest {
  std::string principal_arn;      // as sts:GetCallerIdentity shows it
  std::string principal_account;  // empty: anonymous, or a service
  std::string role_arn;           // of a role's session: "arn:aws:iam::...:role/name"; else empty
  std::string service_principal;  // "ec2.amazonaws.com" when AWS itself calls
  bool root = false;              // the account's root user: needs no identity policy
  std::string action;             // "kms:Decrypt"
  std::string resource = "*";
  std::string resource_account;
  ResourceRule rule = ResourceRule::optional;
  ConditionContext context;
};

struct PolicySet {
  std::vector<const Policy*> identity;
  const Policy* boundary = nullptr;  // null: none, as with the next two
  const Policy* session = nullptr;
  const Policy* resource = nullptr;

  // Whether AccessRequest::context counts at all: gathering it costs more than most evaluations do.
  bool read_context() const;
};

enum class Outcome { allowed, implicitly_denied, explicitly_denied };
enum class PolicyType { none, identity, resource, boundary, session };

struct Decision {
  Outcome outcome = Outcome::implicitly_denied;
  PolicyType by = PolicyType::none;  // which denied, or which would have had to allow
};

Decision evaluate(const AccessRequest& request, const PolicySet& policies);

// "because no identity-based policy allows the kms:Decrypt action", "with an explicit deny in a session
// policy" (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html).
std::string reason(const Decision& decision, const std::string& action);

}  // namespace squall::auth
