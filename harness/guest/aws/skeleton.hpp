// --generate-cli-skeleton: an input with everything in it, empty.
#pragma once
#include <nlohmann/json.hpp>

#include "emulator/wire/schema.hpp"

namespace squall::guest::aws {

nlohmann::ordered_json input_skeleton(const wire::Operation& operation);

}  // namespace squall::guest::aws
