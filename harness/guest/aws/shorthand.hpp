// The CLI's shorthand for structures on the command line: "Name=state,Values=running,stopped",
// "a={b=c},d=[e,f]" (https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html).
#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "emulator/wire/schema.hpp"

namespace squall::guest::aws {

// A tree of objects, lists and texts. Throws ShorthandError.
nlohmann::ordered_json parse_shorthand(const std::string& text);

// Texts become what the shape says, a single value where a list is wanted becomes one. Throws
// std::invalid_argument with Python's words for a text that is no number.
void fit_to_shape(nlohmann::ordered_json& value, const wire::Shape& shape);

// A number as Python reads it: the words of int() and float() when it is none (std::invalid_argument).
nlohmann::ordered_json read_integer(const std::string& text);
nlohmann::ordered_json read_real(const std::string& text);

struct ShorthandError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace squall::guest::aws
