// Parameters between the command line and the wire: botocore's validation, and trees of JSON to and from the
// trees that the codecs take (emulator/wire/schema.hpp).
#pragma once
#include <nlohmann/json.hpp>

#include "emulator/wire/schema.hpp"

namespace squall::guest::aws {

// Throws Failure, "Parameter validation failed:" with every mistake.
void validate_parameters(const nlohmann::ordered_json& parameters, const wire::Operation& operation);

// Texts of blobs become bytes (base64, unless raw_blobs). Throws Failure: "Invalid base64: ...".
void decode_blobs(nlohmann::ordered_json& value, const wire::Shape& shape);

// True for what to_wire takes as a time: ISO 8601, or seconds since 1970.
bool is_time(const nlohmann::ordered_json& value);
// Validated parameters as the codecs take them.
nlohmann::json to_wire(const nlohmann::ordered_json& value, const wire::Shape& shape);
// An answer in the order of the model: times in ISO 8601, blobs in base64.
nlohmann::ordered_json from_wire(const nlohmann::json& value, const wire::Shape& shape);

}  // namespace squall::guest::aws
