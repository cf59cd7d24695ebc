// The table of functions: what each takes, and what it does. Names, signatures and results are the
// specification's (https://jmespath.org/specification.html#built-in-functions).
#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <span>

#include "harness/jmespath/interpreter.hpp"
#include "harness/jmespath/python_text.hpp"

namespace squall::jmespath {
namespace {

using Arguments = std::vector<Argument>;

std::string_view type_name(const Json& value) {
  if (value.is_string()) return "string";
  if (value.is_boolean()) return "boolean";
  if (value.is_array()) return "array";
  if (value.is_object()) return "object";
  return value.is_number() ? "number" : "null";
}

[[noreturn]] void fail_type(const std::string& function, const Json& value, std::string_view received,
                            const Json& expected) {
  throw Error(ErrorKind::type, "In function " + function + "(), invalid type for value: " +
                                   python_str(value) + ", expected one of: " + python_repr(expected) +
                                   ", received: \"" + std::string(received) + "\"");
}

// --- strings, in characters ---
std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    out.push_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

const std::string& text_of(const Argument& argument) { return argument.value.get_ref<const std::string&>(); }

// --- numbers ---
Json sum(const Arguments& a) {
  Json total = 0;
  for (const Json& item : a[0].value) {
    if (total.is_number_integer() && item.is_number_integer())
      total = total.get<std::int64_t>() + item.get<std::int64_t>();
    else
      total = total.get<double>() + item.get<double>();
  }
  return total;
}

Json average(const Arguments& a) {
  if (a[0].value.empty()) return nullptr;
  return sum(a).get<double>() / static_cast<double>(a[0].value.size());
}

Json absolute(const Arguments& a) {
  const Json& number = a[0].value;
  if (number.is_number_integer()) return std::abs(number.get<std::int64_t>());
  return std::abs(number.get<double>());
}

Json rounded(const Json& number, double (*round)(double)) {
  if (number.is_number_integer()) return number;
  return static_cast<std::int64_t>(round(number.get<double>()));
}

Json to_number(const Arguments& a) {
  const Json& value = a[0].value;
  if (value.is_number()) return value;
  if (!value.is_string()) return nullptr;
  std::string_view text = value.get_ref<const std::string&>();
  while (!text.empty() && isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  const char* end = text.data() + text.size();
  std::int64_t whole = 0;
  if (auto read = std::from_chars(text.data(), end, whole); read.ec == std::errc{} && read.ptr == end)
    return whole;
  double fraction = 0;
  if (auto read = std::from_chars(text.data(), end, fraction); read.ec == std::errc{} && read.ptr == end)
    return fraction;
  return nullptr;
}

// --- collections ---
Json contains(const Arguments& a) {
  const Json &subject = a[0].value, &search = a[1].value;
  if (subject.is_array())
    return std::any_of(subject.begin(), subject.end(),
                       [&](const Json& item) { return python_equal(item, search); });
  if (!search.is_string())
    throw Error(ErrorKind::type,
                "'in <string>' requires string as left operand, not " + std::string(python_type(search)));
  return text_of(a[0]).find(text_of(a[1])) != std::string::npos;
}

Json length(const Arguments& a) {
  if (a[0].value.is_string()) return characters(text_of(a[0])).size();
  return a[0].value.size();
}

Json reverse(const Arguments& a) {
  if (a[0].value.is_array()) {
    Json out = Json::array();
    for (auto item = a[0].value.rbegin(); item != a[0].value.rend(); ++item) out.push_back(*item);
    return out;
  }
  std::string out;
  auto all = characters(text_of(a[0]));
  for (auto c = all.rbegin(); c != all.rend(); ++c) out += *c;
  return out;
}

Json join(const Arguments& a) {
  std::string out;
  for (std::size_t i = 0; i < a[1].value.size(); ++i)
    out += (i == 0 ? "" : text_of(a[0])) + a[1].value[i].get<std::string>();
  return out;
}

Json sorted(const Arguments& a) {
  std::vector<Json> items(a[0].value.begin(), a[0].value.end());
  std::stable_sort(items.begin(), items.end());
  return items;
}

Json extreme(const Arguments& a, bool largest) {
  const Json& items = a[0].value;
  if (items.empty()) return nullptr;
  return largest ? *std::max_element(items.begin(), items.end())
                 : *std::min_element(items.begin(), items.end());
}

Json listed(const Arguments& a, bool keys) {
  Json out = Json::array();
  for (const auto& [key, item] : a[0].value.items()) out.push_back(keys ? Json(key) : item);
  return out;
}

Json merge(const Arguments& a) {
  Json out = Json::object();
  for (const Argument& argument : a)
    for (const auto& [key, item] : argument.value.items()) out[key] = item;
  return out;
}

Json not_null(const Arguments& a) {
  for (const Argument& argument : a)
    if (!argument.value.is_null()) return argument.value;
  return nullptr;
}

Json map_each(const Arguments& a) {
  Json out = Json::array();
  for (const Json& item : a[1].value) out.push_back(evaluate(*a[0].expression, item));
  return out;
}

// --- by the value of an expression ---
using Keyed = std::vector<std::pair<Json, const Json*>>;

Keyed keyed(const std::string& function, const Arguments& a, const Json& allowed) {
  Keyed out;
  for (const Json& item : a[0].value) {
    Json key = evaluate(*a[1].expression, item);
    if (std::find(allowed.begin(), allowed.end(), type_name(key)) == allowed.end())
      fail_type(function, key, type_name(key), allowed);
    if (!out.empty() && out[0].first.is_string() != key.is_string())
      throw Error(ErrorKind::type, "'<' not supported between instances of '" +
                                       std::string(python_type(key)) + "' and '" +
                                       std::string(python_type(out[0].first)) + "'");
    out.emplace_back(std::move(key), &item);
  }
  return out;
}

bool key_less(const Keyed::value_type& x, const Keyed::value_type& y) { return x.first < y.first; }

Json sort_by(const Arguments& a) {
  if (a[0].value.empty()) return a[0].value;
  const Json first = evaluate(*a[1].expression, a[0].value[0]);
  if (!first.is_string() && !first.is_number())
    fail_type("sort_by", a[0].value[0], type_name(first), {"string", "number"});
  Keyed items = keyed("sort_by", a, Json::array({std::string(type_name(first))}));
  std::stable_sort(items.begin(), items.end(), key_less);
  Json out = Json::array();
  for (const auto& [key, item] : items) out.push_back(*item);
  return out;
}

Json extreme_by(const std::string& function, const Arguments& a, bool largest) {
  Keyed items = keyed(function, a, {"number", "string"});
  if (items.empty()) return nullptr;
  return largest ? *std::max_element(items.begin(), items.end(), key_less)->second
                 : *std::min_element(items.begin(), items.end(), key_less)->second;
}

// --- the table ---
struct Function {
  std::vector<Json> parameters;  // per parameter the types it takes; empty: any
  bool variadic = false;         // the last parameter may be repeated
  std::function<Json(const Arguments&)> body;
};

const Function* find_function(const std::string& name) {
  static const Json numbers{"array-number"}, sortable{"array-number", "array-string"};
  static const Json string{"string"}, number{"number"}, array{"array"}, object{"object"};
  static const Json reference{"expref"}, any = Json::array();
  using A = const Arguments&;
  static const std::map<std::string, Function> table = {
      {"abs", {{number}, false, absolute}},
      {"avg", {{numbers}, false, average}},
      {"ceil", {{number}, false, [](A a) { return rounded(a[0].value, std::ceil); }}},
      {"contains", {{{"array", "string"}, any}, false, contains}},
      {"ends_with",
       {{string, string}, false, [](A a) { return Json(text_of(a[0]).ends_with(text_of(a[1]))); }}},
      {"floor", {{number}, false, [](A a) { return rounded(a[0].value, std::floor); }}},
      {"join", {{string, {"array-string"}}, false, join}},
      {"keys", {{object}, false, [](A a) { return listed(a, true); }}},
      {"length", {{{"string", "array", "object"}}, false, length}},
      {"map", {{reference, array}, false, map_each}},
      {"max", {{sortable}, false, [](A a) { return extreme(a, true); }}},
      {"max_by", {{array, reference}, false, [](A a) { return extreme_by("max_by", a, true); }}},
      {"merge", {{object}, true, merge}},
      {"min", {{sortable}, false, [](A a) { return extreme(a, false); }}},
      {"min_by", {{array, reference}, false, [](A a) { return extreme_by("min_by", a, false); }}},
      {"not_null", {{any}, true, not_null}},
      {"reverse", {{{"array", "string"}}, false, reverse}},
      {"sort", {{{"array-string", "array-number"}}, false, sorted}},
      {"sort_by", {{array, reference}, false, sort_by}},
      {"starts_with",
       {{string, string}, false, [](A a) { return Json(text_of(a[0]).starts_with(text_of(a[1]))); }}},
      {"sum", {{numbers}, false, sum}},
      {"to_array",
       {{any}, false, [](A a) { return a[0].value.is_array() ? a[0].value : Json::array({a[0].value}); }}},
      {"to_number", {{any}, false, to_number}},
      {"to_string",
       {{any},
        false,
        [](A a) { return a[0].value.is_string() ? a[0].value : Json(compact_json(a[0].value)); }}},
      {"type", {{any}, false, [](A a) { return Json(std::string(type_name(a[0].value))); }}},
      {"values", {{object}, false, [](A a) { return listed(a, false); }}},
  };
  auto found = table.find(name);
  return found == table.end() ? nullptr : &found->second;
}

// The elements of an array whose type is limited are all of one of its types.
void check_elements(const std::string& name, const Json& array, const Json& types) {
  std::string wanted;
  for (const Json& element : array) {
    const std::string type(type_name(element));
    const bool allowed = wanted.empty() ? std::any_of(types.begin(), types.end(),
                                                      [&](const Json& t) { return t == "array-" + type; })
                                        : type == wanted;
    if (!allowed) fail_type(name, element, python_type(element), types);
    wanted = type;
  }
}

void check_argument(const std::string& name, const Argument& argument, const Json& types) {
  if (types.empty()) {
    if (argument.expression == nullptr) return;
    fail_type(name, "expression", "expref", types);
  }
  if (argument.expression != nullptr) {
    if (types[0] != "expref") fail_type(name, "expression", "expref", types);
    return;
  }
  const std::string type(type_name(argument.value));
  for (const Json& candidate : types) {
    const auto& text = candidate.get_ref<const std::string&>();
    if (text == type) return;
    if (text.starts_with(type + "-")) return check_elements(name, argument.value, types);
  }
  fail_type(name, argument.value, type, types);
}

}  // namespace

Json call_function(const std::string& name, const Arguments& arguments) {
  const Function* function = find_function(name);
  if (function == nullptr) throw Error(ErrorKind::unknown_function, "Unknown function: " + name + "()");
  const std::size_t expected = function->parameters.size();
  if (function->variadic ? arguments.size() < expected : arguments.size() != expected)
    throw Error(ErrorKind::arity, std::string("Expected ") + (function->variadic ? "at least " : "") +
                                      std::to_string(expected) + " argument" + (expected == 1 ? "" : "s") +
                                      " for function " + name + "(), received " +
                                      std::to_string(arguments.size()));
  // As jmespath.py, the repeated arguments of a variadic function but one are not looked at there; merge()
  // would fail on them, so all are checked here.
  for (std::size_t i = 0; i < arguments.size(); ++i)
    check_argument(name, arguments[i], function->parameters[std::min(i, expected - 1)]);
  return function->body(arguments);
}

}  // namespace squall::jmespath
