#include "emulator/auth/conditions.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "emulator/auth/addresses.hpp"
#include "emulator/base/time.hpp"
#include "emulator/http/message.hpp"

namespace squall::auth {
namespace {

std::optional<double> number(std::string_view text) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

// ISO 8601, a date alone, or seconds since 1970; as seconds, so that the comparisons are those of numbers.
std::optional<double> date(std::string_view text) {
  std::string full(text);
  if (text.size() == 10 && text[4] == '-') full += "T00:00:00Z";
  if (auto time = base::parse_iso8601(full)) return base::to_seconds(time->time_since_epoch());
  return number(text);
}

// -1, 0, 1; nothing if either side cannot be read.
using Order = std::optional<int>;
Order order(std::optional<double> a, std::optional<double> b) {
  if (!a || !b) return {};
  return *a < *b ? -1 : *a > *b ? 1 : 0;
}

bool ordered(std::string_view relation, Order order) {
  if (!order) return false;
  if (relation == "Equals") return *order == 0;
  if (relation == "LessThan") return *order < 0;
  if (relation == "LessThanEquals") return *order <= 0;
  if (relation == "GreaterThan") return *order > 0;
  return *order >= 0;  // GreaterThanEquals
}

// A negated operator is its positive one, turned round over the whole list of values.
struct Test {
  std::string name;
  bool negated = false;
};

Test positive(const std::string& name) {
  if (name == "StringNotEquals") return {"StringEquals", true};
  if (name == "StringNotEqualsIgnoreCase") return {"StringEqualsIgnoreCase", true};
  if (name == "StringNotLike") return {"StringLike", true};
  if (name == "NumericNotEquals") return {"NumericEquals", true};
  if (name == "DateNotEquals") return {"DateEquals", true};
  if (name == "NotIpAddress") return {"IpAddress", true};
  if (name == "ArnNotEquals" || name == "ArnNotLike") return {"ArnLike", true};
  if (name == "ArnEquals") return {"ArnLike", false};  // AWS: the two behave alike
  return {name, false};
}

bool one_value(const std::string& test, const std::string& wanted, const std::string& actual, bool variables,
               const ConditionContext& context) {
  bool wildcards = test == "StringLike" || test == "ArnLike";
  auto pattern = wildcards ? expand(wanted, variables, context) : expand_plain(wanted, variables, context);
  if (!pattern) return false;
  if (test == "StringEquals" || test == "BinaryEquals") return *pattern == actual;
  if (test == "StringEqualsIgnoreCase" || test == "Bool") return http::equal_ignoring_case(*pattern, actual);
  if (test == "StringLike") return matches(*pattern, actual);
  if (test == "ArnLike") return arn_matches(*pattern, actual);
  if (test == "IpAddress") return address_in_block(actual, *pattern);
  if (test.starts_with("Numeric"))
    return ordered(std::string_view(test).substr(7), order(number(actual), number(*pattern)));
  return ordered(std::string_view(test).substr(4), order(date(actual), date(*pattern)));  // Date...
}

bool any_wanted(const Condition& condition, const std::string& test, const std::string& actual,
                bool variables, const ConditionContext& context) {
  return std::any_of(condition.values.begin(), condition.values.end(), [&](const std::string& wanted) {
    return one_value(test, wanted, actual, variables, context);
  });
}

bool all_expand(const Condition& condition, bool variables, const ConditionContext& context) {
  return std::all_of(condition.values.begin(), condition.values.end(), [&](const std::string& value) {
    return expand_plain(value, variables, context).has_value();
  });
}

}  // namespace

bool holds(const Condition& condition, bool variables, const ConditionContext& context) {
  auto found = context.find(condition.key);
  bool present = found != context.end() && !found->second.empty();
  if (condition.test == "Null")
    return std::any_of(condition.values.begin(), condition.values.end(), [&](const std::string& value) {
      return http::equal_ignoring_case(value, "true") ? !present
                                                      : http::equal_ignoring_case(value, "false") && present;
    });
  Test test = positive(condition.test);
  if (!present) {
    // "If there are no matching keys in the request context, ForAnyValue returns false", IfExists or not.
    if (condition.quantifier == SetQuantifier::for_any_value) return false;
    return condition.if_exists || condition.quantifier == SetQuantifier::for_all_values || test.negated;
  }
  // A variable without a value makes nothing true, not even that something differs from it.
  if (test.negated && !all_expand(condition, variables, context)) return false;
  auto value_holds = [&](const std::string& actual) {
    return any_wanted(condition, test.name, actual, variables, context) != test.negated;
  };
  const auto& actual = found->second;
  if (condition.quantifier == SetQuantifier::for_any_value)
    return std::any_of(actual.begin(), actual.end(), value_holds);
  return std::all_of(actual.begin(), actual.end(), value_holds);
}

}  // namespace squall::auth
