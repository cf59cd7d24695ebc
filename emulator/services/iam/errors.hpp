// IAM's errors in its own words (https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html,
// recorded answers where there are any).
#pragma once
#include <string>

#include "emulator/base/aws_error.hpp"

namespace squall::services::iam {

inline base::AwsError no_such_entity(const std::string& message) { return {"NoSuchEntity", 404, message}; }
inline base::AwsError already_exists(const std::string& message) {
  return {"EntityAlreadyExists", 409, message};
}
inline base::AwsError delete_conflict(const std::string& message) { return {"DeleteConflict", 409, message}; }
inline base::AwsError limit_exceeded(const std::string& message) { return {"LimitExceeded", 409, message}; }
inline base::AwsError malformed_policy(const std::string& message) {
  return {"MalformedPolicyDocument", 400, message};
}
inline base::AwsError invalid_input(const std::string& message) { return {"InvalidInput", 400, message}; }
inline base::AwsError validation_error(const std::string& message) {
  return {"ValidationError", 400, message};
}

}  // namespace squall::services::iam
