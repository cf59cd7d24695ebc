// JSON as Go's encoder writes it (encoding/json).
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace squall::vault {

// <, > and & as \u003c, \u003e and \u0026, for the sake of HTML.
std::string escape_html(const std::string& text);

// A number as Go prints a float64: shortest, in full below 1e21.
std::string go_float(double value);

// The value as JSON text, each of its numbers a float64 as it is after Go has read it into an interface.
std::string with_go_floats(const nlohmann::json& value);

}  // namespace squall::vault
