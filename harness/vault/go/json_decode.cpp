#include "harness/vault/go/json_decode.hpp"

#include <cctype>
#include <nlohmann/json.hpp>

#include "emulator/base/encoding.hpp"

namespace squall::vault {
namespace {

constexpr int max_depth = 1000;
constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD

// quoteChar of Go's scanner: the byte as a character, quoted.
std::string quoted_byte(char byte) {
  const auto code = static_cast<unsigned char>(byte);
  if (byte == '\'') return R"('\'')";
  if (byte == '\\') return R"('\\')";
  constexpr std::string_view named = "\a\b\t\n\v\f\r", letters = "abtnvfr";
  if (const std::size_t at = named.find(byte); at != std::string_view::npos)
    return std::string("'\\") + letters[at] + "'";
  if (code < 0x20 || code == 0x7f) return "'\\x" + base::hex_encode(std::string(1, byte)) + "'";
  if (code < 0x80) return std::string("'") + byte + "'";
  if (code < 0xa1 || code == 0xad) return "'\\u00" + base::hex_encode(std::string(1, byte)) + "'";
  const char first = static_cast<char>(0xc0 | (code >> 6U)),
             second = static_cast<char>(0x80 | (code & 0x3fU));
  return std::string("'") + first + second + "'";
}

class Checker {
 public:
  explicit Checker(const std::string& text) : text_(text) {}

  std::string check() {
    skip_space();
    if (at_ == text_.size()) return "EOF";
    value(0);
    return problem_;
  }
  // Where the first value ends.
  std::size_t end() const { return at_; }

 private:
  bool fail(const std::string& context) {
    if (!problem_.empty()) return false;
    if (at_ >= text_.size()) {
      problem_ = "unexpected EOF";
    } else {
      problem_ = "invalid character " + quoted_byte(text_[at_]) + " " + context;
    }
    return false;
  }
  void skip_space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
      ++at_;
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool value(int depth) {
    skip_space();
    if (depth > max_depth) {
      problem_ = "exceeded max depth";
      return false;
    }
    const char c = peek();
    if (c == '{') return object(depth);
    if (c == '[') return array(depth);
    if (c == '"') return string();
    if (c == 't') return literal("true");
    if (c == 'f') return literal("false");
    if (c == 'n') return literal("null");
    if (c == '-' || std::isdigit(static_cast<unsigned char>(c)) != 0) return number();
    return fail("looking for beginning of value");
  }
  bool object(int depth) {
    ++at_;
    skip_space();
    if (peek() == '}') return ++at_, true;
    while (true) {
      skip_space();
      if (peek() != '"') return fail("looking for beginning of object key string");
      if (!string()) return false;
      skip_space();
      if (peek() != ':') return fail("after object key");
      ++at_;
      if (!value(depth + 1)) return false;
      skip_space();
      if (peek() == '}') return ++at_, true;
      if (peek() != ',') return fail("after object key:value pair");
      ++at_;
    }
  }
  bool array(int depth) {
    ++at_;
    skip_space();
    if (peek() == ']') return ++at_, true;
    while (true) {
      if (!value(depth + 1)) return false;
      skip_space();
      if (peek() == ']') return ++at_, true;
      if (peek() != ',') return fail("after array element");
      ++at_;
    }
  }
  bool string() {
    for (++at_; at_ < text_.size(); ++at_) {
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '"') return ++at_, true;
      if (c < 0x20) return fail("in string literal");
      if (c == '\\' && !escape()) return false;
    }
    return fail("");
  }
  bool escape() {
    ++at_;
    if (at_ >= text_.size() || std::string_view("\"\\/bfnrtu").find(peek()) == std::string_view::npos)
      return fail("in string escape code");
    if (peek() != 'u') return true;
    for (int digit = 0; digit < 4; ++digit) {
      ++at_;
      if (std::isxdigit(static_cast<unsigned char>(peek())) == 0)
        return fail("in \\u hexadecimal character escape");
    }
    return true;
  }
  bool literal(std::string_view word) {
    for (std::size_t i = 0; i < word.size(); ++i, ++at_)
      if (peek() != word[i])
        return fail("in literal " + std::string(word) + " (expecting '" + word[i] + "')");
    return true;
  }
  bool digit() const { return std::isdigit(static_cast<unsigned char>(peek())) != 0; }
  void digits() {
    while (digit()) ++at_;
  }
  bool number() {
    if (peek() == '-') ++at_;
    if (!digit()) return fail("in numeric literal");
    if (peek() == '0') {
      ++at_;  // nothing but a fraction may follow a leading zero
    } else {
      digits();
    }
    if (peek() == '.') {
      ++at_;
      if (!digit()) return fail("after decimal point in numeric literal");
      digits();
    }
    if (peek() != 'e' && peek() != 'E') return true;
    ++at_;
    if (peek() == '+' || peek() == '-') ++at_;
    if (!digit()) return fail("in exponent of numeric literal");
    digits();
    return true;
  }

  const std::string& text_;
  std::size_t at_ = 0;
  std::string problem_;
};

// The four digits of an escape at `at`, which the checker has seen.
unsigned escape_at(std::string_view text, std::size_t at) {
  unsigned value = 0;
  for (const char c : text.substr(at + 2, 4)) {
    const auto low = static_cast<char>(c | 0x20);
    value = value * 16 + static_cast<unsigned>(c <= '9' ? c - '0' : low - 'a' + 10);
  }
  return value;
}

bool is_escape(std::string_view text, std::size_t at) {
  return at + 6 <= text.size() && text[at] == '\\' && text[at + 1] == 'u';
}

// Lone surrogates as Go reads them; the other parser would refuse them.
std::string with_paired_surrogates(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = text[at] == '\\' ? 2 : 1;
    if (is_escape(text, at)) {
      length = 6;
      const unsigned code = escape_at(text, at) & 0xfc00U;
      const bool pair =
          code == 0xd800 && is_escape(text, at + 6) && (escape_at(text, at + 6) & 0xfc00U) == 0xdc00;
      if (pair) length = 12;
      if (!pair && (code == 0xd800 || code == 0xdc00)) {
        out += replacement;
        at += length;
        continue;
      }
    }
    out += text.substr(at, length);
    at += length;
  }
  return out;
}

// Each byte that is no part of UTF-8 becomes U+FFFD.
std::string as_utf8(std::string text) {
  if (base::valid_utf8(text)) return text;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = 1;
    while (length <= 4 && !base::valid_utf8(std::string_view(text).substr(at, length))) ++length;
    const bool valid = length <= 4 && at + length <= text.size();
    out += valid ? std::string_view(text).substr(at, length) : replacement;
    at += valid ? length : 1;
  }
  return out;
}

}  // namespace

std::string go_json_problem(const std::string& text) { return Checker(text).check(); }

nlohmann::json go_json_value(const std::string& text) {
  Checker checker(text);
  if (!checker.check().empty()) return nlohmann::json(nlohmann::json::value_t::discarded);
  const std::string value = with_paired_surrogates(as_utf8(text.substr(0, checker.end())));
  return nlohmann::json::parse(value, nullptr, false);
}

std::string go_json_kind(const nlohmann::json& value) {
  if (value.is_boolean()) return "bool";
  if (value.is_number()) return "number";
  return value.type_name();
}

}  // namespace squall::vault
