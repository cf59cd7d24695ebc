// JSON as Go's encoder writes it (encoding/json).
#pragma once
#include <string>

namespace squall::vault {

// <, > and & as \u003c, \u003e and \u0026, for the sake of HTML.
std::string escape_html(const std::string& text);

}  // namespace squall::vault
