// The errors that the gateway itself gives, with the code, status and text that AWS has for each protocol
// (https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html, EC2's errors-overview.html).
#pragma once
#include <string>
#include <string_view>

#include "emulator/base/aws_error.hpp"
#include "emulator/wire/schema.hpp"

namespace squall::gateway {

// `denial` is the authorizer's sentence.
base::AwsError access_denied(wire::Protocol protocol, const std::string& denial);
// The operation is none of the service's, or one that Squall does not serve, which is said by name.
base::AwsError unknown_operation(const wire::Service& service, std::string_view operation,
                                 std::string_view version);
// JSON is posted; a form may also be got.
base::AwsError wrong_method();
// A query request without Action.
base::AwsError missing_action(wire::Protocol protocol);
// A member that AWS serves and Squall refuses by name.
base::AwsError refused_member(const wire::Service& service, std::string_view operation,
                              std::string_view member);
base::AwsError internal_failure();

}  // namespace squall::gateway
