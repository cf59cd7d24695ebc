// The errors of KMS in its own words: recorded from AWS where a recording exists, else as its API reference
// (https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html) names them.
#pragma once
#include "emulator/base/aws_error.hpp"
#include "emulator/services/kms/key.hpp"

namespace squall::services::kms {

base::AwsError key_not_found(const std::string& key_arn);
base::AwsError alias_not_found(const std::string& alias_arn);
base::AwsError not_found(const std::string& message);
base::AwsError invalid_arn(const std::string& message);
base::AwsError disabled(const Key& key);
// KMSInvalidStateException: "<key arn> is pending deletion."
base::AwsError invalid_state(const Key& key, const std::string& is_what);
base::AwsError invalid_ciphertext();
base::AwsError incorrect_key();
base::AwsError invalid_key_usage(const std::string& message);
// The blob's key is gone, or was never here; AWS does not tell which.
base::AwsError unknown_ciphertext_key();
// AccessDeniedException of an operation that AWS does not allow on other accounts' keys, whatever their
// policies.
base::AwsError not_allowed_across_accounts(const std::string& caller_arn, const std::string& operation);
base::AwsError dry_run();
base::AwsError limit_exceeded(const std::string& message);
base::AwsError malformed_policy(const std::string& message);
base::AwsError tag_error(const std::string& message);
base::AwsError invalid_marker();
// What AWS serves and Squall does not, by name.
base::AwsError not_served(const std::string& what);
// "1 validation error detected: Value '5' at 'limit' failed to satisfy constraint: ..."
base::AwsError constraint(const std::string& value, const std::string& member, const std::string& rule);

}  // namespace squall::services::kms
