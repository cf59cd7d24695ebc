// Reads JSON into the tree of a shape: for a server with the errors that AWS's JSON services give, for a
// client leniently. Members that the schema does not know are dropped, null members are absent.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "emulator/wire/schema.hpp"

namespace squall::wire {

// Throws AwsError SerializationException (400) for text that is no JSON object, nests deeper than max_depth,
// or has a value of another type than its member. An empty text is an empty object, as AWS takes it.
nlohmann::json read_json(const Shape& shape, std::string_view text);

// True if `text` nests brackets and braces deeper than `limit`, strings left out.
bool nests_deeper(std::string_view text, int limit);

}  // namespace squall::wire
