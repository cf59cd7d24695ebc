#include "emulator/auth/evaluate.hpp"

#include <algorithm>

#include "emulator/auth/conditions.hpp"
#include "emulator/base/ascii.hpp"

namespace squall::auth {
namespace {

// How a resource policy names the caller; the later, the more it grants by itself.
enum class Match { none, account, role, everyone, exact };

std::string account_root(const std::string& account) { return "arn:aws:iam::" + account + ":root"; }

Match principal_match(const Principals& listed, const AccessRequest& request) {
  Match best = Match::none;
  auto raise = [&](Match match) { best = std::max(best, match); };
  // "*" names every user and every session, not only their account
  // (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous).
  if (listed.everyone) raise(Match::everyone);
  if (!request.service_principal.empty() && std::find(listed.services.begin(), listed.services.end(),
                                                      request.service_principal) != listed.services.end())
    raise(Match::exact);
  for (const std::string& name : listed.aws) {
    if (!request.principal_account.empty() &&
        (name == request.principal_account || name == account_root(request.principal_account)))
      raise(request.root ? Match::exact : Match::account);
    if (!request.role_arn.empty() && name == request.role_arn) raise(Match::role);
    if (!request.principal_arn.empty() && name == request.principal_arn) raise(Match::exact);
  }
  return best;
}

bool matches_action(const Statement& statement, const std::string& lower_action) {
  bool listed =
      std::any_of(statement.actions.begin(), statement.actions.end(),
                  [&](const std::string& pattern) { return action_matches(pattern, lower_action); });
  return listed != statement.not_action;
}

bool matches_resource(const Statement& statement, bool variables, const AccessRequest& request) {
  if (statement.resources.empty()) return true;  // a trust policy speaks of its own role
  bool listed =
      std::any_of(statement.resources.begin(), statement.resources.end(), [&](const std::string& text) {
        auto pattern = expand(text, variables, request.context);
        // NotResource with a variable that has no value says nothing of any resource.
        if (!pattern) return statement.not_resource;
        return resource_matches(*std::move(pattern), request.resource);
      });
  return listed != statement.not_resource;
}

// What one policy says: denied, or the strongest match of the statements that allow.
struct Verdict {
  bool denied = false, allowed = false;
  Match match = Match::none;
};

void read_statement(const Statement& statement, bool variables, const AccessRequest& request,
                    const std::string& lower_action, bool bounded, Verdict& verdict) {
  Match match = Match::exact;
  if (statement.principals) {
    match = principal_match(*statement.principals, request);
    // NotPrincipal with Deny reaches every caller that has a permissions boundary, whoever is listed
    // (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html).
    if (statement.not_principal) match = match == Match::none || bounded ? Match::exact : Match::none;
    if (match == Match::none) return;
  }
  if (!matches_action(statement, lower_action) || !matches_resource(statement, variables, request)) return;
  bool applies = std::all_of(statement.conditions.begin(), statement.conditions.end(),
                             [&](const Condition& c) { return holds(c, variables, request.context); });
  if (!applies) return;
  if (statement.effect == Effect::deny) {
    verdict.denied = true;
  } else {
    verdict.allowed = true;
    verdict.match = std::max(verdict.match, match);
  }
}

// `bounded`: the caller has a permissions boundary.
Verdict read_policy(const Policy& policy, const AccessRequest& request, const std::string& lower_action,
                    bool bounded = false) {
  Verdict verdict;
  for (const Statement& statement : policy.statements)
    read_statement(statement, policy.variables, request, lower_action, bounded, verdict);
  return verdict;
}

struct Verdicts {
  Verdict identity, boundary, session, resource;
};

Verdicts read_all(const AccessRequest& request, const PolicySet& policies) {
  const std::string action = base::ascii_lower(request.action);
  Verdicts out;
  out.identity.allowed = request.root;
  for (const Policy* policy : policies.identity) {
    Verdict one = read_policy(*policy, request, action);
    out.identity.allowed |= one.allowed;
    out.identity.denied |= one.denied;
  }
  // A limit that is not there lets everything pass.
  auto limit = [&](const Policy* policy) {
    return policy ? read_policy(*policy, request, action) : Verdict{false, true, Match::none};
  };
  out.boundary = limit(policies.boundary);
  out.session = limit(policies.session);
  if (policies.resource)
    out.resource = read_policy(*policies.resource, request, action, policies.boundary != nullptr);
  return out;
}

Decision denied(PolicyType by) { return {Outcome::implicitly_denied, by}; }

// What the caller's own side allows: identity policies within boundary and session policy.
Decision own_side(const Verdicts& v) {
  if (!v.identity.allowed) return denied(PolicyType::identity);
  if (!v.boundary.allowed) return denied(PolicyType::boundary);
  if (!v.session.allowed) return denied(PolicyType::session);
  return {Outcome::allowed, PolicyType::none};
}

Decision within_account(const AccessRequest& request, const Verdicts& v) {
  bool named = v.resource.allowed && v.resource.match != Match::account;
  if (named) {
    // A boundary does not hold back a grant to everyone or to the caller itself, a session policy not the
    // latter.
    if (v.resource.match == Match::exact) return {Outcome::allowed, PolicyType::none};
    if (!v.boundary.allowed && v.resource.match != Match::everyone) return denied(PolicyType::boundary);
    if (!v.session.allowed) return denied(PolicyType::session);
    return {Outcome::allowed, PolicyType::none};
  }
  if (request.rule != ResourceRule::optional && !v.resource.allowed) return denied(PolicyType::resource);
  return own_side(v);
}

}  // namespace

bool PolicySet::read_context() const {
  auto reads = [](const Policy* policy) { return policy != nullptr && policy->reads_context; };
  return reads(boundary) || reads(session) || reads(resource) ||
         std::any_of(identity.begin(), identity.end(), reads);
}

Decision evaluate(const AccessRequest& request, const PolicySet& policies) {
  Verdicts v = read_all(request, policies);
  if (v.identity.denied) return {Outcome::explicitly_denied, PolicyType::identity};
  if (v.boundary.denied) return {Outcome::explicitly_denied, PolicyType::boundary};
  if (v.session.denied) return {Outcome::explicitly_denied, PolicyType::session};
  if (v.resource.denied) return {Outcome::explicitly_denied, PolicyType::resource};
  // A service or an anonymous caller has no policies of its own.
  if (request.principal_account.empty())
    return v.resource.allowed ? Decision{Outcome::allowed, PolicyType::none} : denied(PolicyType::resource);
  if (request.principal_account == request.resource_account) return within_account(request, v);
  Decision own = own_side(v);
  if (own.outcome != Outcome::allowed) return own;
  return v.resource.allowed ? own : denied(PolicyType::resource);
}

std::string reason(const Decision& decision, const std::string& action) {
  bool deliberate = decision.outcome == Outcome::explicitly_denied;
  auto sentence = [&](const char* article, const char* kind) {
    return deliberate ? std::string("with an explicit deny in ") + article + " " + kind
                      : std::string("because no ") + kind + " allows the " + action + " action";
  };
  switch (decision.by) {
    case PolicyType::identity:
      return sentence("an", "identity-based policy");
    case PolicyType::resource:
      return sentence("a", "resource-based policy");
    case PolicyType::boundary:
      return sentence("a", "permissions boundary");
    case PolicyType::session:
      return sentence("a", "session policy");
    case PolicyType::none:
      break;
  }
  return {};
}

}  // namespace squall::auth
