#include "harness/scenario/node.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>

namespace squall::scenario {
namespace {

constexpr std::size_t size_limit_bytes = 1 << 20;
constexpr int depth_limit = 64;
constexpr int node_limit = 100'000;  // aliases can make a small file large

Node convert(const YAML::Node& from, const std::string& file, int depth, int& count) {
  Node node;
  node.place = {file, from.Mark().line + 1, from.Mark().column + 1};
  if (depth > depth_limit || ++count > node_limit)
    throw DocumentError(node.place, "nested too deep or too large");
  if (from.IsScalar()) {
    node.kind = Node::Kind::scalar;
    node.scalar = from.Scalar();
    node.quoted = from.Tag() == "!";
  } else if (from.IsSequence()) {
    node.kind = Node::Kind::list;
    for (const auto& item : from) node.list.push_back(convert(item, file, depth + 1, count));
  } else if (from.IsMap()) {
    node.kind = Node::Kind::map;
    std::set<std::string> seen;
    for (const auto& entry : from) {
      Place at{file, entry.first.Mark().line + 1, entry.first.Mark().column + 1};
      if (!entry.first.IsScalar()) throw DocumentError(at, "a key must be a plain word");
      std::string key = entry.first.Scalar();
      if (!seen.insert(key).second) throw DocumentError(at, "'" + key + "' is given twice");
      node.entries.push_back({key, convert(entry.second, file, depth + 1, count)});
      // An empty value has no mark of its own.
      if (node.entries.back().value.place.line <= 0) node.entries.back().value.place = at;
    }
  }
  return node;
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

std::string Place::text() const {
  if (line <= 0) return file;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

std::string nearest(std::string_view word, const std::vector<std::string_view>& known) {
  std::string_view best;
  std::size_t best_distance = word.size() / 2 + 2;
  for (std::string_view candidate : known)
    if (std::size_t d = distance(word, candidate); d < best_distance) best = candidate, best_distance = d;
  return best.empty() ? "" : "did you mean '" + std::string(best) + "'?";
}

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries)
    if (entry.key == key) return &entry.value;
  return nullptr;
}

void Node::allow_only(std::initializer_list<std::string_view> known) const {
  as_map();
  for (const Entry& entry : entries) {
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
    std::string hint = nearest(entry.key, known);
    if (hint.empty()) {
      hint = "here may stand:";
      for (std::string_view name : known) hint.append(" ").append(name);
    }
    throw DocumentError(entry.value.place, "'" + entry.key + "' is not known here; " + hint);
  }
}

const Node& Node::need(std::string_view key) const {
  if (const Node* found = find(key)) return *found;
  throw DocumentError(place, "'" + std::string(key) + "' is missing");
}

const Node& Node::as_map() const {
  if (kind != Kind::map) throw DocumentError(place, "a map of names to values belongs here");
  return *this;
}

const Node& Node::as_list() const {
  if (kind != Kind::list) throw DocumentError(place, "a list belongs here");
  return *this;
}

std::string Node::as_string() const {
  if (kind != Kind::scalar) throw DocumentError(place, "a text belongs here");
  return scalar;
}

std::int64_t Node::as_integer() const {
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(scalar.data(), scalar.data() + scalar.size(), value);
  if (kind != Kind::scalar || scalar.empty() || error != std::errc{} || end != scalar.data() + scalar.size())
    throw DocumentError(place, "a whole number belongs here, not '" + scalar + "'");
  return value;
}

bool Node::as_boolean() const {
  if (kind == Kind::scalar && (scalar == "true" || scalar == "false")) return scalar == "true";
  throw DocumentError(place, "true or false belongs here, not '" + scalar + "'");
}

Duration Node::as_duration() const {
  auto value = base::parse_iso_duration(as_string());
  if (!value)
    throw DocumentError(place, "a duration such as PT30S, PT10M or P30D belongs here, not '" + scalar + "'");
  constexpr Duration century = 100 * 365 * 24h;
  if (*value > century)
    throw DocumentError(place, "a duration of a century at most belongs here, not '" + scalar + "'");
  return *value;
}

std::vector<std::string> Node::as_strings() const {
  if (kind == Kind::scalar) return {scalar};
  std::vector<std::string> all;
  for (const Node& item : as_list().list) all.push_back(item.as_string());
  return all;
}

nlohmann::json Node::as_json() const {
  switch (kind) {
    case Kind::null:
      return nullptr;
    case Kind::list: {
      auto array = nlohmann::json::array();
      for (const Node& item : list) array.push_back(item.as_json());
      return array;
    }
    case Kind::map: {
      auto object = nlohmann::json::object();
      for (const Entry& entry : entries) object[entry.key] = entry.value.as_json();
      return object;
    }
    case Kind::scalar:
      break;
  }
  if (quoted) return scalar;
  auto plain = nlohmann::json::parse(scalar, nullptr, false);
  return plain.is_number() || plain.is_boolean() || plain.is_null() ? plain : nlohmann::json(scalar);
}

Node parse_yaml(std::string_view text, const std::string& file) {
  Place whole{file, 0, 0};
  if (text.size() > size_limit_bytes) throw DocumentError(whole, "larger than 1 MiB");
  try {
    int count = 0;
    return convert(YAML::Load(std::string(text)), file, 0, count);
  } catch (const YAML::Exception& error) {
    throw DocumentError({file, error.mark.line + 1, error.mark.column + 1}, error.msg);
  }
}

}  // namespace squall::scenario
