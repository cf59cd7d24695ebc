// Writes a Value as JSON in the order of the model's members, as AWS services do (nlohmann's objects are
// sorted by name). Used for request bodies by the client direction and for response bodies by the server's.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "emulator/wire/schema.hpp"

namespace squall::wire {

// Appends `value` of `shape`. Blobs are base64, timestamps epoch seconds with up to three decimals. Absent
// and null members, and members that the schema does not know, are left out.
void write_json(std::string& out, const Shape& shape, const nlohmann::json& value);

// Appends a JSON string. Invalid UTF-8 becomes U+FFFD, so that the result is always valid JSON.
void write_json_string(std::string& out, std::string_view text);

}  // namespace squall::wire
