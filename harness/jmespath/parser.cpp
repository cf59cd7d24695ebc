// Tokens into a tree, by top-down operator precedence (Pratt). A projection takes everything to its right
// that binds tighter than a comparison as its right side.
#include <algorithm>

#include "harness/jmespath/node.hpp"
#include "harness/jmespath/python_text.hpp"

namespace squall::jmespath {
namespace {

int binding_power(TokenKind kind) {
  switch (kind) {
    case TokenKind::pipe:
      return 1;
    case TokenKind::or_:
      return 2;
    case TokenKind::and_:
      return 3;
    case TokenKind::eq:
    case TokenKind::gt:
    case TokenKind::lt:
    case TokenKind::gte:
    case TokenKind::lte:
    case TokenKind::ne:
      return 5;
    case TokenKind::flatten:
      return 9;
    case TokenKind::star:
      return 20;
    case TokenKind::filter:
      return 21;
    case TokenKind::dot:
      return 40;
    case TokenKind::not_:
      return 45;
    case TokenKind::lbrace:
      return 50;
    case TokenKind::lbracket:
      return 55;
    case TokenKind::lparen:
      return 60;
    default:
      return 0;
  }
}
constexpr int projection_stop = 10;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text), tokens_(tokenize(text)) {}

  Node run() {
    Node root = expression(0);
    if (kind() != TokenKind::eof) fail(here(), "Unexpected token: " + python_str(here().value));
    return root;
  }

