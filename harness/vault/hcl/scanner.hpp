// Words of HCL 1 (hcl/scanner/scanner.go). Columns count as there: every read past the end moves on by one.
#pragma once
#include <string>
#include <string_view>

#include "harness/vault/hcl/ast.hpp"

namespace squall::vault::hcl {

struct Token {
  enum class Type {
    end,
    identifier,
    number,
    boolean,
    string,
    left_brace,
    right_brace,
    left_bracket,
    right_bracket,
    comma,
    assign,
    heredoc,
    add,
    subtract,
    period
  };
  Type type = Type::end;
  std::string text;  // a string's content with its escapes undone
  Position position;
};

// The name that HCL's messages use: "RBRACE", "EOF", "IDENT".
std::string_view type_name(Token::Type type);

class Scanner {
 public:
  explicit Scanner(std::string_view source) : source_(source) {}
  Token next();

 private:
  int peek() const { return at_ < source_.size() ? static_cast<unsigned char>(source_[at_]) : -1; }
  int read();
  void skip_space_and_comments();
  Token string_token(Position start);
  Token heredoc_token(Position start);
  void escape(std::string& out);

  std::string_view source_;
  std::size_t at_ = 0;
  int line_ = 1, column_ = 1;
};

}  // namespace squall::vault::hcl
