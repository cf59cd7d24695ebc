// HCL version 1 as Vault reads it (github.com/hashicorp/hcl v1: hcl/scanner, hcl/parser): a tree with
// positions, so that messages name line and column. JSON is read into the same tree.
#pragma once
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace squall::vault::hcl {

struct Position {
  int line = 0, column = 0;  // from 1; 0 where the source was JSON
  std::string text() const { return std::to_string(line) + ":" + std::to_string(column); }
};

struct Item;

struct Value {
  enum class Kind { string, number, boolean, list, object };
  Kind kind = Kind::string;
  std::string text;  // of a string its content; of a number or boolean as it was written
  std::vector<Value> elements;
  std::vector<Item> items;
  Position position;

  bool is_object() const { return kind == Kind::object; }
  // The last item of that one key; null if there is none.
  const Value* find(std::string_view key) const;
};

// `listener "tcp" { ... }`: keys {listener, tcp}; `ui = true`: keys {ui}.
struct Item {
  std::vector<std::string> keys;
  Position position;
  int assign_line = 0;  // of the '='; 0 where there is none
  Value value;
};

struct ParseError : std::runtime_error {
  ParseError(Position at, const std::string& message)
      : std::runtime_error("At " + at.text() + ": " + message), position(at) {}
  explicit ParseError(const std::string& message) : std::runtime_error(message) {}
  Position position;
};

// The tree of a file: an object. A text whose first character is '{' is JSON. Throws ParseError. Nesting is
// limited to 100 levels.
Value parse(std::string_view source);

// Blocks of one name: `storage "file" {...}` is {"file", object}. In JSON {"storage": {"file": {...}}}.
struct Block {
  std::string label;  // empty when it has none
  const Value* body;
  Position position;
};
std::vector<Block> blocks(const Value& root, std::string_view name);

}  // namespace squall::vault::hcl
