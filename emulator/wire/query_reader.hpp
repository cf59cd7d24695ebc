// Reads the parameters of a query or ec2 request into the tree of a shape.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "emulator/base/aws_error.hpp"
#include "emulator/wire/form.hpp"
#include "emulator/wire/schema.hpp"

namespace squall::wire {

// Throws AwsError for a text that its member's type cannot hold: MalformedInput (query),
// InvalidParameterValue or UnknownParameter (ec2).
nlohmann::json read_query(Protocol protocol, const Shape& shape, Form& form);

base::AwsError unknown_parameter(std::string_view name);

}  // namespace squall::wire
