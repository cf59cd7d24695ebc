// Whose requests these are, in the CLI's order: the environment, the profile (keys of its own, or a role to
// assume), the container's address, the instance's metadata service.
#pragma once
#include "emulator/auth/sigv4.hpp"
#include "harness/guest/aws/settings.hpp"

namespace squall::guest::aws {

struct FoundCredentials {
  auth::Credentials credentials;
  std::string method;  // as `aws configure list` calls it: "env", "shared-credentials-file", "iam-role"
};
// Nothing when there are none. Throws Failure for some that are not whole.
world::Task<std::optional<FoundCredentials>> look_for_credentials(program::Context& context,
                                                                  const Settings& settings);
// Throws Failure when there are none.
world::Task<auth::Credentials> find_credentials(program::Context& context, const Settings& settings);

// The region of the options, the environment, the profile or the instance; empty if none says.
world::Task<std::string> find_region(program::Context& context, const Settings& settings);

}  // namespace squall::guest::aws
