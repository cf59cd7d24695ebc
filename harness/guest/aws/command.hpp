// One operation or waiter of a service, from its words on the command line to what is printed.
#pragma once
#include "emulator/wire/schema.hpp"
#include "harness/guest/aws/settings.hpp"

namespace squall::guest::aws {

// `words` are what follows the operation's name. With a waiter, `operation` is what it asks. Throws Failure
// and ServiceError.
world::Task<void> run_operation(program::Context& context, Settings& settings, const wire::Service& service,
                                const wire::Operation& operation, const wire::Waiter* waiter,
                                const std::vector<std::string>& words);

}  // namespace squall::guest::aws
