#include "harness/jmespath/interpreter.hpp"

#include "harness/jmespath/python_text.hpp"

namespace squall::jmespath {
namespace {

bool is_false(const Json& value) {
  return value.is_null() || (value.is_boolean() && !value.get<bool>()) ||
         ((value.is_structured() || value.is_string()) &&
          (value.is_string() ? value.get_ref<const std::string&>().empty() : value.empty()));
}

Json index(const Node& node, const Json& value) {
  if (!value.is_array()) return nullptr;
  const auto size = static_cast<std::int64_t>(value.size());
  const std::int64_t at = node.number < 0 ? node.number + size : node.number;
  if (at < 0 || at >= size) return nullptr;
  return value[static_cast<std::size_t>(at)];
}

// Python's slices: bounds beyond the ends are moved to them.
Json slice(const Node& node, const Json& value) {
  if (!value.is_array()) return nullptr;
  const auto size = static_cast<std::int64_t>(value.size());
  const std::int64_t step = node.bounds[2].value_or(1);
  if (step == 0) throw Error(ErrorKind::value, "slice step cannot be zero");
  auto bound = [&](std::optional<std::int64_t> given, std::int64_t otherwise) {
    if (!given) return otherwise;
    const std::int64_t at = *given < 0 ? *given + size : *given;
    const std::int64_t low = step < 0 ? -1 : 0, high = step < 0 ? size - 1 : size;
    return std::clamp(at, low, std::max(low, high));
  };
  const std::int64_t start = bound(node.bounds[0], step < 0 ? size - 1 : 0);
  const std::int64_t stop = bound(node.bounds[1], step < 0 ? -1 : size);
  Json out = Json::array();
  for (std::int64_t i = start; step < 0 ? i > stop : i < stop; i += step)
    out.push_back(value[static_cast<std::size_t>(i)]);
  return out;
}

// jmespath.py compares as Python does, but 0 and 1 are not false and true.
bool equal(const Json& a, const Json& b) {
  if (a.is_boolean() != b.is_boolean()) return false;
  return python_equal(a, b);
}

Json compare(const Node& node, const Json& value) {
  const Json left = evaluate(node.children[0], value), right = evaluate(node.children[1], value);
  if (node.text == "==") return equal(left, right);
  if (node.text == "!=") return !equal(left, right);
  auto comparable = [](const Json& side) { return side.is_number() || side.is_string(); };
  if (!comparable(left) || !comparable(right)) return nullptr;
  if (left.is_string() != right.is_string())
    throw Error(ErrorKind::type, "'" + node.text + "' not supported between instances of '" +
                                     std::string(python_type(left)) + "' and '" +
                                     std::string(python_type(right)) + "'");
  if (node.text == "<") return left < right;
  if (node.text == "<=") return left <= right;
  if (node.text == ">") return left > right;
  return left >= right;
}

Json flatten(const Json& base) {
  if (!base.is_array()) return nullptr;
  Json out = Json::array();
  for (const Json& item : base) {
    if (item.is_array()) {
      for (const Json& inner : item) out.push_back(inner);
    } else {
      out.push_back(item);
    }
  }
  return out;
}

Json project(const Node& node, const Json& value) {
  const Json base = evaluate(node.children[0], value);
  const bool values = node.kind == NodeKind::value_projection;
  if (values ? !base.is_object() : !base.is_array()) return nullptr;
  Json out = Json::array();
  for (const auto& [key, item] : base.items()) {
    if (node.kind == NodeKind::filter_projection && is_false(evaluate(node.children[2], item))) continue;
    Json result = evaluate(node.children[1], item);
    if (!result.is_null()) out.push_back(std::move(result));
  }
  return out;
}

Json call(const Node& node, const Json& value) {
  std::vector<Argument> arguments;
  for (const Node& child : node.children) {
    if (child.kind == NodeKind::reference)
      arguments.push_back({nullptr, &child.children[0]});
    else
      arguments.push_back({evaluate(child, value)});
  }
  return call_function(node.text, arguments);
}

Json select(const Node& node, const Json& value) {
  if (value.is_null()) return nullptr;
  const bool hash = node.kind == NodeKind::multi_hash;
  Json out = hash ? Json::object() : Json::array();
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    Json item = evaluate(node.children[i], value);
    if (hash)
      out[node.keys[i]] = std::move(item);
    else
      out.push_back(std::move(item));
  }
  return out;
}

Json in_turn(const Node& node, const Json& value) {
  Json result = evaluate(node.children[0], value);
  for (std::size_t i = 1; i < node.children.size(); ++i) result = evaluate(node.children[i], result);
  return result;
}

}  // namespace

Json evaluate(const Node& node, const Json& value) {
  switch (node.kind) {
    case NodeKind::current:
      return value;
    case NodeKind::field: {
      if (!value.is_object()) return nullptr;
      auto found = value.find(node.text);
      return found == value.end() ? Json(nullptr) : *found;
    }
    case NodeKind::index:
      return index(node, value);
    case NodeKind::slice:
      return slice(node, value);
    case NodeKind::sequence:
    case NodeKind::index_sequence:
      return in_turn(node, value);
    case NodeKind::projection:
    case NodeKind::value_projection:
    case NodeKind::filter_projection:
      return project(node, value);
    case NodeKind::flatten:
      return flatten(evaluate(node.children[0], value));
    case NodeKind::comparison:
      return compare(node, value);
    case NodeKind::or_: {
      Json left = evaluate(node.children[0], value);
      return is_false(left) ? evaluate(node.children[1], value) : left;
    }
    case NodeKind::and_: {
      Json left = evaluate(node.children[0], value);
      return is_false(left) ? left : evaluate(node.children[1], value);
    }
    case NodeKind::not_:
      return is_false(evaluate(node.children[0], value));
    case NodeKind::function:
      return call(node, value);
    case NodeKind::reference:
      throw Error(ErrorKind::type, "An expression reference is not a value");
    case NodeKind::literal:
      return node.value;
    case NodeKind::multi_list:
    case NodeKind::multi_hash:
      return select(node, value);
  }
  return nullptr;
}

Json search(const Expression& expression, const Json& value) { return evaluate(expression.root(), value); }

}  // namespace squall::jmespath
