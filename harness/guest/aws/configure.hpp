// `aws configure get|set|list|list-profiles`: the shared configuration files read and written.
#pragma once
#include "harness/guest/aws/credentials.hpp"

namespace squall::guest::aws {

// Answers the exit status. Throws Failure.
world::Task<int> configure(program::Context& context, const Settings& settings,
                           std::vector<std::string> words);

}  // namespace squall::guest::aws
