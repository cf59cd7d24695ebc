// Answers as text: JSON indented by four, or the lines of --output text.
#pragma once
#include <nlohmann/json.hpp>
#include <string>

namespace squall::guest::aws {

// Lines of tab-separated values: lists one line each, structures their scalars in the order of their names
// behind their own name in capitals, nested ones below.
std::string text_output(const nlohmann::ordered_json& value);

}  // namespace squall::guest::aws