 private:
  // --- tokens ---
  const Token& here(std::size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  TokenKind kind(std::size_t ahead = 0) const { return here(ahead).kind; }
  void expect(TokenKind wanted) {
    if (kind() != wanted) fail_expecting(std::string(token_name(wanted)));
    ++at_;
  }

  // --- errors ---
  [[noreturn]] void fail(const Token& token, const std::string& message) const {
    std::string type(token_name(token.kind));
    std::transform(type.begin(), type.end(), type.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    throw Error(ErrorKind::syntax, message + ": Parse error at column " + std::to_string(token.start) +
                                       ", token \"" + python_str(token.value) + "\" (" + type +
                                       "), for expression:\n\"" + std::string(text_) + "\"\n" +
                                       std::string(token.start + 1, ' ') + "^");
  }
  [[noreturn]] void fail_incomplete() const {
    throw Error(ErrorKind::syntax, "Invalid jmespath expression: Incomplete expression:\n\"" +
                                       std::string(text_) + "\"\n" +
                                       std::string(tokens_.back().start + 1, ' ') + "^");
  }
  [[noreturn]] void fail_expecting(const std::string& wanted) const {
    if (kind() == TokenKind::eof) fail_incomplete();
    fail(here(), "Expecting: " + wanted + ", got: " + std::string(token_name(kind())));
  }

  // --- nodes ---
  Node make(NodeKind node_kind, std::vector<Node> children, std::string text = {}) const {
    Node node{.kind = node_kind, .text = std::move(text), .children = std::move(children)};
    for (const Node& child : node.children) node.depth = std::max(node.depth, child.depth + 1);
    check_depth(node.depth);
    return node;
  }
  template <class... Nodes>
  Node make_of(NodeKind node_kind, Nodes... nodes) const {
    std::vector<Node> children;
    (children.push_back(std::move(nodes)), ...);
    return make(node_kind, std::move(children));
  }
  // `left`, then `right` on its result: joined to `left` if that is a sequence already.
  Node then(Node left, Node right) const {
    if (left.kind != NodeKind::sequence)
      return make_of(NodeKind::sequence, std::move(left), std::move(right));
    return joined(std::move(left), std::move(right));
  }
  Node joined(Node left, Node right) const {
    left.depth = std::max(left.depth, right.depth + 1);
    check_depth(left.depth);
    left.children.push_back(std::move(right));
    return left;
  }
  static void check_depth(int depth) {
    if (depth > max_depth) throw Error(ErrorKind::syntax, "Invalid JMESPath expression: nests too deeply.");
  }

  // --- grammar ---
  Node expression(int power) {
    check_depth(++nesting_);
    const Token token = here();
    ++at_;
    Node left = prefix(token);
    while (power < binding_power(kind())) {
      const Token next = here();
      ++at_;
      left = infix(next, std::move(left));
    }
    --nesting_;
    return left;
  }

  Node prefix(const Token& token) {
    switch (token.kind) {
      case TokenKind::literal:
        return Node{.kind = NodeKind::literal, .value = token.value};
      case TokenKind::unquoted_identifier:
        return make(NodeKind::field, {}, token.value.get<std::string>());
      case TokenKind::quoted_identifier:
        if (kind() == TokenKind::lparen) {
          Token paren = here();
          paren.start = 0;
          fail(paren, "Quoted identifier not allowed for function names.");
        }
        return make(NodeKind::field, {}, token.value.get<std::string>());
      case TokenKind::star: {
        Node right = kind() == TokenKind::rbracket ? Node{} : right_side(TokenKind::star);
        return make_of(NodeKind::value_projection, Node{}, std::move(right));
      }
      case TokenKind::filter:
        return filter(Node{});
      case TokenKind::lbrace:
        return multi_hash();
      case TokenKind::lparen: {
        Node inner = expression(0);
        expect(TokenKind::rparen);
        return inner;
      }
      case TokenKind::flatten:
        return flatten(Node{});
      case TokenKind::not_:
        return make_of(NodeKind::not_, expression(binding_power(TokenKind::not_)));
      case TokenKind::lbracket:
        return bracket_prefix();
      case TokenKind::current:
        return Node{};
      case TokenKind::expref:
        return make_of(NodeKind::reference, expression(0));
      case TokenKind::eof:
        fail_incomplete();
      default:
        fail(token, "invalid token");
    }
  }

  Node infix(const Token& token, Node left) {
    switch (token.kind) {
      case TokenKind::dot:
        if (kind() == TokenKind::star) {
          ++at_;
          return make_of(NodeKind::value_projection, std::move(left), right_side(TokenKind::dot));
        }
        return then(std::move(left), after_dot(binding_power(TokenKind::dot)));
      case TokenKind::pipe:
        return then(std::move(left), expression(binding_power(token.kind)));
      case TokenKind::or_:
        return make_of(NodeKind::or_, std::move(left), expression(binding_power(token.kind)));
      case TokenKind::and_:
        return make_of(NodeKind::and_, std::move(left), expression(binding_power(token.kind)));
      case TokenKind::lparen:
        return function(std::move(left));
      case TokenKind::filter:
        return filter(std::move(left));
      case TokenKind::flatten:
        return flatten(std::move(left));
      case TokenKind::lbracket:
        return bracket_infix(std::move(left));
      case TokenKind::eq:
      case TokenKind::ne:
      case TokenKind::gt:
      case TokenKind::gte:
      case TokenKind::lt:
      case TokenKind::lte: {
        Node node = make_of(NodeKind::comparison, std::move(left), expression(binding_power(token.kind)));
        node.text = token.value.get<std::string>();
        return node;
      }
      default:
        fail(token, "invalid token");
    }
  }

  Node filter(Node left) {
    Node condition = expression(0);
    expect(TokenKind::rbracket);
    Node right = kind() == TokenKind::flatten ? Node{} : right_side(TokenKind::filter);
    return make_of(NodeKind::filter_projection, std::move(left), std::move(right), std::move(condition));
  }

  Node flatten(Node left) {
    Node base = make_of(NodeKind::flatten, std::move(left));
    return make_of(NodeKind::projection, std::move(base), right_side(TokenKind::flatten));
  }

  Node bracket_prefix() {
    if (kind() == TokenKind::number || kind() == TokenKind::colon) return index_of(Node{}, index());
    if (kind() == TokenKind::star && kind(1) == TokenKind::rbracket) {
      at_ += 2;
      return make_of(NodeKind::projection, Node{}, right_side(TokenKind::star));
    }
    return multi_list();
  }

  Node bracket_infix(Node left) {
    if (kind() == TokenKind::number || kind() == TokenKind::colon) {
      Node right = index();
      // jmespath.py does not project a slice right behind an index: a[0][0:2].b is null.
      if (left.kind == NodeKind::index_sequence) return joined(std::move(left), std::move(right));
      return index_of(std::move(left), std::move(right));
    }
    expect(TokenKind::star);
    expect(TokenKind::rbracket);
    return make_of(NodeKind::projection, std::move(left), right_side(TokenKind::star));
  }

  // The inside of [1] or [1:2:3], and its bracket.
  Node index() {
    if (kind() != TokenKind::colon && kind(1) != TokenKind::colon) {
      Node node{.kind = NodeKind::index, .number = here().value.get<std::int64_t>()};
      ++at_;
      expect(TokenKind::rbracket);
      return node;
    }
    Node node{.kind = NodeKind::slice};
    std::size_t part = 0;
    while (kind() != TokenKind::rbracket) {
      if (kind() == TokenKind::colon) {
        if (++part == 3) fail(here(), "syntax error");
      } else if (kind() == TokenKind::number) {
        node.bounds[part] = here().value.get<std::int64_t>();
      } else {
        fail(here(), "syntax error");
      }
      ++at_;
    }
    expect(TokenKind::rbracket);
    return node;
  }

  Node index_of(Node left, Node right) {
    const bool slice = right.kind == NodeKind::slice;
    Node node = make_of(NodeKind::index_sequence, std::move(left), std::move(right));
    if (!slice) return node;
    return make_of(NodeKind::projection, std::move(node), right_side(TokenKind::star));
  }

  Node function(Node left) {
    if (left.kind != NodeKind::field) {
      const Token& before = tokens_[at_ - 2];
      fail(before, "Invalid function name '" + python_str(before.value) + "'");
    }
    std::vector<Node> arguments;
    while (kind() != TokenKind::rparen) {
      arguments.push_back(expression(0));
      if (kind() == TokenKind::comma) ++at_;
    }
    expect(TokenKind::rparen);
    return make(NodeKind::function, std::move(arguments), left.text);
  }

  Node multi_list() {
    std::vector<Node> elements;
    for (;;) {
      elements.push_back(expression(0));
      if (kind() == TokenKind::rbracket) break;
      expect(TokenKind::comma);
    }
    expect(TokenKind::rbracket);
    return make(NodeKind::multi_list, std::move(elements));
  }

  Node multi_hash() {
    std::vector<Node> values;
    std::vector<std::string> keys;
    for (;;) {
      if (kind() != TokenKind::quoted_identifier && kind() != TokenKind::unquoted_identifier)
        fail_expecting("['quoted_identifier', 'unquoted_identifier']");
      keys.push_back(here().value.get<std::string>());
      ++at_;
      expect(TokenKind::colon);
      values.push_back(expression(0));
      if (kind() == TokenKind::comma) {
        ++at_;
      } else if (kind() == TokenKind::rbrace) {
        ++at_;
        break;
      }
    }
    Node node = make(NodeKind::multi_hash, std::move(values));
    node.keys = std::move(keys);
    return node;
  }

  Node right_side(TokenKind projection) {
    const int power = binding_power(projection);
    if (binding_power(kind()) < projection_stop) return Node{};
    if (kind() == TokenKind::lbracket || kind() == TokenKind::filter) return expression(power);
    if (kind() != TokenKind::dot) fail(here(), "syntax error");
    ++at_;
    return after_dot(power);
  }

  Node after_dot(int power) {
    switch (kind()) {
      case TokenKind::quoted_identifier:
      case TokenKind::unquoted_identifier:
      case TokenKind::star:
        return expression(power);
      case TokenKind::lbracket:
        ++at_;
        return multi_list();
      case TokenKind::lbrace:
        ++at_;
        return multi_hash();
      default:
        fail(here(), "Expecting: ['quoted_identifier', 'unquoted_identifier', 'lbracket', 'lbrace'], got: " +
                         std::string(token_name(kind())));
    }
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int nesting_ = 0;
};

}  // namespace

Expression parse(std::string_view text) {
  return Expression(std::make_shared<const Node>(Parser(text).run()));
}

}  // namespace squall::jmespath
