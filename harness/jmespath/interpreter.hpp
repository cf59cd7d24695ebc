// The value of a tree, and the functions it may call.
#pragma once
#include <functional>

#include "harness/jmespath/node.hpp"

namespace squall::jmespath {

Json evaluate(const Node& node, const Json& value);

// What a function is given: a value, or an expression behind '&'.
struct Argument {
  Json value;
  const Node* expression = nullptr;
};

// Throws Error for an unknown name, another number of arguments, or an argument of another type.
Json call_function(const std::string& name, const std::vector<Argument>& arguments);

}  // namespace squall::jmespath
