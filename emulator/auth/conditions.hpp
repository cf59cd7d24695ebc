// The Condition element: every operator with IfExists, set quantifiers and Null
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).
#pragma once
#include "emulator/auth/patterns.hpp"
#include "emulator/auth/policy.hpp"

namespace squall::auth {

bool holds(const Condition& condition, bool variables, const ConditionContext& context);

}  // namespace squall::auth
