#include "emulator/auth/access.hpp"

#include "emulator/base/arn.hpp"
#include "emulator/base/ascii.hpp"

namespace squall::auth {
namespace {

using Kind = wire::Principal::Kind;

constexpr std::size_t most_parsed = 2048;

const char* principal_type(Kind kind) {
  switch (kind) {
    case Kind::root:
      return "Account";
    case Kind::user:
      return "User";
    case Kind::assumed_role:
      return "AssumedRole";
    case Kind::anonymous:
      break;
  }
  return "Anonymous";
}

// Buckets' ARNs name no account: theirs is taken to be the caller's.
std::string account_of(const std::string& resource, const std::string& caller) {
  auto arn = base::Arn::parse(resource);
  return arn && !arn->account.empty() ? arn->account : caller;
}

}  // namespace

ConditionContext condition_context(const wire::RequestContext& context, const Authorization& wanted,
                                   const std::string& principal_arn) {
  const wire::Principal& caller = context.principal;
  ConditionContext out;
  auto set = [&](const char* key, std::string value) {
    if (!value.empty()) out[key] = {std::move(value)};
  };
  set("aws:principalarn", principal_arn);
  set("aws:principalaccount", caller.account);
  set("aws:principaltype", principal_type(caller.kind));
  set("aws:userid", caller.user_id);
  if (caller.kind == Kind::user) set("aws:username", caller.name);
  set("aws:sourceip", context.source_ip);
  set("aws:useragent", context.user_agent);
  set("aws:securetransport", context.secure_transport ? "true" : "false");
  set("aws:viaawsservice", "false");
  set("aws:principalisawsservice", "false");
  set("aws:currenttime", base::iso8601(context.now));
  set("aws:epochtime", std::to_string(base::unix_seconds(context.now)));
  set("aws:requestedregion", context.region);
  for (const auto& [key, value] : caller.tags) out["aws:principaltag/" + base::ascii_lower(key)] = {value};
  if (!context.source_instance.empty())
    set("ec2:sourceinstancearn", context.arn("ec2", "instance/" + context.source_instance));
  for (const auto& [key, values] : wanted.conditions) out[base::ascii_lower(key)] = values;
  return out;
}

std::optional<std::string> AccessControl::denial(const wire::RequestContext& context,
                                                 const Authorization& wanted) {
  if (mode_ == Mode::open) return {};
  ResourceRule rule = wanted.resource_policy_required ? ResourceRule::key_policy : ResourceRule::optional;
  Decision decision = decide(context, wanted, rule);
  if (decision.outcome == Outcome::allowed) return {};
  std::string sentence =
      "User: " + (context.principal.arn.empty() ? std::string("anonymous") : context.principal.arn) +
      " is not authorized to perform: " + wanted.action;
  if (wanted.resource != "*") sentence += " on resource: " + wanted.resource;
  return sentence + " " + reason(decision, wanted.action);
}

Decision AccessControl::decide(const wire::RequestContext& context, const Authorization& wanted,
                               ResourceRule rule) {
  const wire::Principal& caller = context.principal;
  AccessRequest request;
  request.principal_arn = caller.arn;
  request.principal_account = caller.account;
  request.root = caller.kind == Kind::root;
  request.action = wanted.action;
  request.resource = wanted.resource;
  request.resource_account = account_of(wanted.resource, caller.account);
  request.rule = rule;
  PolicySet policies;
  std::string principal_arn = caller.arn;
  if (caller.kind == Kind::user || caller.kind == Kind::assumed_role) {
    const AttachedPolicies& attached = source_.attached(caller);
    for (const auto& policy : attached.identity) policies.identity.push_back(policy.get());
    policies.boundary = attached.boundary.get();
    principal_arn = attached.principal_arn;
    if (caller.kind == Kind::assumed_role) request.role_arn = principal_arn;
  }
  std::shared_ptr<const Policy> session, resource;
  if (!caller.session_policy.empty()) session = parsed(caller.session_policy, PolicyKind::identity);
  if (!wanted.resource_policy.empty())
    resource = parsed(wanted.resource_policy,
                      rule == ResourceRule::trust_policy ? PolicyKind::trust : PolicyKind::resource);
  policies.session = session.get();
  policies.resource = resource.get();
  if (policies.read_context()) request.context = condition_context(context, wanted, principal_arn);
  return evaluate(request, policies);
}

// A text that does not parse is a policy that allows nothing: services check what they store.
std::shared_ptr<const Policy> AccessControl::parsed(const std::string& text, PolicyKind kind) {
  auto& found = [&]() -> std::shared_ptr<const Policy>& {
    if (parsed_.size() >= most_parsed) parsed_.clear();
    return parsed_[{kind, text}];
  }();
  if (!found) {
    try {
      found = std::make_shared<const Policy>(parse_policy(text, kind));
    } catch (const PolicyError&) {
      found = std::make_shared<const Policy>();
    }
  }
  return found;
}

}  // namespace squall::auth
