#include "harness/vault/config/values.hpp"

#include <charconv>
#include <set>

#include "emulator/base/time.hpp"

namespace squall::vault {

using hcl::Value;

bool to_bool(const Value& value) {
  const std::string& text = value.text;
  static const std::set<std::string> yes = {"1", "t", "T", "true", "TRUE", "True"};
  static const std::set<std::string> no = {"", "0", "f", "F", "false", "FALSE", "False"};
  if (yes.contains(text)) return true;
  if (no.contains(text)) return false;
  throw ConfigError("cannot parse '' as bool: strconv.ParseBool: parsing \"" + text + "\": invalid syntax");
}

std::int64_t to_integer(const Value& value) {
  std::int64_t number = 0;
  const std::string& text = value.text;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size())
    throw ConfigError("strconv.ParseInt: parsing \"" + text + "\": invalid syntax");
  return number;
}

std::int64_t to_seconds(const Value& value) {
  const std::string& text = value.text;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc{} && end == text.data() + text.size()) return seconds;
  const std::optional<Duration> duration = base::parse_go_duration(text);
  if (!duration) throw ConfigError("time: invalid duration \"" + text + "\"");
  return std::chrono::duration_cast<std::chrono::seconds>(*duration).count();
}

}  // namespace squall::vault
