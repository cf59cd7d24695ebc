// Whose requests these are, in the CLI's order: the environment, the profile (keys of its own, or a role to
// assume), the container's address, the instance's metadata service.
#pragma once
#include "emulator/auth/sigv4.hpp"
#include "harness/guest/aws/settings.hpp"

namespace squall::guest::aws {

// Throws Failure when there are none.
world::Task<auth::Credentials> find_credentials(program::Context& context, const Settings& settings);

// The region of the options, the environment, the profile or the instance; empty if none says.
world::Task<std::string> find_region(program::Context& context, const Settings& settings);

}  // namespace squall::guest::aws
