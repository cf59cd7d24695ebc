// EC2's errors, in its own words
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html). Each function answers the
// error for its caller to throw.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/aws_error.hpp"

namespace squall::services::ec2 {

using base::AwsError;

// A sender's fault with HTTP status 400, as nearly all of EC2's are.
AwsError error(std::string code, const std::string& message);
AwsError invalid_value(const std::string& message);        // InvalidParameterValue
AwsError invalid_combination(const std::string& message);  // InvalidParameterCombination
AwsError missing_parameter(std::string_view name);
// A member that AWS knows and Squall does not serve: 501, named.
AwsError not_served(std::string_view member);
// What a permitted request with DryRun=true gets (HTTP 412).
AwsError dry_run();

// A client token that an earlier request with other parameters has used.
AwsError mismatched_token();

AwsError no_such_instances(const std::vector<std::string>& ids);

// Throws unless `id` is "<prefix>-" and 8 or 17 hexadecimal digits; `code` is the kind's own Malformed.
void require_id(std::string_view id, std::string_view prefix, std::string_view code);

}  // namespace squall::services::ec2
