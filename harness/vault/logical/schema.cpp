#include "harness/vault/logical/schema.hpp"

#include <algorithm>

#include "harness/vault/logical/fields.hpp"

namespace squall::vault {
namespace {

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : " ") + text;
  return out;
}

// What Go calls the type that the decoder made of a value. Numbers are texts there (json.Number).
std::string go_type(const Json& value) {
  if (value.is_object()) return "map[string]interface {}";
  if (value.is_array()) return "[]interface {}";
  return value.is_boolean() ? "bool" : "string";
}

std::string go_kind(const Json& value) {
  if (value.is_object()) return "map";
  if (value.is_array()) return "slice";
  return value.is_boolean() ? "bool" : "string";
}

std::string unconvertible(const std::string& name, const std::string& type, const Json& value) {
  return "'" + name + "' expected type '" + type + "', got unconvertible type '" + go_type(value) +
         "', value: '" + go_value_text(value) + "'";
}

std::string text_problem(const std::string& name, const Json& value) {
  if (value.is_structured() && !(value.is_array() && value.empty()))
    return unconvertible(name, "string", value);
  return {};
}

std::string boolean_problem(const Json& value) {
  if (value.is_structured()) return unconvertible("", "bool", value);
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (value.is_boolean() || text.empty() || parse_boolean(text)) return {};
  return "cannot parse '' as bool: strconv.ParseBool: parsing \"" + text + "\": invalid syntax";
}

std::string integer_problem(const std::string& name, const Json& value) {
  if (value.is_structured()) return unconvertible(name, "int", value);
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (value.is_boolean() || text.empty() || parse_integer(text)) return {};
  const bool digits = text.find_first_not_of("0123456789", text[0] == '-' ? 1 : 0) == std::string::npos;
  return "cannot parse '" + name + "' as int: strconv.ParseInt: parsing \"" + text +
         (digits && text != "-" ? "\": value out of range" : "\": invalid syntax");
}

// The errors of a list's elements, as mapstructure gathers them.
std::string gathered(const std::vector<std::string>& problems) {
  if (problems.empty()) return {};
  std::string out = std::to_string(problems.size()) + " error(s) decoding:\n";
  for (const std::string& problem : problems) out += "\n* " + problem;
  return out;
}

std::string map_problem(const Json& value) {
  if (value.is_object()) return {};
  if (!value.is_array()) return "'' expected a map, got '" + go_kind(value) + "'";
  std::vector<std::string> problems;
  for (std::size_t i = 0; i < value.size(); ++i)
    if (!value[i].is_object())
      problems.push_back("'[" + std::to_string(i) + "]' expected a map, got '" + go_kind(value[i]) + "'");
  return gathered(problems);
}

std::string seconds_problem(const Json& value, bool may_be_negative) {
  if (value.is_structured() || value.is_boolean()) return "could not parse duration from input";
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (text.empty()) return {};
  const std::optional<std::int64_t> seconds = parse_seconds(text);
  if (!seconds) return "time: invalid duration \"" + text + "\"";
  if (*seconds < 0 && !may_be_negative)
    return "cannot provide negative value '" + std::to_string(*seconds) + "'";
  return {};
}

template <class Problem>
std::string elements_problem(const Json& value, const std::string& type, Problem&& problem_of) {
  if (value.is_object() && !value.empty()) return unconvertible("", type, value);
  if (value.is_object()) return {};  // an empty one is an empty list
  std::vector<std::string> problems;
  const Json elements = value.is_array()
                            ? value
                            : Json(split_list(value.is_string() ? value.get<std::string>() : value.dump()));
  for (std::size_t i = 0; i < elements.size(); ++i)
    if (const std::string problem = problem_of("[" + std::to_string(i) + "]", elements[i]); !problem.empty())
      problems.push_back(problem);
  return gathered(problems);
}

std::string pairs_problem(const Json& value) {
  if (value.is_object()) {
    std::vector<std::string> problems;
    for (const auto& [name, element] : value.items())
      if (const std::string problem = text_problem("[" + name + "]", element); !problem.empty())
        problems.push_back(problem);
    return gathered(problems);
  }
  for (const Json& element : value.is_array() ? value : Json::array({value})) {
    const std::string pair = element.is_string() ? element.get<std::string>() : element.dump();
    if (pair.find('=') == std::string::npos || pair[0] == '=') return "invalid key pair \"" + pair + "\"";
  }
  return {};
}

}  // namespace

std::string field_problem(const Json& value, FieldType type) {
  if (value.is_null()) return {};
  switch (type) {
    case FieldType::text:
      return text_problem("", value);
    case FieldType::boolean:
      return boolean_problem(value);
    case FieldType::integer:
      return integer_problem("", value);
    case FieldType::map:
      return map_problem(value);
    case FieldType::seconds:
    case FieldType::signed_seconds:
      return seconds_problem(value, type == FieldType::signed_seconds);
    case FieldType::list:
    case FieldType::texts:
      return elements_problem(value, "[]string", text_problem);
    case FieldType::integers:
      return elements_problem(value, "[]int", integer_problem);
    case FieldType::pairs:
      return pairs_problem(value);
  }
  return {};
}

void check_fields(const Json& data, const Schema& schema, bool while_looking) {
  for (const auto& [name, type] : schema.fields) {
    const auto found = data.find(name);
    if (found == data.end()) continue;
    const std::string problem = field_problem(*found, type);
    if (problem.empty()) continue;
    const std::string shown = go_value_text(*found);
    throw LogicalError(400, (while_looking ? "" : "Field validation failed: ") +
                                std::string("error converting input ") + shown + " for field \"" +
                                std::string(name) + "\": " + problem);
  }
}

std::string unknown_fields(const Json& data, const Schema& schema) {
  std::vector<std::string> unknown;
  for (const auto& [name, value] : data.items()) {
    const std::string& key = name;
    const bool known = std::any_of(schema.fields.begin(), schema.fields.end(),
                                   [&](const auto& field) { return field.first == key; });
    if (!known) unknown.push_back(key);
  }
  if (unknown.empty()) return {};
  return "Endpoint ignored these unrecognized parameters: [" + joined(unknown) + "]";
}

std::string go_value_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "<nil>";
  std::vector<std::string> parts;
  if (value.is_array()) {
    for (const Json& element : value) parts.push_back(go_value_text(element));
    return "[" + joined(parts) + "]";
  }
  if (!value.is_object()) return value.dump();
  for (const auto& [name, element] : value.items()) parts.push_back(name + ":" + go_value_text(element));
  return "map[" + joined(parts) + "]";
}

}  // namespace squall::vault
