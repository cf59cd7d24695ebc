#include "harness/vault/hcl/scanner.hpp"

#include <cctype>

namespace squall::vault::hcl {
namespace {

// From 0xc2 on bytes begin characters of UTF-8, which are taken for letters.
bool starts_word(int c) { return std::isalpha(c) != 0 || c == '_' || (c >= 0xc2 && c <= 0xf4); }
bool continues_word(int c) {
  return starts_word(c) || c >= 0x80 || std::isdigit(c) != 0 || c == '-' || c == '.';
}

void append_utf8(std::string& out, unsigned long code) {
  auto byte = [&](unsigned long value) { out += static_cast<char>(value); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | code >> 6), byte(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F));
  } else {
    byte(0xF0 | (code >> 18 & 7)), byte(0x80 | (code >> 12 & 0x3F)), byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  }
}

}  // namespace

std::string_view type_name(Token::Type type) {
  switch (type) {
    case Token::Type::end:
      return "EOF";
    case Token::Type::identifier:
      return "IDENT";
    case Token::Type::number:
      return "NUMBER";
    case Token::Type::boolean:
      return "BOOL";
    case Token::Type::string:
      return "STRING";
    case Token::Type::left_brace:
      return "LBRACE";
    case Token::Type::right_brace:
      return "RBRACE";
    case Token::Type::left_bracket:
      return "LBRACK";
    case Token::Type::right_bracket:
      return "RBRACK";
    case Token::Type::comma:
      return "COMMA";
    case Token::Type::assign:
      return "ASSIGN";
    case Token::Type::heredoc:
      return "HEREDOC";
    case Token::Type::add:
      return "ADD";
    case Token::Type::subtract:
      return "SUB";
    case Token::Type::period:
      return "PERIOD";
  }
  return {};
}

int Scanner::read() {
  const int c = peek();
  if (c < 0) {
    ++column_;
    return c;
  }
  ++at_;
  if (c == '\n') {
    ++line_;
    column_ = 1;
  } else if ((c & 0xC0) != 0x80) {  // a character, not a byte, is a column
    ++column_;
  }
  return c;
}

void Scanner::skip_space_and_comments() {
  while (true) {
    const int c = peek();
    const int after = at_ + 1 < source_.size() ? source_[at_ + 1] : -1;
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      read();
    } else if (c == '#' || (c == '/' && after == '/')) {
      while (peek() >= 0 && peek() != '\n') read();
    } else if (c == '/' && after == '*') {
      read(), read();
      while (!(peek() == '*' && at_ + 1 < source_.size() && source_[at_ + 1] == '/')) {
        if (read() < 0) throw ParseError({line_, column_ - 1}, "comment not terminated");
      }
      read(), read();
    } else if (c == '/') {
      throw ParseError({line_, column_}, "expected '/' for comment");
    } else {
      return;
    }
  }
}

Token Scanner::next() {
  skip_space_and_comments();
  const Position start{line_, column_};
  using Type = Token::Type;
  const int c = read();
  if (c < 0) return {Type::end, "", start};
  switch (c) {
    case '{':
      return {Type::left_brace, "{", start};
    case '}':
      return {Type::right_brace, "}", start};
    case '[':
      return {Type::left_bracket, "[", start};
    case ']':
      return {Type::right_bracket, "]", start};
    case ',':
      return {Type::comma, ",", start};
    case '=':
      return {Type::assign, "=", start};
    case '+':
      return {Type::add, "+", start};
    case '\0':
      throw ParseError(start, "unexpected null character (0x00)");
    case '"':
      return string_token(start);
    default:
      break;
  }
  if (c == '<' && peek() == '<') return heredoc_token(start);
  std::string text(1, static_cast<char>(c));
  const bool replaced = source_.substr(at_ - 1, 3) == "\xef\xbf\xbd";  // what was no UTF-8: no letter
  if (starts_word(c) && !replaced) {
    while (continues_word(peek())) text += static_cast<char>(read());
    const bool is_boolean = text == "true" || text == "false";
    return {is_boolean ? Type::boolean : Type::identifier, text, start};
  }
  if (c == '.' && std::isdigit(peek()) == 0) return {Type::period, ".", start};
  if (std::isdigit(c) != 0 || c == '-' || c == '.') {
    while (std::isalnum(peek()) != 0 || peek() == '.' || peek() == '+' ||
           (peek() == '-' && (text.back() == 'e' || text.back() == 'E')))
      text += static_cast<char>(read());
    if (text == "-") return {Type::subtract, text, start};
    if (text == "0x" || text == "0X") throw ParseError({line_, column_}, "illegal hexadecimal number");
    return {Type::number, text, start};
  }
  throw ParseError(start, "illegal char");
}

