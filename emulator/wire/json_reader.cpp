#include "emulator/wire/json_reader.hpp"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "emulator/base/aws_error.hpp"
#include "emulator/base/encoding.hpp"
#include "emulator/wire/codec.hpp"

namespace squall::wire {
namespace {

[[noreturn]] void fail(const std::string& message) {
  throw base::AwsError("SerializationException", 400, message);
}

// The word that AWS's parser has for the token it met.
const char* token(const Value& value) {
  switch (value.type()) {
    case Value::value_t::string:
      return "STRING_VALUE";
    case Value::value_t::boolean:
      return value.get<bool>() ? "TRUE_VALUE" : "FALSE_VALUE";
    case Value::value_t::number_float:
      return "DECIMAL_VALUE";
    default:
      return "NUMBER_VALUE";
  }
}

const char* java_type(Kind kind) {
  switch (kind) {
    case Kind::string:
      return "a String";
    case Kind::integer:
      return "an Integer";
    case Kind::long_:
      return "a Long";
    case Kind::boolean:
      return "a Boolean";
    case Kind::float_:
      return "a Float";
    case Kind::double_:
      return "a Double";
    case Kind::blob:
      return "a byte buffer";
    case Kind::timestamp:
      return "milliseconds since epoch";
    default:
      return "a collection";
  }
}

[[noreturn]] void mismatch(const Shape& shape, const Value& value) {
  if (value.is_array()) fail("Start of list found where not expected");
  if (value.is_object()) fail("Start of structure or map found where not expected.");
  if (shape.kind == Kind::structure || shape.kind == Kind::map || shape.kind == Kind::list)
    fail("Unexpected field type");
  fail(std::string(token(value)) + " can not be converted to " + java_type(shape.kind));
}

Value convert(const Shape& shape, Value&& value);

Value to_structure(const Shape& shape, Value&& value) {
  Value out = Value::object();
  for (const Member& member : shape.members) {
    auto it = value.find(member.location_name.empty() ? member.name : member.location_name);
    if (it == value.end() || it->is_null()) continue;
    out.emplace(std::string(member.name), convert(*member.shape, std::move(*it)));
  }
  return out;
}

// A whole number; a decimal is taken if it is one (1.0).
Value to_integer(const Shape& shape, const Value& value) {
  if (!value.is_number()) mismatch(shape, value);
  bool is_int = shape.kind == Kind::integer;
  std::int64_t low =
      is_int ? std::numeric_limits<std::int32_t>::min() : std::numeric_limits<std::int64_t>::min();
  std::int64_t high =
      is_int ? std::numeric_limits<std::int32_t>::max() : std::numeric_limits<std::int64_t>::max();
  auto out_of_range = [&] { fail(std::string("NUMBER_VALUE is out of range for ") + java_type(shape.kind)); };
  if (value.is_number_float()) {
    double number = value.get<double>();
    if (std::floor(number) != number) mismatch(shape, value);
    // The bounds as doubles: 2^63 itself is already out.
    if (number < static_cast<double>(low) || number >= static_cast<double>(high) + (is_int ? 1.0 : 0.0))
      out_of_range();
    return static_cast<std::int64_t>(number);
  }
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(high))
    out_of_range();
  auto number = value.get<std::int64_t>();
  if (number < low || number > high) out_of_range();
  return number;
}

Value to_double(const Shape& shape, const Value& value) {
  if (value.is_number()) return value.get<double>();
  if (value == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (value == "Infinity") return std::numeric_limits<double>::infinity();
  if (value == "-Infinity") return -std::numeric_limits<double>::infinity();
  mismatch(shape, value);
}

// Seconds since 1970, to the millisecond; what does not fit 64 bits of nanoseconds (the year 2262) is
// refused.
Value to_timestamp(const Shape& shape, const Value& value) {
  if (!value.is_number()) mismatch(shape, value);
  double seconds = value.get<double>();
  if (std::abs(seconds) > 9.2e9) fail("NUMBER_VALUE can not be converted to milliseconds since epoch");
  return std::llround(seconds * 1000) * 1'000'000;
}

Value to_blob(const Shape& shape, const Value& value) {
  if (!value.is_string()) mismatch(shape, value);
  auto bytes = base::base64_decode(value.get_ref<const std::string&>());
  if (!bytes) fail("Invalid Base64 in a blob");
  return std::move(*bytes);
}

Value convert(const Shape& shape, Value&& value) {
  switch (shape.kind) {
    case Kind::structure:
      if (!value.is_object()) mismatch(shape, value);
      return to_structure(shape, std::move(value));
    case Kind::list:
      if (!value.is_array()) mismatch(shape, value);
      for (Value& item : value)
        if (!item.is_null()) item = convert(*shape.element, std::move(item));
      return std::move(value);
    case Kind::map:
      if (!value.is_object()) mismatch(shape, value);
      for (Value& item : value)
        if (!item.is_null()) item = convert(*shape.element, std::move(item));
      return std::move(value);
    case Kind::string:
      if (!value.is_string()) mismatch(shape, value);
      return std::move(value);
    case Kind::boolean:
      if (!value.is_boolean()) mismatch(shape, value);
      return std::move(value);
    case Kind::integer:
    case Kind::long_:
      return to_integer(shape, value);
    case Kind::float_:
    case Kind::double_:
      return to_double(shape, value);
    case Kind::timestamp:
      return to_timestamp(shape, value);
    case Kind::blob:
      return to_blob(shape, value);
  }
  mismatch(shape, value);
}

}  // namespace

bool nests_deeper(std::string_view text, int limit) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (quoted) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      if (++depth > limit) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

nlohmann::json read_json(const Shape& shape, std::string_view text) {
  if (text.empty()) return Value::object();
  if (nests_deeper(text, max_depth)) fail("The input nests too deeply");
  Value document = Value::parse(text, nullptr, false);
  if (document.is_discarded()) fail("");
  return convert(shape, std::move(document));
}

}  // namespace squall::wire
