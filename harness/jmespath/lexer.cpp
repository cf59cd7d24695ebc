// Text into tokens. Literals are JSON between back quotes, raw strings stand between single quotes.
#include "harness/jmespath/node.hpp"

namespace squall::jmespath {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool starts_name(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size())
    text.replace(at, from.size(), to);
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<Token> run() {
    while (at_ < text_.size()) step();
    add(TokenKind::eof, "", text_.size());
    return std::move(tokens_);
  }

 private:
  void step() {
    const std::size_t start = at_;
    const char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at_;
    } else if (starts_name(c)) {
      while (at_ < text_.size() && (starts_name(text_[at_]) || is_digit(text_[at_]))) ++at_;
      add(TokenKind::unquoted_identifier, std::string(text_.substr(start, at_ - start)), start);
    } else if (is_digit(c) || c == '-') {
      number();
    } else if (c == '\'') {
      std::string raw = delimited('\'');
      replace_all(raw, "\\'", "'");
      add(TokenKind::literal, raw, start);
    } else if (c == '`') {
      literal();
    } else if (c == '"') {
      quoted_name();
    } else {
      symbol();
    }
  }

  void symbol() {
    struct Symbol {
      std::string_view text;
      TokenKind kind;
    };
    static constexpr Symbol symbols[] = {
        // the longer before the shorter
        {"[]", TokenKind::flatten}, {"[?", TokenKind::filter}, {"||", TokenKind::or_},
        {"&&", TokenKind::and_},    {"<=", TokenKind::lte},    {">=", TokenKind::gte},
        {"!=", TokenKind::ne},      {"==", TokenKind::eq},     {"[", TokenKind::lbracket},
        {"]", TokenKind::rbracket}, {"(", TokenKind::lparen},  {")", TokenKind::rparen},
        {"{", TokenKind::lbrace},   {"}", TokenKind::rbrace},  {".", TokenKind::dot},
        {"*", TokenKind::star},     {",", TokenKind::comma},   {":", TokenKind::colon},
        {"@", TokenKind::current},  {"|", TokenKind::pipe},    {"&", TokenKind::expref},
        {"<", TokenKind::lt},       {">", TokenKind::gt},      {"!", TokenKind::not_}};
    for (const Symbol& candidate : symbols) {
      if (!text_.substr(at_).starts_with(candidate.text)) continue;
      add(candidate.kind, std::string(candidate.text), at_);
      at_ += candidate.text.size();
      return;
    }
    std::size_t end = at_ + 1;
    while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xC0) == 0x80) ++end;
    std::string unknown(text_.substr(at_, end - at_));
    fail(at_, "Unknown token " + (unknown == "=" ? "'='" : unknown));
  }

  void number() {
    const std::size_t start = at_++;
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    std::string digits(text_.substr(start, at_ - start));
    if (digits == "-") fail(start, "Unknown token '-'");
    if (digits.size() > 18) fail(start, "Number out of range " + digits);
    add(TokenKind::number, static_cast<std::int64_t>(std::stoll(digits)), start);
  }

  // What stands up to the closing delimiter; a backslash keeps the character after it from closing.
  std::string delimited(char delimiter) {
    const std::size_t start = at_++;
    std::string out;
    while (at_ < text_.size() && text_[at_] != delimiter) {
      if (text_[at_] == '\\') out += text_[at_++];
      if (at_ < text_.size()) out += text_[at_++];
    }
    if (at_ >= text_.size()) fail(start, std::string("Unclosed ") + delimiter + " delimiter");
    ++at_;
    return out;
  }

  void literal() {
    const std::size_t start = at_;
    std::string content = delimited('`');
    replace_all(content, "\\`", "`");
    if (nests_too_deep(content)) fail(start, "Literal nests too deeply");
    Json value = Json::parse(content, nullptr, false);
    // The specification's old form: `text` without quotes.
    if (value.is_discarded()) {
      std::size_t first = content.find_first_not_of(" \t\n\r\f\v");
      std::string trimmed = first == content.npos ? "" : content.substr(first);
      value = Json::parse("\"" + trimmed + "\"", nullptr, false);
    }
    if (value.is_discarded()) fail(start, "Bad token " + content);
    add(TokenKind::literal, std::move(value), start);
  }

  void quoted_name() {
    const std::size_t start = at_;
    const std::string content = delimited('"');
    Json value = Json::parse("\"" + content + "\"", nullptr, false);
    if (value.is_discarded()) fail(start, json_complaint(content));
    add(TokenKind::quoted_identifier, std::move(value), start);
  }

  static bool nests_too_deep(std::string_view content) {
    int depth = 0;
    for (char c : content) {
      if (c == '[' || c == '{') ++depth;
      if (c == ']' || c == '}') --depth;
      if (depth > max_depth) return true;
    }
    return false;
  }

  // What Python's JSON reader says of a string that it refuses, up to the colon.
  static std::string json_complaint(std::string_view content) {
    for (std::size_t i = 0; i < content.size(); ++i) {
      if (static_cast<unsigned char>(content[i]) < 0x20) return "Invalid control character at";
      if (content[i] != '\\') continue;
      const char escaped = ++i < content.size() ? content[i] : '\0';
      if (escaped == 'u') {
        for (std::size_t digit = i + 1; digit < i + 5; ++digit)
          if (digit >= content.size() || !isxdigit(static_cast<unsigned char>(content[digit])))
            return "Invalid \\uXXXX escape";
      } else if (std::string_view("\"\\/bfnrt").find(escaped) == std::string_view::npos) {
        return "Invalid \\escape";
      }
    }
    return "Invalid \\uXXXX escape";  // half of a surrogate pair
  }

  // Of the character that begins there. Tokens come in order: what was counted for one is not counted again.
  std::size_t character(std::size_t byte) {
    for (; counted_bytes_ < byte; ++counted_bytes_)
      characters_ += (static_cast<unsigned char>(text_[counted_bytes_]) & 0xC0) != 0x80;
    return characters_;
  }

  void add(TokenKind kind, Json value, std::size_t start) {
    tokens_.push_back({kind, std::move(value), character(start)});
  }

  [[noreturn]] void fail(std::size_t start, const std::string& message) {
    throw Error(ErrorKind::syntax, "Bad jmespath expression: " + message + ":\n" + std::string(text_) + "\n" +
                                       std::string(character(start), ' ') + "^");
  }

  std::string_view text_;
  std::size_t at_ = 0, counted_bytes_ = 0, characters_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

std::string_view token_name(TokenKind kind) {
  static constexpr std::string_view names[] = {"eof",
                                               "unquoted_identifier",
                                               "quoted_identifier",
                                               "literal",
                                               "rbracket",
                                               "rparen",
                                               "comma",
                                               "rbrace",
                                               "number",
                                               "current",
                                               "expref",
                                               "colon",
                                               "pipe",
                                               "or",
                                               "and",
                                               "eq",
                                               "gt",
                                               "lt",
                                               "gte",
                                               "lte",
                                               "ne",
                                               "flatten",
                                               "star",
                                               "filter",
                                               "dot",
                                               "not",
                                               "lbrace",
                                               "lbracket",
                                               "lparen"};
  return names[static_cast<std::size_t>(kind)];
}

std::vector<Token> tokenize(std::string_view text) {
  if (text.empty()) throw Error(ErrorKind::syntax, "Invalid JMESPath expression: cannot be empty.");
  try {
    Json(std::string(text)).dump();  // refuses what is not UTF-8
  } catch (const Json::type_error&) {
    throw Error(ErrorKind::syntax, "Invalid JMESPath expression: not UTF-8.");
  }
  return Lexer(text).run();
}

}  // namespace squall::jmespath
