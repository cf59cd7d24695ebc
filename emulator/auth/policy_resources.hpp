// What IAM refuses of the Resource elements of an identity policy, and its sentences. AWS documents neither;
// the cases that moto's authors tried against AWS are the source (tests/test_iam/test_iam_policies.py in
// github.com/getmoto/moto), and tests/auth/policy_test.cpp has one of each.
#pragma once
#include "emulator/auth/policy.hpp"

namespace squall::auth {

// Nothing, or why AWS refuses `policy`. An ARN may end early: "arn:aws:sqs" means "arn:aws:sqs:*:*:*".
// Throws PolicyError where AWS gives up reading before it has a reason.
std::optional<std::string> resource_problem(const Policy& policy);

}  // namespace squall::auth
