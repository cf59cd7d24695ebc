// `aws SERVICE wait CONDITION`: asks again and again until an answer fits (botocore's waiters).
#pragma once
#include "harness/guest/aws/client.hpp"

namespace squall::guest::aws {

// Throws Failure when the condition cannot come true any more, or did not in time.
world::Task<void> wait_until(program::Context& context, Client& client, const wire::Service& service,
                             const wire::Waiter& waiter, Json parameters);

}  // namespace squall::guest::aws
