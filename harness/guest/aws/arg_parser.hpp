// Command lines as Python's argparse (3.11) reads them: options by any unambiguous beginning, "--x=y",
// options that take one value, many or none, and at most one positional word; everything else is left over.
#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace squall::guest::aws {

using Json = nlohmann::ordered_json;

enum class Arity { one, many, at_least_one, optional, none };
enum class ValueType { text, integer, real };

struct Option {
  std::string name;         // "--key-id"
  std::string destination;  // "key_id"
  Arity arity = Arity::one;
  Json constant = nullptr;  // of an option without a value
  ValueType type = ValueType::text;
  bool required = false;
  std::vector<std::string> choices{};
};

struct Positional {
  std::string name;
  std::vector<std::string> choices;  // empty: any
  bool required = true;
};

struct ParsedArguments {
  // What was given, by destination: a text or number, a list, the constant; null for an optional value that
  // was left out.
  std::map<std::string, Json> values;
  std::optional<std::string> positional;
  std::vector<std::string> remaining;

  const Json* find(const std::string& destination) const {
    auto found = values.find(destination);
    return found == values.end() ? nullptr : &found->second;
  }
};

// Throws Failure with the usage.
ParsedArguments parse_arguments(const std::vector<Option>& options, const Positional& positional,
                                const std::vector<std::string>& arguments);

// Python's int(): nothing for a text that it refuses.
std::optional<std::int64_t> python_int(std::string text);

}  // namespace squall::guest::aws
