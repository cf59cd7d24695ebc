#include "emulator/auth/policy_checks.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <regex>
#include <set>

#include "emulator/auth/policy_resources.hpp"

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
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
  if (!sound) throw PolicyError("Vendor " + vendor + " is not valid");
  if (colon + 1 == action.size() || action.find(':', colon + 1) != std::string::npos)
    throw PolicyError("Actions/Condition can contain only one colon.");
}

// ISO 8601 in all its shortness ("2016-12", "01T"), or seconds since 1970.
bool legacy_date(const std::string& text) {
  static const std::regex moment(
      R"((-?\d{1,9})(-(0?[1-9]|1[0-2])(-(0?[1-9]|[12]\d|3[01]))?)?)"
      R"(([tT](([01]?\d|2[0-3])(:[0-5]?\d(:[0-5]?\d(\.\d{1,9})?([zZ]|\+([01]\d|2[0-3])(:[0-5]\d)?)?)?)?)?)?)");
  if (text.size() > 64) return false;
  if (text.find_first_of("tT-") != text.npos) return std::regex_match(text, moment);
  std::int64_t seconds = -1;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  return error == std::errc{} && end == text.data() + text.size() && seconds >= 0;
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

void check_dates(const Statement& statement) {
  for (const Condition& condition : statement.conditions)
    if (condition.test.starts_with("Date") &&
        !std::all_of(condition.values.begin(), condition.values.end(), legacy_date))
      throw PolicyError("The policy failed legacy parsing");
}

// In AWS's order, each over all statements before the next.
void check_identity(const Policy& policy) {
  for (const Statement& statement : policy.statements) check_dates(statement);
  std::optional<std::string> resources = resource_problem(policy);
  check_sids(policy, PolicyKind::identity);
  for (const Statement& statement : policy.statements)
    if (statement.actions.empty()) throw PolicyError("Policy statement must contain actions.");
  if (resources) throw PolicyError(*resources);
  for (const Statement& statement : policy.statements)
    for (const std::string& action : statement.actions) check_action(action);
  for (const Statement& statement : policy.statements)
    if (statement.resources.empty()) throw PolicyError("Policy statement must contain resources.");
}

}  // namespace

void check_statements(const Policy& policy, PolicyKind kind) {
  if (is_identity(kind)) return check_identity(policy);
  check_sids(policy, kind);
  for (const Statement& statement : policy.statements) {
    if (kind == PolicyKind::trust) {
      check_trust(statement);
      continue;
    }
    // Resource policies are checked by their own services; here only what every one of them needs.
    if (!statement.principals) throw PolicyError("Policy statement must contain principals.");
    for (const std::string& action : statement.actions) check_action(action);
  }
}

}  // namespace squall::auth
