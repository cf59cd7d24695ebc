#include "emulator/wire/json_writer.hpp"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "emulator/base/encoding.hpp"
#include "emulator/base/time.hpp"
#include "emulator/wire/utf8.hpp"

namespace squall::wire {
namespace {

using Value = nlohmann::json;

template <class Number>
void write_number(std::string& out, Number number) {
  char buffer[32];
  auto end = std::to_chars(std::begin(buffer), std::end(buffer), number).ptr;
  out.append(std::begin(buffer), end);
}

// botocore sends and reads the numbers that JSON has no words for as strings.
void write_double(std::string& out, double number) {
  if (std::isnan(number)) {
    out += "\"NaN\"";
  } else if (std::isinf(number)) {
    out += number < 0 ? "\"-Infinity\"" : "\"Infinity\"";
  } else {
    write_number(out, number);
  }
}

// Seconds since 1970 with milliseconds where there are any: 1700000000.123.
void write_timestamp(std::string& out, std::int64_t nanoseconds) {
  std::int64_t ms = nanoseconds / 1'000'000;
  if (ms < 0) {
    out += '-';
    ms = -ms;
  }
  write_number(out, ms / 1000);
  if (ms % 1000 != 0) {
    std::string digits = std::to_string(ms % 1000 + 1000);
    digits[0] = '.';
    while (digits.back() == '0') digits.pop_back();
    out += digits;
  }
}

void write_structure(std::string& out, const Shape& shape, const Value& value) {
  char separator = '{';
  for (const Member& member : shape.members) {
    auto it = value.find(member.name);
    if (it == value.end() || it->is_null()) continue;
    out += separator;
    separator = ',';
    write_json_string(out, member.location_name.empty() ? member.name : member.location_name);
    out += ':';
    write_json(out, *member.shape, *it);
  }
  if (separator == '{') out += '{';
  out += '}';
}

}  // namespace

void write_json_string(std::string& out, std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  out += '"';
  auto plain = [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; };
  for (std::size_t at = 0; at < text.size();) {
    // Most of a text needs no escape: it is copied in runs.
    std::size_t run = at;
    while (run < text.size() && plain(text[run])) ++run;
    out.append(text, at, run - at);
    at = run;
    if (at == text.size()) break;
    char c = text[at];
    if (static_cast<unsigned char>(c) >= 0x80) {
      std::size_t start = at;
      if (next_code_point(text, at) == replacement_character) {
        out += "\xEF\xBF\xBD";
      } else {
        out.append(text, start, at - start);
      }
      continue;
    }
    ++at;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20) {
          out += c;
        } else {
          out += "\\u00";
          out += digits[c >> 4];
          out += digits[c & 15];
        }
    }
  }
  out += '"';
}

void write_json(std::string& out, const Shape& shape, const Value& value) {
  // Of a list or a map; a structure leaves its null members out.
  if (value.is_null()) {
    out += "null";
    return;
  }
  switch (shape.kind) {
    case Kind::structure:
      return write_structure(out, shape, value);
    case Kind::list: {
      out += '[';
      for (std::size_t i = 0; i < value.size(); ++i) {
        if (i != 0) out += ',';
        write_json(out, *shape.element, value[i]);
      }
      out += ']';
      return;
    }
    case Kind::map: {
      char separator = '{';
      for (auto it = value.begin(); it != value.end(); ++it) {
        out += separator;
        separator = ',';
        write_json_string(out, it.key());
        out += ':';
        write_json(out, *shape.element, it.value());
      }
      if (separator == '{') out += '{';
      out += '}';
      return;
    }
    case Kind::string:
      return write_json_string(out, value.get_ref<const std::string&>());
    case Kind::blob:
      out += '"';
      out += base::base64_encode(value.get_ref<const std::string&>());
      out += '"';
      return;
    case Kind::integer:
    case Kind::long_:
      return write_number(out, value.get<std::int64_t>());
    case Kind::boolean:
      out += value.get<bool>() ? "true" : "false";
      return;
    case Kind::float_:
    case Kind::double_:
      return write_double(out, value.get<double>());
    case Kind::timestamp:
      return write_timestamp(out, value.get<std::int64_t>());
  }
}

}  // namespace squall::wire
