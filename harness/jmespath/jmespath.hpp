// JMESPath (https://jmespath.org/specification.html), the language of `aws --query` and of waiters. Where the
// specification leaves room, jmespath.py decides, because the AWS CLI uses it; the errors have its texts.
#pragma once
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

namespace squall::jmespath {

using Json = nlohmann::ordered_json;  // keys() and values() follow the order of the members

enum class ErrorKind { syntax, arity, type, value, unknown_function };

struct Error : std::runtime_error {
  Error(ErrorKind error_kind, const std::string& text) : std::runtime_error(text), kind(error_kind) {}
  ErrorKind kind;
};

struct Node;

class Expression {
 public:
  explicit Expression(std::shared_ptr<const Node> root) : root_(std::move(root)) {}
  const Node& root() const { return *root_; }

 private:
  std::shared_ptr<const Node> root_;
};

// Throws Error (syntax). `text` is UTF-8; expressions that nest deeper than max_depth are refused.
Expression parse(std::string_view text);
// Throws Error for a function that does not exist or that is given what it does not take.
Json search(const Expression& expression, const Json& value);

constexpr int max_depth = 200;

}  // namespace squall::jmespath
