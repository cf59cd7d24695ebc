#include "harness/vault/logical/userpass_user.hpp"

#include "harness/vault/logical/fields.hpp"
#include "harness/vault/logical/stored_record.hpp"
#include "harness/vault/logical/token_backend.hpp"

namespace squall::vault {
namespace {

void check(bool holds, const char* why) {
  if (!holds) throw LogicalError(400, why);
}

// A member that has an old name: the new one wins, and the old one is shown where it was used.
void renamed_seconds(const Json& data, const std::string& old_name, std::int64_t& value, bool& old) {
  const bool has_new = data.contains("token_" + old_name);
  const std::optional<std::int64_t> given = seconds_field(data, old_name);
  if (has_new) old = given.has_value();
  if (has_new || !given) return;
  value = *given;
  old = true;
}

}  // namespace

template <class Visit>
void each_member(UserpassUser& user, Visit&& visit) {
  visit("salt", user.salt);
  visit("hash", user.hash);
  visit("policies", user.policies);
  visit("ttl", user.ttl_s);
  visit("max_ttl", user.max_ttl_s);
  visit("explicit_max_ttl", user.explicit_max_ttl_s);
  visit("period", user.period_s);
  visit("num_uses", user.num_uses);
  visit("no_default_policy", user.no_default_policy);
  visit("type", user.type);
  visit("old_policies", user.old_policies);
  visit("old_ttl", user.old_ttl);
  visit("old_max_ttl", user.old_max_ttl);
}

Json UserpassUser::to_json() const { return stored_record(*this); }
UserpassUser UserpassUser::from_json(const Json& json) { return record_from<UserpassUser>(json); }

void UserpassUser::change(const Json& data) {
  refuse_fields(data, {"token_bound_cidrs", "bound_cidrs"});
  explicit_max_ttl_s = seconds_field(data, "token_explicit_max_ttl").value_or(explicit_max_ttl_s);
  max_ttl_s = seconds_field(data, "token_max_ttl").value_or(max_ttl_s);
  no_default_policy = boolean_field(data, "token_no_default_policy").value_or(no_default_policy);
  period_s = seconds_field(data, "token_period").value_or(period_s);
  policies = list_field(data, "token_policies").value_or(policies);
  if (const std::optional<std::string> given = text_field(data, "token_type")) {
    type = given->empty() ? "default" : *given;
    if (type != "default" && type != "service" && type != "batch")
      throw LogicalError(400, "invalid 'token_type' value \"" + type + "\"");
  }
  num_uses = integer_field(data, "token_num_uses").value_or(num_uses);
  check(num_uses >= 0, "'token_num_uses' cannot be negative");
  if (type == "batch") {
    check(period_s == 0,
          "'token_type' cannot be 'batch' or 'default_batch' when set to generate periodic tokens");
    check(num_uses == 0,
          "'token_type' cannot be 'batch' or 'default_batch' when set to generate tokens with limited use "
          "count");
  }
  ttl_s = seconds_field(data, "token_ttl").value_or(ttl_s);
  check(ttl_s == 0 || max_ttl_s == 0 || ttl_s <= max_ttl_s,
        "'token_ttl' cannot be greater than 'token_max_ttl'");
  const std::optional<std::vector<std::string>> old_names = list_field(data, "policies");
  if (data.contains("token_policies")) old_policies = old_names && !old_names->empty();
  if (!data.contains("token_policies") && old_names) {
    policies = token_policies(*old_names, false);
    old_policies = !policies.empty();
  }
  renamed_seconds(data, "ttl", ttl_s, old_ttl);
  renamed_seconds(data, "max_ttl", max_ttl_s, old_max_ttl);
}

Json UserpassUser::description() const {
  Json json = {{"token_bound_cidrs", Json::array()},
               {"token_explicit_max_ttl", explicit_max_ttl_s},
               {"token_max_ttl", max_ttl_s},
               {"token_no_default_policy", no_default_policy},
               {"token_num_uses", num_uses},
               {"token_period", period_s},
               {"token_policies", policies},
               {"token_ttl", ttl_s},
               {"token_type", type}};
  if (old_policies) json["policies"] = policies;
  if (old_ttl && ttl_s > 0) json["ttl"] = ttl_s;
  if (old_max_ttl && max_ttl_s > 0) json["max_ttl"] = max_ttl_s;
  return json;
}

Schema userpass_user_schema() {
  using enum FieldType;
  return {{{"username", text},
           {"password", text},
           {"policies", list},
           {"ttl", seconds},
           {"max_ttl", seconds},
           {"bound_cidrs", list},
           {"token_bound_cidrs", list},
           {"token_explicit_max_ttl", seconds},
           {"token_max_ttl", seconds},
           {"token_no_default_policy", boolean},
           {"token_period", seconds},
           {"token_policies", list},
           {"token_type", text},
           {"token_ttl", seconds},
           {"token_num_uses", integer}},
          true};
}

}  // namespace squall::vault
