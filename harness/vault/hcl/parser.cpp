// The grammar of hcl/parser/parser.go, with its look-ahead and its order of complaints, since users and
// scripts have met those messages.
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/vault/hcl/scanner.hpp"

namespace squall::vault::hcl {
namespace {

using Type = Token::Type;
constexpr int max_depth = 100;

// What Go's parser calls errEofToken: the input ended where an item might have begun.
struct EndOfInput {};

class Parser {
 public:
  explicit Parser(std::string_view source) : scanner_(source) {}

  Value file() {
    Value root;
    root.kind = Value::Kind::object;
    root.items = items(false);
    if (scan().type != Type::end)
      throw ParseError(token_.position, "unexpected " + std::string(type_name(token_.type)));
    return root;
  }

 private:
  const Token& scan() {
    if (unread_) {
      unread_ = false;
    } else {
      token_ = scanner_.next();
    }
    return token_;
  }

  std::vector<Item> items(bool in_object) {
    std::vector<Item> result;
    while (true) {
      if (in_object) {
        const bool closing = scan().type == Type::right_brace;
        unread_ = true;
        if (closing) return result;
      }
      try {
        result.push_back(item());
      } catch (const EndOfInput&) {
        return result;
      }
      if (scan().type != Type::comma) unread_ = true;
    }
  }

  Item item() {
    Item result;
    bool failed = false;
    const std::string shown = keys(result, failed);
    // Keys with no value at the end of an object: the brace must not pass for the object's own.
    if (failed) token_.type = Type::end;
    if (token_.type == Type::assign) {
      result.assign_line = token_.position.line;
      result.value = value();
    } else if (token_.type == Type::left_brace) {
      result.value = object(token_.position);
    } else {
      throw ParseError(token_.position,
                       "key '" + shown + "' expected start of object ('{') or assignment ('=')");
    }
    return result;
  }

  // Answers the keys as they were written.
  std::string keys(Item& result, bool& failed) {
    std::string shown;
    while (true) {
      const Token& token = scan();
      if (result.keys.empty()) result.position = token.position;
      switch (token.type) {
        case Type::end:
          if (result.keys.empty()) throw EndOfInput{};
          return shown;
        case Type::identifier:
        case Type::string:
          result.keys.push_back(token.text);
          shown += shown.empty() ? "" : " ";
          shown += token.type == Type::string ? "\"" + token.text + "\"" : token.text;
          break;
        case Type::assign:
          if (result.keys.size() > 1)
            throw ParseError(token.position,
                             "nested object expected: LBRACE got: " + std::string(type_name(token.type)));
          if (result.keys.empty()) throw ParseError(token.position, "no object keys found!");
          return shown;
        case Type::left_brace:
          if (result.keys.empty()) throw ParseError(token.position, "expected: IDENT | STRING got: LBRACE");
          return shown;
        case Type::right_brace:
          if (!result.keys.empty()) {
            failed = true;
            return shown;
          }
          [[fallthrough]];
        default:
          throw ParseError(token.position, "expected: IDENT | STRING | ASSIGN | LBRACE got: " +
                                               std::string(type_name(token.type)));
      }
    }
  }

  Value value() {
    const Token token = scan();
    Value result;
    result.position = token.position;
    switch (token.type) {
      case Type::number:
        result.kind = Value::Kind::number;
        break;
      case Type::boolean:
        result.kind = Value::Kind::boolean;
        break;
      case Type::string:
      case Type::heredoc:
        result.kind = Value::Kind::string;
        break;
      case Type::left_brace:
        return object(token.position);
      case Type::left_bracket:
        return list(token.position);
      case Type::end:
        throw EndOfInput{};
      default:
        throw ParseError(token.position, "Unknown token: " + token.position.text() + " " +
                                             std::string(type_name(token.type)) + " " + token.text);
    }
    result.text = token.text;
    return result;
  }

