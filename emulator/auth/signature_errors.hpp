// The errors of a signature that does not hold, in the words and codes of each protocol: query services (IAM,
// STS) say "SignatureDoesNotMatch", JSON services "InvalidSignatureException", EC2 "AuthFailure", S3 its own
// (https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and the same page of each service;
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
#pragma once
#include <string>

#include "emulator/base/aws_error.hpp"
#include "emulator/wire/schema.hpp"

namespace squall::auth {

enum class SignatureFault {
  missing,
  incomplete,
  unknown_key,
  mismatch,
  not_scoped,
  too_old,
  too_early,
  expired_token
};

// `detail` is the message where the fault has no fixed one.
base::AwsError signature_error(SignatureFault fault, wire::Protocol protocol, const std::string& detail = {});

}  // namespace squall::auth
