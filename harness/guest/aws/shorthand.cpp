#include "harness/guest/aws/shorthand.hpp"

#include <charconv>

#include "harness/guest/aws/arg_parser.hpp"
#include "harness/jmespath/python_text.hpp"

namespace squall::guest::aws {
namespace {

constexpr int max_nesting = 100;

// A syntax error, from which a list of values may step back.
struct SyntaxError : ShorthandError {
  using ShorthandError::ShorthandError;
};

class Parser {
 public:
  explicit Parser(const std::string& text) : text_(text) {}

  Json run() {
    Json out = Json::object();
    auto [key, value] = pair();
    out[key] = std::move(value);
    std::size_t last = at_;
    while (!at_end()) {
      expect(',');
      auto [next_key, next_value] = pair();
      if (out.contains(next_key)) fail_duplicate(next_key, last + 1);
      out[next_key] = std::move(next_value);
      last = at_;
    }
    return out;
  }

 private:
  std::pair<std::string, Json> pair() {
    std::string name = key();
    expect('=');
    if (at_end()) return {std::move(name), ""};
    if (here() == '[') return {std::move(name), list()};
    if (here() == '{') return {std::move(name), hash()};
    return {std::move(name), comma_list()};
  }

  std::string key() {
    const std::size_t start = at_;
    while (!at_end() && (isalnum(static_cast<unsigned char>(here())) ||
                         std::string_view("-_.#/:").find(here()) != std::string_view::npos))
      ++at_;
    return text_.substr(start, at_ - start);
  }

  // "a" or "a,b,c"; stops before what turns out to be the next key.
  Json comma_list() {
    Json first = first_value();
    skip_space();
    if (at_end() || here() != ',') return first;
    expect(',');
    Json all = Json::array({first});
    for (;;) {
      try {
        Json next = second_value();
        skip_space();
        if (at_end()) {
          all.push_back(std::move(next));
          break;
        }
        expect(',');
        all.push_back(std::move(next));
      } catch (const SyntaxError&) {
        if (at_end()) throw;
        while (at_ > 0 && text_[at_] != ',') --at_;
        break;
      }
    }
    return all.size() == 1 ? first : all;
  }

  Json list() {
    Nesting nesting(*this);
    expect('[');
    Json out = Json::array();
    while (at_end() || here() != ']') {
      out.push_back(explicit_value());
      skip_space();
      if (!at_end() && here() == ']') break;
      expect_here(',');
      skip_space();
    }
    expect_here(']');
    return out;
  }

  Json hash() {
    Nesting nesting(*this);
    expect('{');
    Json out = Json::object();
    while (at_end() || here() != '}') {
      std::string name = key();
      expect('=');
      out[name] = explicit_value();
      skip_space();
      if (!at_end() && here() == '}') break;
      expect_here(',');
      skip_space();
    }
    expect_here('}');
    return out;
  }

  Json explicit_value() {
    if (!at_end() && here() == '[') return list();
    if (!at_end() && here() == '{') return hash();
    return first_value();
  }

  Json first_value() {
    if (!at_end() && (here() == '\'' || here() == '"')) return quoted(here());
    return bare(true);
  }

  Json second_value() {
    if (!at_end() && (here() == '\'' || here() == '"')) return quoted(here());
    const std::size_t start = at_;
    std::string value = bare(false);
    if (at_ == start) fail("<second>", "<none>");
    return value;
  }

  Json quoted(char quote) {
    std::size_t at = at_ + 1;
    std::string out;
    while (at < text_.size() && text_[at] != quote) {
      if (text_[at] == '\\' && at + 1 < text_.size() && (text_[at + 1] == quote || text_[at + 1] == '\\'))
        ++at;
      out += text_[at++];
    }
    if (at >= text_.size()) fail(quote == '"' ? "<double quoted>" : "<singled quoted>", "<none>");
    at_ = at + 1;
    return out;
  }

  // Characters that may begin a bare value: neither quotes, comma, brackets nor braces, '=' nor a space.
  static bool starts_bare(char c) {
    return static_cast<unsigned char>(c) > ' ' && c != 0x7f &&
           std::string_view("\"',=[]{}").find(c) == std::string_view::npos;
  }
  // What may follow in the first value of a key, or in a further one, where '=' would end a key.
  static bool continues_bare(char c, bool first) {
    if (isspace(static_cast<unsigned char>(c))) return true;
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f) return false;
    if (first) return std::string_view("\"',]}").find(c) == std::string_view::npos;
    return std::string_view("\"',=").find(c) == std::string_view::npos;
  }

