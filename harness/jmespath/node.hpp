// The tree of an expression, and the tokens that it is read from.
#pragma once
#include <array>
#include <optional>
#include <vector>

#include "harness/jmespath/jmespath.hpp"

namespace squall::jmespath {

enum class NodeKind {
  current,            // @, and the identity of a projection without a right side
  field,              // text
  index,              // number
  slice,              // bounds
  sequence,           // each child on the result of the one before: a.b, a | b
  index_sequence,     // the same of a[0]: a further [...] joins it
  projection,         // base, right side
  value_projection,   // base, right side
  filter_projection,  // base, right side, condition
  flatten,            // base
  comparison,         // text is the operator; left, right
  or_,
  and_,
  not_,
  function,    // text is its name; the arguments
  reference,   // &expression
  literal,     // value
  multi_list,  // its elements
  multi_hash,  // its values, keys in `keys`
};

struct Node {
  NodeKind kind = NodeKind::current;
  std::string text{};
  std::vector<Node> children{};
  std::vector<std::string> keys{};
  Json value{};
  std::int64_t number = 0;
  std::array<std::optional<std::int64_t>, 3> bounds{};
  int depth = 1;
};

enum class TokenKind {
  eof,
  unquoted_identifier,
  quoted_identifier,
  literal,
  rbracket,
  rparen,
  comma,
  rbrace,
  number,
  current,
  expref,
  colon,
  pipe,
  or_,
  and_,
  eq,
  gt,
  lt,
  gte,
  lte,
  ne,
  flatten,
  star,
  filter,
  dot,
  not_,
  lbrace,
  lbracket,
  lparen,
};

// As errors call it: "unquoted_identifier".
std::string_view token_name(TokenKind kind);

struct Token {
  TokenKind kind;
  Json value;         // a name or a literal, a number, or the token itself
  std::size_t start;  // in characters
};

std::vector<Token> tokenize(std::string_view text);

}  // namespace squall::jmespath
