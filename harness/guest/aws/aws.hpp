// The `aws` command of a guest: the AWS CLI version 2 for every operation that Squall serves, driven by the
// same manifests as the emulator (emulator/api). Options, values, output, errors and exit statuses follow
// awscli 2.9 and its botocore; what Squall does not serve is refused by name.
#pragma once
#include <span>

#include "emulator/wire/schema.hpp"
#include "harness/program/program.hpp"

namespace squall::guest::aws {

// `services` is copied; the schemas must outlive the program.
program::Program aws_program(std::span<const wire::Service* const> services);

}  // namespace squall::guest::aws
