// JSON as Go's encoding/json takes it: the first value of a text, whatever follows; bytes that are not UTF-8
// and lone surrogates become U+FFFD; what is wrong is said in its words.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace squall::vault {

// What Go's decoder says of a text: empty when its first value parses, "EOF" when it has none. Go goes 10,000
// levels deep before it says "exceeded max depth", the stand-in 1,000.
std::string go_json_problem(const std::string& text);

// The first value of a text without a problem. One number is not taken that Go takes: beyond what a double
// holds; then the value is discarded.
nlohmann::json go_json_value(const std::string& text);

// What Go calls the kind of a value: "object", "array", "string", "bool", "number", "null".
std::string go_json_kind(const nlohmann::json& value);

}  // namespace squall::vault