  std::string bare(bool first) {
    std::string out;
    auto escaped_comma = [&] { return here() == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] == ','; };
    bool started = false;
    while (!at_end()) {
      if (escaped_comma()) {
        out += ',';
        at_ += 2;
      } else if (started ? continues_bare(here(), first) : starts_bare(here())) {
        out += text_[at_++];
      } else {
        break;
      }
      started = true;
    }
    while (!out.empty() && isspace(static_cast<unsigned char>(out.back()))) out.pop_back();
    return out;
  }

  bool at_end() const { return at_ >= text_.size(); }
  char here() const { return text_[at_]; }
  void skip_space() {
    while (!at_end() && isspace(static_cast<unsigned char>(here()))) ++at_;
  }
  void expect(char wanted) {
    skip_space();
    expect_here(wanted);
    skip_space();
  }
  void expect_here(char wanted) {
    if (at_end()) fail(std::string(1, wanted), "EOF");
    if (here() != wanted) fail(std::string(1, wanted), character());
    ++at_;
  }
  std::string character() const {
    std::size_t end = at_ + 1;
    while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xC0) == 0x80) ++end;
    return text_.substr(at_, end - at_);
  }

  // The line with the error, a mark below it, and the lines after it.
  std::string location(std::size_t at) const {
    const std::size_t line = at == 0 ? std::string::npos : text_.rfind('\n', at - 1);
    const std::size_t next = text_.find('\n', at);
    std::size_t column = 0;
    for (std::size_t i = line == std::string::npos ? 0 : line + 1; i < at && i < text_.size(); ++i)
      column += (static_cast<unsigned char>(text_[i]) & 0xC0) != 0x80;
    std::string rest = next == std::string::npos ? "" : text_.substr(next);
    return text_.substr(0, next) + "\n" + std::string(column, ' ') + "^" + rest;
  }

  [[noreturn]] void fail(const std::string& expected, const std::string& received) const {
    throw SyntaxError("Expected: '" + expected + "', received: '" + received + "' for input:\n" +
                      location(at_));
  }
  [[noreturn]] void fail_duplicate(const std::string& key, std::size_t at) const {
    throw ShorthandError("Second instance of key \"" + key + "\" encountered for input:\n" + location(at) +
                         "\nThis is often because there is a preceding \",\" instead of a space.");
  }

  struct Nesting {
    explicit Nesting(Parser& parser) : depth(parser.nesting_) {
      if (++depth > max_nesting) throw ShorthandError("The value nests too deeply");
    }
    ~Nesting() { --depth; }
    int& depth;
  };

  const std::string& text_;
  std::size_t at_ = 0;
  int nesting_ = 0;
};

void fit_text(Json& value, const wire::Shape& shape) {
  if (!value.is_string()) return;
  std::string text = value.get<std::string>();
  switch (shape.kind) {
    case wire::Kind::integer:
    case wire::Kind::long_:
      value = read_integer(text);
      return;
    case wire::Kind::float_:
    case wire::Kind::double_:
      value = read_real(text);
      return;
    case wire::Kind::boolean: {
      for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
      if (text == "true" || text == "false") value = text == "true";
      return;
    }
    default:
      return;
  }
}

}  // namespace

Json parse_shorthand(const std::string& text) { return Parser(text).run(); }

void fit_to_shape(Json& value, const wire::Shape& shape) {
  switch (shape.kind) {
    case wire::Kind::structure:
      if (!value.is_object()) return;
      for (const wire::Member& member : shape.members)
        if (auto found = value.find(std::string(member.name)); found != value.end())
          fit_to_shape(*found, *member.shape);
      return;
    case wire::Kind::map:
      if (!value.is_object()) return;
      for (auto& [key, item] : value.items()) fit_to_shape(item, *shape.element);
      return;
    case wire::Kind::list:
      if (!value.is_array()) {
        // The CLI wraps the value as it is, without fitting it to the element.
        value = Json::array({value});
        return;
      }
      for (Json& item : value) fit_to_shape(item, *shape.element);
      return;
    default:
      fit_text(value, shape);
  }
}

Json read_integer(const std::string& text) {
  if (auto number = python_int(text)) return *number;
  throw std::invalid_argument("invalid literal for int() with base 10: " + jmespath::python_repr(text));
}

Json read_real(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  if (auto read = std::from_chars(text.data(), end, number); read.ec == std::errc{} && read.ptr == end)
    return number;
  throw std::invalid_argument("could not convert string to float: " + jmespath::python_repr(text));
}

}  // namespace squall::guest::aws
