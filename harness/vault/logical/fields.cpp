#include "harness/vault/logical/fields.hpp"

#include <charconv>

#include "emulator/base/spans.hpp"

namespace squall::vault {
namespace {

const Json* present(const Json& data, const std::string& name) {
  const auto it = data.find(name);
  return it == data.end() || it->is_null() ? nullptr : &*it;
}

LogicalError bad_field(const std::string& name, const Json& value, const std::string& why) {
  const std::string shown = value.is_string() ? value.get<std::string>() : value.dump();
  return {400,
          "Field validation failed: error converting input " + shown + " for field \"" + name + "\": " + why};
}

std::optional<std::int64_t> whole_number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::string> text_field(const Json& data, const std::string& name) {
  const Json* value = present(data, name);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  if (value->is_primitive()) return value->dump();
  throw bad_field(name, *value, "'' expected type 'string', got unconvertible type");
}

std::optional<std::int64_t> integer_field(const Json& data, const std::string& name) {
  const Json* value = present(data, name);
  if (value == nullptr) return std::nullopt;
  if (value->is_number_integer()) return value->get<std::int64_t>();
  if (value->is_string())
    if (const auto number = whole_number(value->get_ref<const std::string&>())) return number;
  throw bad_field(name, *value, "cannot parse '' as int");
}

std::optional<bool> boolean_field(const Json& data, const std::string& name) {
  const Json* value = present(data, name);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  if (value->is_number()) return value->get<double>() != 0;
  if (value->is_string()) {
    const std::string& text = value->get_ref<const std::string&>();
    if (text == "true" || text == "1" || text == "t" || text == "T" || text == "TRUE" || text == "True")
      return true;
    if (text == "false" || text == "0" || text == "f" || text == "F" || text == "FALSE" || text == "False" ||
        text.empty())
      return false;
  }
  throw bad_field(name, *value, "cannot parse '' as bool: strconv.ParseBool: invalid syntax");
}

std::optional<std::vector<std::string>> list_field(const Json& data, const std::string& name) {
  const Json* value = present(data, name);
  if (value == nullptr) return std::nullopt;
  std::vector<std::string> result;
  if (value->is_array()) {
    for (const Json& element : *value)
      result.push_back(element.is_string() ? element.get<std::string>() : element.dump());
    return result;
  }
  const std::string text = value->is_string() ? value->get<std::string>() : value->dump();
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
  const Json* value = present(data, name);
  if (value == nullptr) return std::nullopt;
  const std::string text = value->is_string() ? value->get<std::string>() : value->dump();
  if (text.empty()) return 0;
  if (const auto seconds = parse_seconds(text)) return seconds;
  throw bad_field(name, *value, "time: invalid duration \"" + text + "\"");
}

void refuse_fields(const Json& data, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (const Json* value = present(data, name); value != nullptr && *value != Json("") &&
                                                 *value != Json(false) && *value != Json(0) &&
                                                 !(value->is_structured() && value->empty()))
      throw LogicalError(400, "the Squall stand-in does not serve \"" + std::string(name) + "\"");
}

}  // namespace squall::vault
