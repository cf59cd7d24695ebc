#include "harness/vault/logical/policy_limits.hpp"

#include <algorithm>

#include "emulator/base/ascii.hpp"
#include "harness/vault/logical/fields.hpp"

namespace squall::vault {
namespace {

Json json_of(const hcl::Value& value) {
  if (value.kind == hcl::Value::Kind::boolean) return value.text == "true";
  return value.text;  // numbers never equal a request's, which are texts to Vault
}

PolicyLimits::Parameters read_parameters(const hcl::Item& parameter, const std::string& where) {
  PolicyLimits::Parameters result;
  const hcl::Value& value = parameter.value;
  if (!value.is_object())
    throw bad_policy(where + "At " + value.position.text() + ": root." + parameter.keys[0] +
                     ": not an object type for map (*ast.LiteralType)");
  for (const hcl::Item& item : value.items) {
    std::vector<Json>& values = result[base::ascii_lower(item.keys[0])];
    for (const hcl::Value& element : policy_list(item.value, where)) values.push_back(json_of(element));
  }
  return result;
}

std::int64_t read_ttl(const hcl::Item& item) {
  const std::string problem = field_problem(item.value.text, FieldType::signed_seconds);
  if (!problem.empty()) throw bad_policy("error parsing " + item.keys[0] + ": " + problem);
  return parse_seconds(item.value.text).value_or(0);
}

// The lesser of two that are set.
void merge_ttl(std::int64_t& ttl, std::int64_t other) {
  if (other > 0 && (ttl == 0 || other < ttl)) ttl = other;
}

// An empty list stands for all values, so it wins.
void merge_parameters(std::optional<PolicyLimits::Parameters>& into,
                      const std::optional<PolicyLimits::Parameters>& from) {
  if (!from || from->empty()) return;
  if (!into) into.emplace();
  for (const auto& [name, values] : *from) {
    const auto [found, fresh] = into->try_emplace(name, values);
    if (fresh) continue;
    if (values.empty() || found->second.empty()) {
      found->second.clear();
    } else {
      found->second.insert(found->second.begin(), values.begin(), values.end());
    }
  }
}

bool matches_glob(const std::string& pattern, const std::string& text) {
  if (pattern.size() < 2) return pattern == text;
  const bool front = pattern.front() == '*', back = pattern.back() == '*';
  if (front && back) return text.find(pattern.substr(1, pattern.size() - 2)) != std::string::npos;
  if (front) return text.ends_with(pattern.substr(1));
  if (back) return text.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == text;
}

bool listed(const Json& value, const std::vector<Json>& values) {
  return values.empty() || std::any_of(values.begin(), values.end(), [&](const Json& each) {
           if (each.is_string() && value.is_string())
             return matches_glob(each.get<std::string>(), value.get<std::string>());
           return each == value;
         });
}

}  // namespace

LogicalError bad_policy(const std::string& why) { return {400, "failed to parse policy: " + why}; }

const std::vector<hcl::Value>& policy_list(const hcl::Value& value, const std::string& where) {
  if (value.kind != hcl::Value::Kind::list)
    throw bad_policy(where + "At " + value.position.text() +
                     ": unknown slice type: " + (value.is_object() ? "*ast.ObjectType" : "*ast.LiteralType"));
  return value.elements;
}

bool PolicyLimits::read(const hcl::Item& item, const std::string& where) {
  const std::string& key = item.keys[0];
  if (key == "allowed_parameters") {
    allowed = read_parameters(item, where);
  } else if (key == "denied_parameters") {
    denied = read_parameters(item, where);
  } else if (key == "required_parameters") {
    for (const hcl::Value& element : policy_list(item.value, where)) required.push_back(element.text);
  } else if (key == "min_wrapping_ttl") {
    least_wrapping_s = read_ttl(item);
  } else if (key == "max_wrapping_ttl") {
    most_wrapping_s = read_ttl(item);
  } else {
    return false;
  }
  return true;
}

void PolicyLimits::check() const {
  if (least_wrapping_s != 0 && most_wrapping_s != 0 && most_wrapping_s < least_wrapping_s)
    throw bad_policy("max_wrapping_ttl cannot be less than min_wrapping_ttl");
}

void PolicyLimits::merge(const PolicyLimits& other) {
  merge_ttl(most_wrapping_s, other.most_wrapping_s);
  merge_ttl(least_wrapping_s, other.least_wrapping_s);
  merge_parameters(allowed, other.allowed);
  merge_parameters(denied, other.denied);
  for (const std::string& name : other.required)
    if (std::find(required.begin(), required.end(), name) == required.end()) required.push_back(name);
}

bool PolicyLimits::permit(const Request& request) const {
  const std::int64_t wrap = request.wrap_ttl_s;
  if (most_wrapping_s > 0 && (wrap == 0 || wrap > most_wrapping_s)) return false;
  if (least_wrapping_s > 0 && (wrap == 0 || wrap < least_wrapping_s)) return false;
  const bool has_parameters =
      request.operation == Operation::read || request.writes() || request.operation == Operation::patch;
  if (!has_parameters) return true;
  for (const std::string& name : required)
    if (!request.data.contains(base::ascii_lower(name))) return false;
  if (request.data.empty()) return true;
  if (denied && denied->contains("*")) return false;
  const bool any_allowed = !allowed || allowed->empty() || allowed->contains("*");
  for (const auto& [name, value] : request.data.items()) {
    const std::string key = base::ascii_lower(name);
    if (denied && denied->contains(key) && listed(value, denied->at(key))) return false;
    const bool named = allowed && allowed->contains(key);
    if (!named && !any_allowed) return false;
    if (named && !listed(value, allowed->at(key))) return false;
  }
  return true;
}

}  // namespace squall::vault
