// The IAM policy language, parsed
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html).
#pragma once
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace squall::auth {

enum class Effect { allow, deny };

struct Principals {
  bool everyone = false;               // "*" or {"AWS": "*"}
  std::vector<std::string> aws;        // ARNs, account ids, unique ids
  std::vector<std::string> services;   // "ec2.amazonaws.com"
  std::vector<std::string> federated;  // identity providers; Squall has none, so they never match
};

enum class SetQuantifier { none, for_any_value, for_all_values };

// One operator with one key: {"ForAnyValue:StringLikeIfExists": {"aws:TagKeys": ["a*"]}}.
struct Condition {
  SetQuantifier quantifier = SetQuantifier::none;
  std::string test;  // "StringLike", without the prefix and IfExists
  bool if_exists = false;
  std::string key;  // lower case
  std::vector<std::string> values;
};

struct Statement {
  std::string sid;
  Effect effect = Effect::allow;
  bool not_action = false;
  std::vector<std::string> actions;  // lower case
  bool not_resource = false;
  std::vector<std::string> resources;  // empty in a trust policy
  std::optional<Principals> principals;
  bool not_principal = false;
  std::vector<Condition> conditions;
};

struct Policy {
  bool variables = false;  // version 2012-10-17: "${aws:username}" is replaced
  bool reads_context =
      false;  // has a condition or a variable, so that more counts than who, what and on what
  std::vector<Statement> statements;
};

enum class PolicyKind {
  identity,  // in a user or role, a boundary, a session policy: no Principal
  managed,   // the same, by itself: of version 2012-10-17
  resource,  // attached to a resource: Principal and Resource
  trust,     // a role's: Principal, no Resource
};

inline bool is_identity(PolicyKind kind) {
  return kind == PolicyKind::identity || kind == PolicyKind::managed;
}

// A document that AWS would refuse with MalformedPolicyDocument; the text is AWS's message.
struct PolicyError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Throws PolicyError.
Policy parse_policy(std::string_view json, PolicyKind kind);

}  // namespace squall::auth
