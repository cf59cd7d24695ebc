#include "harness/vault/go/json_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace squall::vault {

std::string escape_html(const std::string& text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    switch (c) {
      case '\\': {  // an escape is two characters; Go has none of its own for these two
        const char escaped = text[++at];
        out += escaped == 'b' ? "\\u0008" : escaped == 'f' ? "\\u000c" : std::string{c, escaped};
        break;
      }
      case '\xe2':
        if (const std::string separator = text.substr(at, 3);
            separator == "\xe2\x80\xa8" || separator == "\xe2\x80\xa9") {
          out += separator.back() == '\xa8' ? "\\u2028" : "\\u2029";
          at += 2;
        } else {
          out += c;
        }
        break;
      case '<':
        out += "\\u003c";
        break;
      case '>':
        out += "\\u003e";
        break;
      case '&':
        out += "\\u0026";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string go_float(double value) {
  std::array<char, 40> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value),
                                          std::chars_format::scientific);
  const std::string text(buffer.data(), error == std::errc{} ? end : buffer.data());
  const std::size_t e = text.find('e');
  std::string digits = text.substr(0, 1) + (e > 2 ? text.substr(2, e - 2) : "");
  const int exponent = std::stoi(text.substr(e + 1));
  std::string out = std::signbit(value) ? "-" : "";
  const auto point = static_cast<std::size_t>(std::abs(exponent));
  if (value != 0 && (exponent < -6 || exponent >= 21)) {
    out += digits.substr(0, 1) + (digits.size() > 1 ? "." + digits.substr(1) : "");
    return out + (exponent < 0 ? "e-" : "e+") + std::to_string(point);
  }
  if (exponent < 0) return out + "0." + std::string(point - 1, '0') + digits;
  if (digits.size() <= point + 1) return out + digits + std::string(point + 1 - digits.size(), '0');
  return out + digits.substr(0, point + 1) + "." + digits.substr(point + 1);
}

std::string with_go_floats(const nlohmann::json& value) {
  if (value.is_number()) return go_float(value.get<double>());
  std::string out;
  if (value.is_array()) {
    for (const nlohmann::json& element : value) out += (out.empty() ? "" : ",") + with_go_floats(element);
    return "[" + out + "]";
  }
  if (!value.is_object()) return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  for (const auto& [name, element] : value.items())
    out += (out.empty() ? "" : ",") + nlohmann::json(name).dump() + ":" + with_go_floats(element);
  return "{" + out + "}";
}

}  // namespace squall::vault
