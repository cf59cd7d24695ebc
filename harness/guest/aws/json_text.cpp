#include "harness/guest/aws/json_text.hpp"

#include "harness/jmespath/python_text.hpp"

namespace squall::guest::aws {
namespace {

using Json = nlohmann::ordered_json;
constexpr int max_nesting = 500;

// Walks a text that is no JSON to the place and words of the first mistake, as Python's reader finds it.
class Complaint {
 public:
  explicit Complaint(const std::string& text) : text_(text) {}

  std::string find() {
    try {
      space();
      value(0);
      space();
      if (at_ < text_.size()) fail("Extra data", at_);
    } catch (const JsonTextError& error) {
      return error.what();
    }
    return "not JSON";
  }

 private:
  void space() {
    while (at_ < text_.size() && std::string_view(" \t\n\r").find(text_[at_]) != std::string_view::npos)
      ++at_;
  }
  bool here(char c) const { return at_ < text_.size() && text_[at_] == c; }

  [[noreturn]] void fail(const std::string& message, std::size_t at) const {
    std::size_t line = 1, column = 1, character = 0;
    for (std::size_t i = 0; i < at && i < text_.size(); ++i) {
      if ((static_cast<unsigned char>(text_[i]) & 0xC0) == 0x80) continue;
      ++character;
      ++column;
      if (text_[i] == '\n') ++line, column = 1;
    }
    throw JsonTextError(message + ": line " + std::to_string(line) + " column " + std::to_string(column) +
                        " (char " + std::to_string(character) + ")");
  }

  void value(int depth) {
    if (depth > max_nesting) throw JsonTextError("maximum recursion depth exceeded");
    if (here('"')) return string();
    if (here('{')) return object(depth);
    if (here('[')) return array(depth);
    for (const char* word : {"null", "true", "false", "NaN", "Infinity", "-Infinity"})
      if (text_.compare(at_, std::string_view(word).size(), word) == 0) {
        at_ += std::string_view(word).size();
        return;
      }
    number();
  }

  void number() {
    std::size_t at = at_;
    auto digits = [&] {
      const std::size_t start = at;
      while (at < text_.size() && isdigit(static_cast<unsigned char>(text_[at]))) ++at;
      return at > start;
    };
    if (at < text_.size() && text_[at] == '-') ++at;
    if (at < text_.size() && text_[at] == '0')
      ++at;
    else if (!digits())
      fail("Expecting value", at_);
    at_ = at;
    if (at < text_.size() && text_[at] == '.' && (++at, digits())) at_ = at;
    at = at_;
    if (at < text_.size() && (text_[at] == 'e' || text_[at] == 'E')) {
      ++at;
      if (at < text_.size() && (text_[at] == '+' || text_[at] == '-')) ++at;
      if (digits()) at_ = at;
    }
  }

  void string() {
    const std::size_t start = at_++;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (static_cast<unsigned char>(text_[at_]) < 0x20) fail("Invalid control character at", at_);
      if (text_[at_] == '\\') escape(start);
      ++at_;
    }
    if (at_ >= text_.size()) fail("Unterminated string starting at", start);
    ++at_;
  }

  void escape(std::size_t start) {
    if (++at_ >= text_.size()) fail("Unterminated string starting at", start);
    if (text_[at_] != 'u') {
      if (std::string_view("\"\\/bfnrt").find(text_[at_]) == std::string_view::npos)
        fail("Invalid \\escape", at_ - 1);
      return;
    }
    for (int i = 0; i < 4; ++i)
      if (at_ + 1 >= text_.size() || !isxdigit(static_cast<unsigned char>(text_[++at_])))
        fail("Invalid \\uXXXX escape", at_ - static_cast<std::size_t>(i));
  }

  void object(int depth) {
    ++at_;
    space();
    if (here('}')) return void(++at_);
    for (;;) {
      if (!here('"')) fail("Expecting property name enclosed in double quotes", at_);
      string();
      space();
      if (!here(':')) fail("Expecting ':' delimiter", at_);
      ++at_;
      space();
      value(depth + 1);
      space();
      if (here('}')) return void(++at_);
      if (!here(',')) fail("Expecting ',' delimiter", at_);
      ++at_;
      space();
      if (!here('"')) fail("Expecting property name enclosed in double quotes", at_);
    }
  }

  void array(int depth) {
    ++at_;
    space();
    if (here(']')) return void(++at_);
    for (;;) {
      value(depth + 1);
      space();
      if (here(']')) return void(++at_);
      if (!here(',')) fail("Expecting ',' delimiter", at_);
      ++at_;
      space();
    }
  }

  const std::string& text_;
  std::size_t at_ = 0;
};

void write(std::string& out, const Json& value, std::size_t depth) {
  if (value.is_number_float()) {
    out += jmespath::python_float(value.get<double>());
    return;
  }
  if (!value.is_structured() || value.empty()) {
    out += value.dump(-1, ' ', false, Json::error_handler_t::replace);
    return;
  }
  const std::string indent(4 * (depth + 1), ' ');
  out += value.is_object() ? '{' : '[';
  bool first = true;
  for (const auto& [key, item] : value.items()) {
    out += first ? "\n" : ",\n";
    first = false;
    out += indent;
    if (value.is_object()) out += Json(key).dump(-1, ' ', false, Json::error_handler_t::replace) + ": ";
    write(out, item, depth + 1);
  }
  out += "\n" + std::string(4 * depth, ' ');
  out += value.is_object() ? '}' : ']';
}

}  // namespace

Json read_json_text(const std::string& text) {
  int depth = 0;
  for (char c : text) {
    depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
    if (depth > max_nesting) throw JsonTextError("maximum recursion depth exceeded");
  }
  Json value = Json::parse(text, nullptr, false);
  if (value.is_discarded()) throw JsonTextError(Complaint(text).find());
  return value;
}

std::string indented_json(const Json& value) {
  std::string out;
  write(out, value, 0);
  return out;
}

}  // namespace squall::guest::aws
