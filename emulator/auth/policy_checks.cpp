#include "emulator/auth/policy_checks.hpp"

#include <algorithm>
#include <set>

#include "emulator/base/arn.hpp"

namespace squall::auth {
namespace {

void check_sids(const Policy& policy, PolicyKind kind) {
  std::set<std::string> seen;
  for (const Statement& statement : policy.statements) {
    if (statement.sid.empty()) continue;
    // Resource policies may hold any text, identity policies letters and digits.
    bool plain = std::all_of(statement.sid.begin(), statement.sid.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    });
    if (kind == PolicyKind::identity && !plain)
      throw PolicyError(
          "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression "
          "[0-9A-Za-z]*");
    if (!seen.insert(statement.sid).second)
      throw PolicyError("Statement IDs (SID) in a single policy must be unique.");
  }
}

void check_action(const std::string& action) {
  if (action == "*") return;
  std::size_t colon = action.find(':');
  if (colon == std::string::npos)
    throw PolicyError("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  std::string vendor = action.substr(0, colon);
  bool sound = !vendor.empty() && std::all_of(vendor.begin(), vendor.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (!sound) throw PolicyError("Vendor " + vendor + " is not valid");
  if (colon + 1 == action.size() || action.find(':', colon + 1) != std::string::npos)
    throw PolicyError("Actions/Condition can contain only one colon.");
}

void check_resource(const std::string& resource) {
  if (resource == "*") return;
  auto arn = base::Arn::parse(resource);
  if (!resource.starts_with("arn:") && resource.find(':') == std::string::npos)
    throw PolicyError("Resource " + resource + " must be in ARN format or \"*\".");
  if (!arn) throw PolicyError("The policy failed legacy parsing");
  static const std::set<std::string, std::less<>> partitions = {"aws", "aws-cn", "aws-us-gov", "*"};
  if (!partitions.contains(arn->partition))
    throw PolicyError("Partition \"" + arn->partition + "\" is not valid for resource \"" + resource + "\".");
  if (arn->service == "iam" && !arn->region.empty())
    throw PolicyError("IAM resource " + resource + " cannot contain region information.");
}

void check_trust(const Statement& statement) {
  if (!statement.principals) throw PolicyError("Missing required field Principal");
  if (statement.not_principal && statement.effect == Effect::allow)
    throw PolicyError("Has prohibited field NotPrincipal");
  if (statement.actions.empty()) throw PolicyError("Missing required field Action");
  for (const std::string& action : statement.actions)
    if (!statement.not_action && action != "*" && !action.starts_with("sts:"))
      throw PolicyError("AssumeRole policy may only specify STS AssumeRole actions.");
}

void check_permissions(const Statement& statement) {
  if (statement.actions.empty()) throw PolicyError("Policy statement must contain actions.");
  if (statement.resources.empty()) throw PolicyError("Policy statement must contain resources.");
}

}  // namespace

void check_statements(const Policy& policy, PolicyKind kind) {
  check_sids(policy, kind);
  for (const Statement& statement : policy.statements) {
    if (kind == PolicyKind::trust) {
      check_trust(statement);
      continue;
    }
    if (kind == PolicyKind::resource && !statement.principals)
      throw PolicyError("Policy statement must contain principals.");
    // Resource policies are checked by their own services; here only what every one of them needs.
    if (kind == PolicyKind::identity) check_permissions(statement);
    for (const std::string& action : statement.actions) check_action(action);
    if (kind == PolicyKind::identity)
      for (const std::string& resource : statement.resources) check_resource(resource);
  }
}

}  // namespace squall::auth
