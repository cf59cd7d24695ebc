#include "harness/jmespath/python_text.hpp"

#include <charconv>
#include <cmath>
#include <optional>

namespace squall::jmespath {
namespace {

// A quoted text as Python writes it: in single quotes unless it has some and no double ones.
std::string quoted(const std::string& text) {
  const bool doubled = text.find('\'') != text.npos && text.find('"') == text.npos;
  const char quote = doubled ? '"' : '\'';
  std::string out(1, quote);
  for (char c : text) {
    if (c == quote || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      static constexpr char digits[] = "0123456789abcdef";
      out += "\\x";
      out += digits[static_cast<unsigned char>(c) >> 4];
      out += digits[static_cast<unsigned char>(c) & 15];
    } else {
      out += c;
    }
  }
  return out + quote;
}

// What true, false and numbers are worth in a comparison.
std::optional<double> as_number(const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? 1.0 : 0.0;
  if (value.is_number()) return value.get<double>();
  return {};
}

bool equal_objects(const Json& a, const Json& b) {
  if (a.size() != b.size()) return false;
  for (const auto& [key, item] : a.items()) {
    auto other = b.find(key);
    if (other == b.end() || !python_equal(item, *other)) return false;
  }
  return true;
}

}  // namespace

std::string python_float(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char digits[400];
  const double size = std::abs(value);
  const bool plain = size == 0 || (size >= 1e-4 && size < 1e16);
  auto end = std::to_chars(digits, digits + sizeof digits, value,
                           plain ? std::chars_format::fixed : std::chars_format::scientific)
                 .ptr;
  std::string text(digits, end);
  if (plain && text.find('.') == text.npos) text += ".0";
  return text;
}

std::string python_repr(const Json& value) {
  switch (value.type()) {
    case Json::value_t::string:
      return quoted(value.get_ref<const std::string&>());
    case Json::value_t::boolean:
      return value.get<bool>() ? "True" : "False";
    case Json::value_t::number_float:
      return python_float(value.get<double>());
    case Json::value_t::array:
    case Json::value_t::object: {
      std::string out;
      for (const auto& [key, item] : value.items()) {
        if (!out.empty()) out += ", ";
        if (value.is_object()) out += quoted(key) + ": ";
        out += python_repr(item);
      }
      return value.is_object() ? "{" + out + "}" : "[" + out + "]";
    }
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
      return value.dump();
    default:
      return "None";
  }
}

std::string python_str(const Json& value) {
  return value.is_string() ? value.get<std::string>() : python_repr(value);
}

std::string compact_json(const Json& value) {
  if (value.is_number_float()) return python_float(value.get<double>());
  if (!value.is_structured()) return value.dump(-1, ' ', true);
  std::string out;
  for (const auto& [key, item] : value.items()) {
    if (!out.empty()) out += ',';
    if (value.is_object()) out += Json(key).dump(-1, ' ', true) + ":";
    out += compact_json(item);
  }
  return value.is_object() ? "{" + out + "}" : "[" + out + "]";
}

std::string_view python_type(const Json& value) {
  switch (value.type()) {
    case Json::value_t::string:
      return "str";
    case Json::value_t::boolean:
      return "bool";
    case Json::value_t::number_float:
      return "float";
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
      return "int";
    case Json::value_t::array:
      return "list";
    case Json::value_t::object:
      return "dict";
    default:
      return "NoneType";
  }
}

bool python_equal(const Json& a, const Json& b) {
  if (auto left = as_number(a), right = as_number(b); left && right) {
    if (a.is_number_integer() && b.is_number_integer()) return a == b;
    return *left == *right;
  }
  if (a.type() != b.type()) return false;
  if (a.is_object()) return equal_objects(a, b);
  if (!a.is_array()) return a == b;
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!python_equal(a[i], b[i])) return false;
  return true;
}

}  // namespace squall::jmespath
