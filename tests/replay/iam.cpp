// Random requests with policies, and what a community simulator decided (see tests/auth/README.md for the
// format).
#include <ostream>

#include "emulator/auth/evaluate.hpp"
#include "emulator/base/arn.hpp"
#include "emulator/base/ascii.hpp"
#include "tests/replay/replay.hpp"

namespace squall::replay {
namespace {

using nlohmann::json;

auth::AccessRequest request_of(const json& request, const std::string& service) {
  auth::AccessRequest out;
  out.principal_arn = request.at("principal").get<std::string>();
  auto arn = base::Arn::parse(out.principal_arn).value();
  out.principal_account = arn.account;
  if (arn.service == "sts") {
    std::string name = arn.resource.substr(arn.resource.find('/') + 1);
    out.role_arn = "arn:aws:iam::" + arn.account + ":role/" + name.substr(0, name.find('/'));
  }
  out.action = request.at("action").get<std::string>();
  out.resource = request.at("resource").at("resource").get<std::string>();
  out.resource_account = request.at("resource").at("accountId").get<std::string>();
  if (service == "kms") out.rule = auth::ResourceRule::key_policy;
  if (service == "sts") out.rule = auth::ResourceRule::trust_policy;
  for (const auto& [key, value] : request.at("contextVariables").items()) {
    out.context[base::ascii_lower(key)] = value.is_array()
                                              ? value.get<std::vector<std::string>>()
                                              : std::vector<std::string>{value.get<std::string>()};
  }
  return out;
}

std::string decide(const json& one) {
  std::string service = one.at("service").get<std::string>();
  auth::AccessRequest request = request_of(one.at("request"), service);
  std::vector<auth::Policy> kept;
  kept.reserve(one.at("identity").size() + 3);
  auto parsed = [&](const json& policy, auth::PolicyKind kind) {
    return &kept.emplace_back(auth::parse_policy(policy.dump(), kind));
  };
  auth::PolicySet policies;
  for (const json& policy : one.at("identity"))
    policies.identity.push_back(parsed(policy, auth::PolicyKind::identity));
  if (one.contains("boundary")) policies.boundary = parsed(one["boundary"], auth::PolicyKind::identity);
  if (one.contains("session")) policies.session = parsed(one["session"], auth::PolicyKind::identity);
  if (one.contains("resource_policy"))
    policies.resource = parsed(one["resource_policy"],
                               service == "sts" ? auth::PolicyKind::trust : auth::PolicyKind::resource);
  switch (auth::evaluate(request, policies).outcome) {
    case auth::Outcome::allowed:
      return "Allowed";
    case auth::Outcome::explicitly_denied:
      return "ExplicitlyDenied";
    case auth::Outcome::implicitly_denied:
      break;
  }
  return "ImplicitlyDenied";
}

}  // namespace

Tally replay_iam(const Cases& cases, std::ostream& differences) {
  Tally tally;
  for (const json& one : cases) {
    ++tally.total;
    std::string decided;
    try {
      decided = decide(one);
    } catch (const auth::PolicyError& problem) {
      decided = std::string("refused: ") + problem.what();
    }
    if (decided == one.at("result")) {
      ++tally.agreed;
    } else {
      differences << "case " << tally.total << ": recorded " << one.at("result") << ", decided " << decided
                  << ": " << one.dump() << '\n';
    }
  }
  return tally;
}

}  // namespace squall::replay