  Value object(Position start) {
    const Depth depth(*this, start);
    Value result;
    result.kind = Value::Kind::object;
    result.position = start;
    try {
      result.items = items(true);
    } catch (const ParseError&) {
      if (token_.type != Type::right_brace) throw;  // else the complaint is about what comes after it
    }
    if (scan().type != Type::right_brace)
      throw ParseError(token_.position,
                       "object expected closing RBRACE got: " + std::string(type_name(token_.type)));
    return result;
  }

  Value list(Position start) {
    const Depth depth(*this, start);
    Value result;
    result.kind = Value::Kind::list;
    result.position = start;
    bool need_comma = false;
    while (true) {
      const Token token = scan();
      if (token.type == Type::right_bracket) return result;
      if (token.type == Type::comma) {
        need_comma = false;
        continue;
      }
      if (need_comma)
        throw ParseError(token.position, "error parsing list, expected comma or list end, got: " +
                                             std::string(type_name(token.type)));
      if (token.type == Type::end || token.type == Type::identifier || token.type == Type::assign ||
          token.type == Type::right_brace || token.type == Type::add || token.type == Type::subtract ||
          token.type == Type::period)
        throw ParseError(token.position,
                         "unexpected token while parsing list: " + std::string(type_name(token.type)));
      unread_ = true;
      result.elements.push_back(value());
      need_comma = true;
    }
  }

  struct Depth {
    Depth(Parser& parser, Position at) : owner(parser) {
      if (++owner.depth_ > max_depth) throw ParseError(at, "nested too deeply");
    }
    ~Depth() { --owner.depth_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;
    Parser& owner;
  };

  Scanner scanner_;
  Token token_;
  bool unread_ = false;
  int depth_ = 0;
};

Value from_json(const nlohmann::ordered_json& json, int depth) {
  if (depth > max_depth) throw ParseError("nested too deeply");
  Value result;
  if (json.is_object()) {
    result.kind = Value::Kind::object;
    for (const auto& [key, value] : json.items())
      result.items.push_back({{key}, {}, 0, from_json(value, depth + 1)});
  } else if (json.is_array()) {
    result.kind = Value::Kind::list;
    for (const auto& value : json) result.elements.push_back(from_json(value, depth + 1));
  } else if (json.is_string()) {
    result.text = json.get<std::string>();
  } else {
    result.kind = json.is_number()    ? Value::Kind::number
                  : json.is_boolean() ? Value::Kind::boolean
                                      : Value::Kind::string;
    if (!json.is_null()) result.text = json.dump();
  }
  return result;
}

}  // namespace

const Value* Value::find(std::string_view key) const {
  const Value* found = nullptr;
  for (const Item& item : items)
    if (item.keys.size() == 1 && item.keys[0] == key) found = &item.value;
  return found;
}

Value parse(std::string_view source) {
  const std::size_t first = source.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && source[first] == '{') {
    nlohmann::ordered_json json = nlohmann::ordered_json::parse(source, nullptr, false);
    if (json.is_discarded()) throw ParseError("error parsing JSON configuration");
    return from_json(json, 0);
  }
  try {
    return Parser(source).file();
  } catch (const EndOfInput&) {
    throw ParseError("EOF token found");
  }
}

std::vector<Block> blocks(const Value& root, std::string_view name) {
  std::vector<Block> found;
  auto unlabelled = [&](const Value& value, Position at) {
    // JSON: {"file": {...}} holds labels when every member is an object.
    bool labels = !value.items.empty() && at.line == 0;
    for (const Item& item : value.items) labels = labels && item.value.is_object();
    if (!labels) return found.push_back({"", &value, at});
    for (const Item& item : value.items) found.push_back({item.keys[0], &item.value, at});
  };
  for (const Item& item : root.items) {
    if (item.keys.empty() || item.keys[0] != name) continue;
    if (item.keys.size() > 1) {
      found.push_back({item.keys[1], &item.value, item.position});
    } else if (item.value.kind == Value::Kind::list) {
      for (const Value& element : item.value.elements) unlabelled(element, item.position);
    } else {
      unlabelled(item.value, item.position);
    }
  }
  return found;
}

}  // namespace squall::vault::hcl
