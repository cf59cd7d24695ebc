// JSON texts as Python's json module reads and writes them, with its words for what is wrong.
#pragma once
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace squall::guest::aws {

struct JsonTextError : std::runtime_error {  // "Expecting value: line 1 column 2 (char 1)"
  using std::runtime_error::runtime_error;
};

nlohmann::ordered_json read_json_text(const std::string& text);
// json.dumps(value, indent=4, ensure_ascii=False).
std::string indented_json(const nlohmann::ordered_json& value);

}  // namespace squall::guest::aws
