// The words of Go's encoding/json for a text that is not JSON, as far as an operator meets them.
#include <cctype>

#include "harness/vault/http/respond.hpp"

namespace squall::vault {
namespace {

class Checker {
 public:
  explicit Checker(const std::string& text) : text_(text) {}

  std::string check() {
    skip_space();
    if (at_ == text_.size()) return "EOF";
    value(0);
    return problem_;
  }

 private:
  bool fail(const std::string& context) {
    if (!problem_.empty()) return false;
    if (at_ >= text_.size()) {
      problem_ = "unexpected EOF";
    } else {
      problem_ = std::string("invalid character '") + text_[at_] + "' " + context;
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
    if (depth > 200) {
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
      if (c == '\\') {
        ++at_;
        if (std::string_view("\"\\/bfnrtu").find(peek()) == std::string_view::npos || at_ >= text_.size())
          return fail("in string escape code");
      }
    }
    return fail("");
  }
  bool literal(std::string_view word) {
    for (std::size_t i = 0; i < word.size(); ++i, ++at_)
      if (peek() != word[i])
        return fail("in literal " + std::string(word) + " (expecting '" + word[i] + "')");
    return true;
  }
  bool number() {
    if (peek() == '-') ++at_;
    if (std::isdigit(static_cast<unsigned char>(peek())) == 0) return fail("in numeric literal");
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(peek())) != 0 || peek() == '.' ||
                                  peek() == '+' || peek() == '-'))
      ++at_;
    return true;
  }

  const std::string& text_;
  std::size_t at_ = 0;
  std::string problem_;
};

}  // namespace

std::string go_json_problem(const std::string& text) { return Checker(text).check(); }

}  // namespace squall::vault
