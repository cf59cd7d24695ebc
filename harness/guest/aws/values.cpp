#include "harness/guest/aws/values.hpp"

#include <charconv>
#include <cmath>
#include <optional>

#include "emulator/base/encoding.hpp"
#include "emulator/base/time.hpp"
#include "harness/guest/aws/failure.hpp"

namespace squall::guest::aws {
namespace {

using Json = nlohmann::ordered_json;
using wire::Kind;

std::string bytes_of(const Json& value) {
  if (!value.is_binary()) return value.get<std::string>();
  return {value.get_binary().begin(), value.get_binary().end()};
}

// As Python's base64 reader: other characters are passed over, padding has to be right.
std::optional<std::string> lenient_base64(const std::string& text) {
  std::string kept;
  for (char c : text)
    if (isalnum(static_cast<unsigned char>(c)) || c == '+' || c == '/' || c == '=') kept += c;
  const std::size_t padding = kept.find('=');
  std::string digits = kept.substr(0, padding);
  const std::size_t missing = (4 - digits.size() % 4) % 4;
  const std::size_t given = padding == kept.npos ? 0 : kept.size() - padding;
  if (missing == 3 || given < missing) return {};
  // Bits beyond the last byte do not count.
  static constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (missing > 0) {
    const std::size_t value = alphabet.find(digits.back());
    digits.back() = alphabet[value & (missing == 1 ? 0x3cU : 0x30U)];
  }
  return base::base64_decode(digits + std::string(missing, '='));
}

std::optional<Time> parse_time(const Json& value) {
  if (value.is_number())
    return Time{std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value.get<double>()))};
  if (!value.is_string()) return {};
  std::string text = value.get<std::string>();
  double seconds = 0;
  const char* end = text.data() + text.size();
  if (auto read = std::from_chars(text.data(), end, seconds); read.ec == std::errc{} && read.ptr == end)
    return parse_time(seconds);
  if (text.size() == 10) text += "T00:00:00";
  if (text.size() > 10 && text[10] == ' ') text[10] = 'T';
  if (auto time = base::parse_iso8601(text)) return time;
  return base::parse_iso8601(text + "Z");
}

// datetime.isoformat() in UTC: microseconds only when there are some.
std::string iso_text(std::int64_t nanoseconds) {
  const Time time{std::chrono::round<std::chrono::microseconds>(Duration{nanoseconds})};
  const bool whole = time.time_since_epoch() % 1s == 0ns;
  std::string text = base::iso8601(time, whole ? 0 : 6);
  text.pop_back();
  return text + "+00:00";
}

}  // namespace

void decode_blobs(Json& value, const wire::Shape& shape) {
  switch (shape.kind) {
    case Kind::structure:
      if (!value.is_object()) return;
      for (const wire::Member& member : shape.members)
        if (auto found = value.find(std::string(member.name)); found != value.end())
          decode_blobs(*found, *member.shape);
      return;
    case Kind::list:
      if (!value.is_array()) return;
      for (Json& item : value) decode_blobs(item, *shape.element);
      return;
    case Kind::map:
      if (!value.is_object()) return;
      for (auto& [key, item] : value.items()) decode_blobs(item, *shape.element);
      return;
    case Kind::blob: {
      if (!value.is_string()) return;
      auto bytes = lenient_base64(value.get<std::string>());
      if (!bytes) throw Failure(general_status, "Invalid base64: \"" + value.get<std::string>() + "\"");
      value = Json::binary({bytes->begin(), bytes->end()});
      return;
    }
    default:
      return;
  }
}

bool is_time(const Json& value) { return parse_time(value).has_value(); }

nlohmann::json to_wire(const Json& value, const wire::Shape& shape) {
  nlohmann::json out;
  switch (shape.kind) {
    case Kind::structure:
      out = nlohmann::json::object();
      for (const wire::Member& member : shape.members)
        if (auto found = value.find(std::string(member.name)); found != value.end())
          out[std::string(member.name)] = to_wire(*found, *member.shape);
      return out;
    case Kind::map:
      out = nlohmann::json::object();
      for (const auto& [key, item] : value.items()) out[key] = to_wire(item, *shape.element);
      return out;
    case Kind::list:
      out = nlohmann::json::array();
      for (const Json& item : value) out.push_back(to_wire(item, *shape.element));
      return out;
    case Kind::timestamp:
      return parse_time(value).value_or(Time{}).time_since_epoch().count();
    case Kind::blob:
    case Kind::string:
      return bytes_of(value);
    case Kind::boolean:
      return value.get<bool>();
    case Kind::integer:
    case Kind::long_:
      return value.get<std::int64_t>();
    case Kind::float_:
    case Kind::double_:
      return value.get<double>();
  }
  return out;
}

Json from_wire(const nlohmann::json& value, const wire::Shape& shape) {
  Json out;
  switch (shape.kind) {
    case Kind::structure:
      out = Json::object();
      for (const wire::Member& member : shape.members)
        if (auto found = value.find(std::string(member.name)); found != value.end() && !found->is_null())
          out[std::string(member.name)] = from_wire(*found, *member.shape);
      return out;
    case Kind::map:
      out = Json::object();
      for (const auto& [key, item] : value.items()) out[key] = from_wire(item, *shape.element);
      return out;
    case Kind::list:
      out = Json::array();
      for (const auto& item : value) out.push_back(from_wire(item, *shape.element));
      return out;
    case Kind::timestamp:
      return iso_text(value.get<std::int64_t>());
    case Kind::blob:
      return base::base64_encode(value.get<std::string>());
    default:
      return Json(value);
  }
}

}  // namespace squall::guest::aws
