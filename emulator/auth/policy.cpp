#include "emulator/auth/policy.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "emulator/auth/policy_checks.hpp"
#include "emulator/base/ascii.hpp"

namespace squall::auth {
namespace {

using Json = nlohmann::json;

constexpr const char* syntax = "Syntax errors in policy.";

[[noreturn]] void malformed(const std::string& message = syntax) { throw PolicyError(message); }

// AWS takes tab, line feed, carriage return and what is printable; wildcards.cpp relies on it.
std::string text_of(const Json& value) {
  if (!value.is_string()) malformed();
  const auto& text = value.get_ref<const std::string&>();
  for (char c : text)
    if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') malformed();
  return text;
}

// A null in a list counts for nothing.
std::vector<std::string> texts_of(const Json& value) {
  std::vector<std::string> out;
  if (!value.is_array()) return {text_of(value)};
  for (const Json& item : value)
    if (!item.is_null()) out.push_back(text_of(item));
  return out;
}

// Condition values may also be numbers and booleans.
std::vector<std::string> condition_values(const Json& value) {
  auto one = [](const Json& item) -> std::string {
    if (item.is_boolean()) return item.get<bool>() ? "true" : "false";
    if (item.is_number()) return item.dump();
    return text_of(item);
  };
  if (!value.is_array()) return {one(value)};
  std::vector<std::string> out;
  for (const Json& item : value) out.push_back(one(item));
  return out;
}

Principals parse_principals(const Json& value) {
  Principals out;
  if (value.is_string()) {
    if (value != "*") malformed();
    out.everyone = true;
    return out;
  }
  if (!value.is_object() || value.empty()) malformed();
  for (const auto& [type, names] : value.items()) {
    std::vector<std::string> texts = texts_of(names);
    if (type == "AWS") {
      for (std::string& name : texts) {
        if (name == "*")
          out.everyone = true;
        else
          out.aws.push_back(std::move(name));
      }
    } else if (type == "Service") {
      out.services = std::move(texts);
    } else if (type == "Federated" || type == "CanonicalUser") {
      out.federated.insert(out.federated.end(), texts.begin(), texts.end());
    } else {
      malformed();
    }
  }
  return out;
}

constexpr std::array<std::string_view, 27> tests = {"StringEquals",
                                                    "StringNotEquals",
                                                    "StringEqualsIgnoreCase",
                                                    "StringNotEqualsIgnoreCase",
                                                    "StringLike",
                                                    "StringNotLike",
                                                    "NumericEquals",
                                                    "NumericNotEquals",
                                                    "NumericLessThan",
                                                    "NumericLessThanEquals",
                                                    "NumericGreaterThan",
                                                    "NumericGreaterThanEquals",
                                                    "DateEquals",
                                                    "DateNotEquals",
                                                    "DateLessThan",
                                                    "DateLessThanEquals",
                                                    "DateGreaterThan",
                                                    "DateGreaterThanEquals",
                                                    "Bool",
                                                    "BinaryEquals",
                                                    "IpAddress",
                                                    "NotIpAddress",
                                                    "ArnEquals",
                                                    "ArnLike",
                                                    "ArnNotEquals",
                                                    "ArnNotLike",
                                                    "Null"};

// The operator's name is read without regard to case, as AWS does. Nothing if there is none of that name.
std::optional<Condition> parse_operator(std::string_view name) {
  Condition out;
  std::string rest(name);
  for (auto [prefix, quantifier] :
       {std::pair{std::string_view("foranyvalue:"), SetQuantifier::for_any_value},
        std::pair{std::string_view("forallvalues:"), SetQuantifier::for_all_values}})
    if (base::ascii_lower(rest).starts_with(prefix)) {
      out.quantifier = quantifier;
      rest.erase(0, prefix.size());
      break;
    }
  if (base::ascii_lower(rest).ends_with("ifexists")) {
    out.if_exists = true;
    rest.erase(rest.size() - 8);
  }
  auto found = std::find_if(tests.begin(), tests.end(), [&](std::string_view test) {
    return base::ascii_lower(test) == base::ascii_lower(rest);
  });
  if (found == tests.end() || (*found == "Null" && out.if_exists)) return {};
  out.test = *found;
  return out;
}

// IAM's own reader of identity policies has but one sentence, and looks neither at keys nor at operators
// without any (the cases of policy_resources.hpp's source).
std::vector<Condition> parse_conditions(const Json& value, PolicyKind kind) {
  if (!value.is_object()) malformed();
  std::vector<Condition> out;
  for (const auto& [name, keys] : value.items()) {
    std::optional<Condition> shared = parse_operator(name);
    if (!keys.is_object()) malformed();
    if (!shared && !(is_identity(kind) && keys.empty()))
      malformed(is_identity(kind) ? syntax : "Invalid Condition type : " + std::string(name) + ".");
    for (const auto& [key, values] : keys.items()) {
      if (!is_identity(kind) && key.find(':') == std::string::npos)
        malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
      Condition condition = *shared;
      condition.key = base::ascii_lower(key);
      condition.values = condition_values(values);
      out.push_back(std::move(condition));
    }
  }
  return out;
}

// Exactly one of `plain` and `negated`, or neither.
const Json* one_of(const Json& object, const char* plain, const char* negated, bool& is_negated) {
  auto a = object.find(plain), b = object.find(negated);
  if (a != object.end() && b != object.end()) malformed();
  is_negated = b != object.end();
  return is_negated ? &*b : a != object.end() ? &*a : nullptr;
}

void refuse_unknown_members(const Json& object) {
  static const std::set<std::string_view> known = {"Sid",       "Effect",       "Action",
                                                   "NotAction", "Resource",     "NotResource",
                                                   "Principal", "NotPrincipal", "Condition"};
  for (const auto& [name, value] : object.items())
    if (!known.contains(name)) malformed();
}

Effect parse_effect(const Json& object, PolicyKind kind, bool& legacy) {
  auto effect = object.find("Effect");
  if (effect == object.end()) malformed(kind == PolicyKind::trust ? "Missing required field Effect" : syntax);
  if (!effect->is_string()) malformed();
  std::string name = effect->get<std::string>(), lower = base::ascii_lower(name);
  if (name != "Allow" && name != "Deny") {
    if (kind == PolicyKind::trust) malformed("Invalid effect: " + name);
    if (!is_identity(kind) || (lower != "allow" && lower != "deny")) malformed();
    legacy = false;
  }
  return lower == "allow" ? Effect::allow : Effect::deny;
}

// Clears `legacy` if only the newer of AWS's two readers takes the statement.
Statement parse_statement(const Json& object, PolicyKind kind, bool& legacy) {
  if (!object.is_object()) malformed();
  refuse_unknown_members(object);
  Statement out;
  if (auto sid = object.find("Sid"); sid != object.end()) out.sid = text_of(*sid);
  out.effect = parse_effect(object, kind, legacy);
  if (const Json* actions = one_of(object, "Action", "NotAction", out.not_action))
    for (std::string& action : texts_of(*actions)) out.actions.push_back(base::ascii_lower(action));
  if (const Json* resources = one_of(object, "Resource", "NotResource", out.not_resource)) {
    if (kind == PolicyKind::trust)
      malformed(std::string("Has prohibited field ") + (out.not_resource ? "NotResource" : "Resource"));
    out.resources = texts_of(*resources);
  }
  if (const Json* principals = one_of(object, "Principal", "NotPrincipal", out.not_principal)) {
    if (is_identity(kind)) malformed("Policy document should not specify a principal.");
    out.principals = parse_principals(*principals);
  }
  if (auto conditions = object.find("Condition"); conditions != object.end())
    out.conditions = parse_conditions(*conditions, kind);
  return out;
}

// Documents deeper than any policy are refused while they are read.
Json parse_json(std::string_view text, PolicyKind kind) {
  const char* message = kind == PolicyKind::trust ? "This policy contains invalid Json" : syntax;
  auto shallow = [&](int level, Json::parse_event_t, Json&) {
    if (level > 20) throw PolicyError(message);
    return true;
  };
  Json document = Json::parse(text, shallow, false);
  if (document.is_discarded() || !document.is_object()) malformed(message);
  return document;
}

bool reads_context(const Statement& statement) {
  return !statement.conditions.empty() ||
         std::any_of(statement.resources.begin(), statement.resources.end(),
                     [](const std::string& text) { return text.find("${") != std::string::npos; });
}

}  // namespace

Policy parse_policy(std::string_view json, PolicyKind kind) {
  Json document = parse_json(json, kind);
  Policy out;
  for (const auto& [name, value] : document.items())
    if (name != "Version" && name != "Id" && name != "Statement") malformed();
  if (auto version = document.find("Version"); version != document.end()) {
    if (*version != "2012-10-17" && *version != "2008-10-17") malformed();
    out.variables = *version == "2012-10-17";
  }
  if (auto id = document.find("Id"); id != document.end()) text_of(*id);
  auto statements = document.find("Statement");
  if (statements == document.end() || statements->empty()) malformed();
  bool legacy = true;
  if (statements->is_array()) {
    for (const Json& statement : *statements)
      out.statements.push_back(parse_statement(statement, kind, legacy));
  } else {
    out.statements.push_back(parse_statement(*statements, kind, legacy));
  }
  if (kind == PolicyKind::managed && !out.variables)
    malformed("Policy document must be version 2012-10-17 or greater.");
  if (!legacy) malformed("The policy failed legacy parsing");
  check_statements(out, kind);
  out.reads_context = std::any_of(out.statements.begin(), out.statements.end(), reads_context);
  return out;
}

}  // namespace squall::auth
