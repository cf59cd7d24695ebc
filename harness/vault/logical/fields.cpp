#include "harness/vault/logical/fields.hpp"

#include <charconv>

#include "emulator/base/spans.hpp"

namespace squall::vault {
namespace {

// The member if it is there; throws when it is not of that type.
const Json* typed(const Json& data, const std::string& name, FieldType type) {
  const auto it = data.find(name);
  if (it == data.end() || it->is_null()) return nullptr;
  check_fields(data, {{{name, type}}}, false);
  return &*it;
}

std::string text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "1" : "0";
  return value.is_array() ? "" : value.dump();
}

std::int64_t integer_of(const Json& value) { return parse_integer(text_of(value)).value_or(0); }

std::optional<std::int64_t> whole_number(std::string_view text, int base = 10) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<bool> parse_boolean(const std::string& text) {
  for (const char* yes : {"1", "t", "T", "true", "TRUE", "True"})
    if (text == yes) return true;
  for (const char* no : {"0", "f", "F", "false", "FALSE", "False"})
    if (text == no) return false;
  return std::nullopt;
}

std::optional<std::int64_t> parse_integer(const std::string& text) {
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  if (digits.starts_with('-')) return std::nullopt;
  int base = 10;
  if (digits.size() > 1 && digits[0] == '0') {
    const char kind = static_cast<char>(digits[1] | 0x20);
    base = kind == 'x' ? 16 : kind == 'b' ? 2 : 8;
    digits.remove_prefix(kind == 'x' || kind == 'b' || kind == 'o' ? 2 : 1);
  }
  return whole_number((negative ? "-" : "") + std::string(digits), base);
}

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> result;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t comma = std::min(text.find(',', start), text.size());
    std::string part = text.substr(start, comma - start);
    while (!part.empty() && part.front() == ' ') part.erase(0, 1);
    while (!part.empty() && part.back() == ' ') part.pop_back();
    if (!part.empty()) result.push_back(part);
    start = comma + 1;
  }
  return result;
}

std::optional<std::string> text_field(const Json& data, const std::string& name) {
  const Json* value = typed(data, name, FieldType::text);
  return value == nullptr ? std::nullopt : std::optional(text_of(*value));
}

std::optional<std::int64_t> integer_field(const Json& data, const std::string& name) {
  const Json* value = typed(data, name, FieldType::integer);
  return value == nullptr ? std::nullopt : std::optional(integer_of(*value));
}

std::optional<bool> boolean_field(const Json& data, const std::string& name) {
  const Json* value = typed(data, name, FieldType::boolean);
  return value == nullptr ? std::nullopt : std::optional(parse_boolean(text_of(*value)).value_or(false));
}

std::optional<std::vector<std::string>> list_field(const Json& data, const std::string& name) {
  const Json* value = typed(data, name, FieldType::list);
  if (value == nullptr) return std::nullopt;
  if (!value->is_array()) return split_list(text_of(*value));
  std::vector<std::string> result;
  for (const Json& element : *value) result.push_back(text_of(element));
  return result;
}

std::optional<std::vector<std::int64_t>> integers_field(const Json& data, const std::string& name) {
  const Json* value = typed(data, name, FieldType::integers);
  if (value == nullptr) return std::nullopt;
  std::vector<std::int64_t> result;
  if (value->is_array()) {
    for (const Json& element : *value)
      if (element != "") result.push_back(integer_of(element));
  } else if (!value->is_object()) {
    for (const std::string& part : split_list(text_of(*value))) result.push_back(*parse_integer(part));
  }
  return result;
}

std::optional<Json> map_field(const Json& data, const std::string& name) {
  const Json* value = typed(data, name, FieldType::map);
  if (value == nullptr) return std::nullopt;
  if (value->is_object()) return *value;
  Json merged = Json::object();
  for (const Json& element : *value) merged.update(element);
  return merged;
}

std::optional<Json> pairs_field(const Json& data, const std::string& name) {
  const Json* value = typed(data, name, FieldType::pairs);
  if (value == nullptr) return std::nullopt;
  Json pairs = Json::object();
  if (value->is_object()) {
    for (const auto& [key, element] : value->items()) pairs[key] = element.is_null() ? "" : text_of(element);
    return pairs;
  }
  for (const Json& element : value->is_array() ? *value : Json::array({*value})) {
    const std::string pair = text_of(element);
    pairs[pair.substr(0, pair.find('='))] = pair.substr(pair.find('=') + 1);
  }
  return pairs;
}

std::optional<std::int64_t> parse_seconds(const std::string& text) {
  // Go's time.Duration holds no more either.
  const auto within = [](std::int64_t number, std::int64_t limit) {
    return number <= limit && number >= -limit ? std::optional(number) : std::nullopt;
  };
  if (const auto number = whole_number(text)) return within(*number, base::most_seconds);
  if (const auto duration = base::parse_go_duration(text))
    return std::chrono::duration_cast<std::chrono::seconds>(*duration).count();
  if (text.ends_with('d'))
    if (const auto days = whole_number(text.substr(0, text.size() - 1));
        days && within(*days, base::most_seconds / 86400))
      return *days * 86400;
  return std::nullopt;
}

std::optional<std::int64_t> seconds_field(const Json& data, const std::string& name) {
  const Json* value = typed(data, name, FieldType::signed_seconds);
  return value == nullptr ? std::nullopt : std::optional(parse_seconds(text_of(*value)).value_or(0));
}

std::optional<std::int64_t> late_seconds_field(const Json& data, const std::string& name) {
  const std::optional<std::string> text = text_field(data, name);
  if (!text || text->empty()) return std::nullopt;
  if (const std::string problem = field_problem(*text, FieldType::signed_seconds); !problem.empty())
    throw LogicalError(400, problem);
  return parse_seconds(*text);
}

void refuse_fields(const Json& data, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const auto it = data.find(name);
    if (it == data.end() || it->is_null() || *it == Json("") || *it == Json(false) || *it == Json(0) ||
        (it->is_structured() && it->empty()))
      continue;
    throw LogicalError(400, "the Squall stand-in does not serve \"" + std::string(name) + "\"");
  }
}

}  // namespace squall::vault
