// A YAML file as a tree in which every part knows where it stands, so that a mistake can be named by file,
// line and column. yaml-cpp stays in node.cpp.
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/time.hpp"

namespace squall::scenario {

struct Place {
  std::string file;
  int line = 0, column = 0;  // from 1; 0: the file as a whole
  std::string text() const;  // "scenarios/x.yaml:12:5"
};

// A mistake in what the user wrote; what() begins with its place and says what would have been right.
struct DocumentError : std::runtime_error {
  DocumentError(const Place& place, const std::string& message)
      : std::runtime_error(place.text() + ": " + message) {}
};

class Node {
 public:
  enum class Kind { null, scalar, list, map };
  struct Entry;

  Kind kind = Kind::null;
  std::string scalar;
  bool quoted = false;  // a scalar in quotes is a string, whatever it looks like
  std::vector<Node> list;
  std::vector<Entry> entries;  // of a map, in the file's order
  Place place;

  const Node* find(std::string_view key) const;
  // The members, each checked to be one of `known`; a stranger is an error that names the nearest known key.
  void allow_only(std::initializer_list<std::string_view> known) const;

  std::string as_string() const;
  std::int64_t as_integer() const;
  bool as_boolean() const;
  Duration as_duration() const;                 // ISO 8601: "PT10M"
  std::vector<std::string> as_strings() const;  // a list of them, or a single one
  const Node& need(std::string_view key) const;
  const Node& as_map() const;
  const Node& as_list() const;
  nlohmann::json as_json() const;
};

struct Node::Entry {
  std::string key;
  Node value;
};

// Throws DocumentError for what is not YAML, is more than 1 MiB, nests too deep, or repeats a key.
Node parse_yaml(std::string_view text, const std::string& file);

// "did you mean 'within'?" or an empty text.
std::string nearest(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace squall::scenario
