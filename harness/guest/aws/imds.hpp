// The instance metadata service as botocore asks it: with a token (version 2), or without where none is
// given; one second per attempt, one attempt.
#pragma once
#include <optional>
#include <string>

#include "harness/program/program.hpp"

namespace squall::guest::aws {

// The text at "/latest/meta-data/...", or nothing when nobody answers 200.
world::Task<std::optional<std::string>> ask_metadata(program::Context& context, std::string path);

}  // namespace squall::guest::aws
