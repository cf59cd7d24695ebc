// auth/token/create (vault/token_store.go, handleCreateCommon), its checks in the original's order.
#include <algorithm>
#include <cctype>

#include "harness/vault/logical/fields.hpp"
#include "harness/vault/logical/token_backend.hpp"

namespace squall::vault {
namespace {

// What a batch token cannot have.
void check_batch(const Json& data) {
  const auto refuse = [](const std::string& field) {
    throw LogicalError(400, "batch tokens cannot have \"" + field + "\" set");
  };
  for (const std::string field : {"explicit_max_ttl", "period"}) {
    const std::string text = text_field(data, field).value_or("");
    if (!field_problem(text, FieldType::signed_seconds).empty())
      throw LogicalError(400, "\"" + field + "\" value could not be parsed");
    if (parse_seconds(text).value_or(0) != 0) refuse(field);
    // The first that was given is the only one that the original looks at, be it "0s".
    if (!text.empty()) return;
    if (field == "explicit_max_ttl" && integer_field(data, "num_uses").value_or(0) != 0) refuse("num_uses");
  }
}

std::int64_t positive_seconds(const Json& data, const std::string& field) {
  const std::int64_t seconds = late_seconds_field(data, field).value_or(0);
  if (seconds < 0) throw LogicalError(400, field + " must be positive");
  return seconds;
}

// "token-" and what of the name may be there.
std::string display_name(const std::string& asked) {
  std::string name = asked.empty() ? "token" : "token-" + asked;
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '-';
  if (name.ends_with('-')) name.pop_back();
  return name;
}

}  // namespace

std::vector<std::string> TokenBackend::child_policies(const TokenEntry& parent, const Json& data,
                                                      bool sudo) const {
  const auto given = data.find("policies");
  std::vector<std::string> asked;
  if (given != data.end() && given->is_string() && *given != "") asked = {given->get<std::string>()};
  if (given != data.end() && given->is_array()) asked = list_field(data, "policies").value_or(asked);
  const bool without_default = boolean_field(data, "no_default_policy").value_or(false);
  const bool has_default =
      std::find(parent.policies.begin(), parent.policies.end(), "default") != parent.policies.end();
  bool add_default = false;
  if (asked.empty()) {
    asked = parent.policies;
  } else if (sudo) {
    add_default = !without_default;
  } else {
    for (const std::string& policy : token_policies(asked, false))
      if (std::find(parent.policies.begin(), parent.policies.end(), policy) == parent.policies.end())
        throw LogicalError(400, "child policies must be subset of parent");
    add_default = !without_default && has_default;
  }
  std::vector<std::string> policies = token_policies(asked, add_default);
  if (without_default) std::erase(policies, "default");
  for (const std::string& policy : policies)
    if (policy == wrapping_policy_name || policy == "control-group")
      throw LogicalError(400, "cannot assign policy \"" + policy + "\"");
  return policies;
}

world::Task<Answer> TokenBackend::create(Request request, bool orphan) {
  const TokenEntry& parent = *request.token;
  const Json& data = request.data;
  if (parent.batch) throw LogicalError(400, "batch tokens cannot create more tokens");
  if (parent.num_uses > 0) throw LogicalError(400, "restricted use token cannot generate child tokens");
  const std::string type = text_field(data, "type").value_or("");
  if (type == "batch") check_batch(data);
  if (type != "" && type != "service" && type != "batch")
    throw LogicalError(400, "invalid 'token_type' value");
  TokenEntry entry;
  entry.batch = type == "batch";
  entry.num_uses = integer_field(data, "num_uses").value_or(0);
  if (entry.num_uses < 0) throw LogicalError(400, "number of uses cannot be negative");
  if (!text_field(data, "entity_alias").value_or("").empty())
    throw LogicalError(400, "'entity_alias' is only allowed in combination with token role");
  const Acl rights = policies_.acl(parent.policies);
  const bool sudo = rights.on(request.path, Operation::update).has(Capabilities::sudo);
  entry.path = request.path;
  entry.display_name = display_name(text_field(data, "display_name").value_or(""));
  entry.id = co_await chosen_id(data, sudo);
  const bool chosen = !entry.id.empty();
  entry.policies = child_policies(parent, data, sudo);
  if (entry.root() && !parent.root())
    throw LogicalError(400, "root tokens may not be created without parent token being root");
  if (entry.root() && entry.batch) throw LogicalError(400, "batch tokens cannot be root tokens");
  if (boolean_field(data, "no_parent").value_or(false)) {
    if (!sudo) throw LogicalError(400, "root or sudo privileges required to create orphan token");
    orphan = true;
  }
  if (!orphan) entry.parent = parent.id;
  if (!orphan) entry.entity_id = parent.entity_id;
  const std::optional<Json> meta = pairs_field(data, "meta");
  if (meta && !meta->empty()) entry.meta = *meta;
  entry.renewable = boolean_field(data, "renewable").value_or(true) && !entry.batch;
  entry.explicit_max_ttl_s = positive_seconds(data, "explicit_max_ttl");
  entry.period_s = positive_seconds(data, "period");
  if (entry.period_s != 0 && !sudo)
    throw LogicalError(400, "root or sudo privileges required to create periodic token");
  Answer answer;
  set_ttl(entry, data, parent, answer.warnings);
  if (chosen)
    answer.warnings.emplace_back(
        "Supplying a custom ID for the token uses the weaker SHA1 hashing instead of the more secure "
        "SHA2-256 HMAC "
        "for token obfuscation. SHA1 hashed tokens on the wire leads to less secure lookups.");
  for (const std::string& policy : entry.policies)
    if (policy != "root" && policies_.find(policy) == nullptr)
      answer.warnings.push_back("Policy \"" + policy + "\" does not exist");
  if (entry.batch) {
    answer.auth = auth_of(tokens_.create_batch(entry));
    co_return answer;
  }
  const TokenEntry created = co_await tokens_.create(entry);
  answer.auth = auth_of(created);
  co_return answer;
}

void TokenBackend::set_ttl(TokenEntry& entry, const Json& data, const TokenEntry& parent,
                           std::vector<std::string>& warnings) const {
  std::int64_t asked = positive_seconds(data, "ttl");
  if (text_field(data, "ttl").value_or("").empty()) {
    asked = late_seconds_field(data, "lease").value_or(0);
    if (asked < 0) throw LogicalError(400, "lease must be positive");
  }
  const Time now = world_.scheduler.now();
  if (!entry.root() || asked != 0 || entry.period_s != 0)
    asked = lease_ttl_s({0, asked, entry.period_s, 0, entry.explicit_max_ttl_s, now}, world_.leases, now,
                        warnings);
  if (asked == 0) asked = entry.explicit_max_ttl_s;
  if (asked == 0) {
    if (parent.ttl_s != 0)
      throw LogicalError(400, "expiring root tokens cannot create non-expiring root tokens");
    entry.renewable = false;
  }
  entry.ttl_s = entry.creation_ttl_s = asked;
}

}  // namespace squall::vault
