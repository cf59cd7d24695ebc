// The words of a scenario file, declared once: which actions and conditions there are and what they take. The
// reader checks against it, scenario.schema.json is written from it, and the runner has one function per
// word.
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>

#include "harness/scenario/node.hpp"

namespace squall::scenario {

struct Parameter {
  enum class Type { text, integer, boolean, duration };
  std::string_view name;
  Type type = Type::text;
  bool required = false;
  std::string_view summary;
  std::span<const std::string_view> values{};    // the only ones, if any are named
  std::int64_t least = 0, most = 2'147'483'647;  // of an integer
};

struct Word {
  std::string_view id;
  std::string_view summary;
  std::span<const Parameter> parameters;
  bool needs_target = false;  // of an action: targets: {Instances: ...}
  bool invariant = false;     // of a condition: may stand under assert.always
};

std::span<const Word> action_words();
std::span<const Word> condition_words();

// Throw DocumentError at `place` for a word that does not exist, naming the nearest.
const Word& action_word(std::string_view id, const Place& place);
const Word& condition_word(std::string_view id, const Place& place);

// Every parameter known, none missing, each of its type and within its bounds, none that another makes
// meaningless. squall:wait-for also takes its condition's parameters.
void check_parameters(const Word& word, const Node& parameters);

bool valid_selection_mode(std::string_view mode);

// The JSON Schema (draft 2020-12) of a scenario file, for editors.
nlohmann::ordered_json schema();

}  // namespace squall::scenario
