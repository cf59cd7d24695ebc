// Writes a tree as the parameters of a query or ec2 request, as botocore does: the client direction.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "emulator/wire/schema.hpp"

namespace squall::wire {

// Appends "&Name=value" for every scalar in `input`, percent-encoded.
void write_query(Protocol protocol, std::string& out, const Shape& shape, const nlohmann::json& input);

}  // namespace squall::wire
