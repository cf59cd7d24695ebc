// A scalar as text, as XML elements and query parameters hold it.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "emulator/wire/schema.hpp"

namespace squall::wire {

// "true", "42", base64 of a blob, a timestamp in ISO 8601 with `time_digits` decimals of the second.
std::string scalar_text(const Shape& shape, const nlohmann::json& value, int time_digits);

}  // namespace squall::wire