// ${...} is kept as it stands, quotes within it included: Vault does not interpolate.
Token Scanner::string_token(Position start) {
  std::string text;
  int braces = 0;
  while (true) {
    const int c = peek();
    if (c < 0 || (c == '\n' && braces == 0)) throw ParseError({line_, column_}, "literal not terminated");
    read();
    if (c == '"' && braces == 0) return {Token::Type::string, text, start};
    if (c == '\\' && braces == 0) {
      escape(text);
      continue;
    }
    if (c == '$' && braces == 0 && peek() == '{') {
      text += "${";
      read();
      braces = 1;
      continue;
    }
    if (braces > 0 && c == '{') ++braces;
    if (braces > 0 && c == '}') --braces;
    text += static_cast<char>(c);
  }
}

void Scanner::escape(std::string& out) {
  const Position at{line_, column_};
  const int c = read();
  auto digits = [&](int count, int base) {
    unsigned long code = 0;
    for (; count > 0; --count) {
      const int d = peek();
      const int value = std::isdigit(d) ? d - '0' : std::isxdigit(d) ? std::tolower(d) - 'a' + 10 : 99;
      if (value >= base) throw ParseError({line_, column_}, "illegal char escape");
      code = code * static_cast<unsigned long>(base) + static_cast<unsigned long>(value);
      read();
    }
    return code;
  };
  switch (c) {
    case 'n':
      out += '\n';
      return;
    case 't':
      out += '\t';
      return;
    case 'r':
      out += '\r';
      return;
    case 'a':
      out += '\a';
      return;
    case 'b':
      out += '\b';
      return;
    case 'f':
      out += '\f';
      return;
    case 'v':
      out += '\v';
      return;
    case '\\':
      out += '\\';
      return;
    case '"':
      out += '"';
      return;
    case 'x':
      out += static_cast<char>(digits(2, 16));
      return;
    case 'u':
      append_utf8(out, digits(4, 16));
      return;
    case 'U':
      append_utf8(out, digits(8, 16));
      return;
    default:
      throw ParseError(at, "illegal char escape");
  }
}

// <<EOF takes lines up to one that holds only the anchor; <<-EOF also takes off the anchor line's
// indentation.
Token Scanner::heredoc_token(Position start) {
  read();
  const bool indented = peek() == '-';
  if (indented) read();
  std::string anchor;
  while (peek() >= 0 && peek() != '\n') anchor += static_cast<char>(read());
  while (!anchor.empty() && anchor.back() == '\r') anchor.pop_back();
  if (anchor.empty() || peek() < 0) throw ParseError(start, "heredoc not terminated");
  read();
  std::vector<std::string> lines;
  while (true) {
    if (peek() < 0) throw ParseError({line_, column_}, "heredoc not terminated");
    std::string line;
    while (peek() >= 0 && peek() != '\n') line += static_cast<char>(read());
    const std::size_t first = line.find_first_not_of(" \t");
    const std::string stripped = first == std::string::npos ? "" : line.substr(first);
    if (line == anchor || (indented && stripped == anchor)) {
      const std::size_t cut = indented && first != std::string::npos ? first : 0;
      std::string text;
      for (const std::string& each : lines) {
        const std::size_t margin = std::min(cut, std::min(each.size(), each.find_first_not_of(" \t")));
        text += each.substr(margin) + "\n";
      }
      return {Token::Type::heredoc, text, start};
    }
    lines.push_back(std::move(line));
    if (peek() == '\n') read();
  }
}

}  // namespace squall::vault::hcl
