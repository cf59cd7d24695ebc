#include "emulator/services/kms/errors.hpp"

namespace squall::services::kms {

using base::AwsError;

// Every error of KMS is on the wire with status 400, whatever its model says (404, 409, 412).
constexpr int status = 400;

AwsError key_not_found(const std::string& key_arn) {
  return not_found("Key '" + key_arn + "' does not exist");
}
AwsError alias_not_found(const std::string& alias_arn) {
  return not_found("Alias " + alias_arn + " is not found.");
}
AwsError not_found(const std::string& message) { return {"NotFoundException", status, message}; }
AwsError invalid_arn(const std::string& message) { return {"InvalidArnException", status, message}; }
AwsError disabled(const Key& key) { return {"DisabledException", status, key.arn() + " is disabled."}; }
AwsError invalid_state(const Key& key, const std::string& is_what) {
  return {"KMSInvalidStateException", status, key.arn() + " is " + is_what + "."};
}
AwsError invalid_ciphertext() { return {"InvalidCiphertextException", status, ""}; }
AwsError incorrect_key() {
  return {"IncorrectKeyException", status,
          "The key ID in the request does not identify a CMK that can perform this operation."};
}
AwsError invalid_key_usage(const std::string& message) {
  return {"InvalidKeyUsageException", status, message};
}
AwsError unknown_ciphertext_key() {
  return {
      "AccessDeniedException", status,
      "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or "
      "you are not allowed to access."};
}
AwsError not_allowed_across_accounts(const std::string& caller_arn, const std::string& operation) {
  return {
      "AccessDeniedException", status,
      "User: " + caller_arn + " is not authorized to perform: kms:" + operation +
          " on this resource because the resource does not exist in this Region, no resource-based policies "
          "allow access, or a resource-based policy explicitly denies access"};
}
AwsError dry_run() {
  return {"DryRunOperationException", status,
          "The request would have succeeded, but the DryRun option is set."};
}
AwsError limit_exceeded(const std::string& message) { return {"LimitExceededException", status, message}; }
AwsError malformed_policy(const std::string& message) {
  return {"MalformedPolicyDocumentException", status, message};
}
AwsError tag_error(const std::string& message) { return {"TagException", status, message}; }
AwsError invalid_marker() { return {"InvalidMarkerException", status, "Could not deserialize marker"}; }
AwsError not_served(const std::string& what) {
  return {"UnsupportedOperationException", status, "Squall does not serve " + what};
}
AwsError constraint(const std::string& value, const std::string& member, const std::string& rule) {
  return AwsError::validation("1 validation error detected: Value " + value + " at '" + member +
                              "' failed to satisfy constraint: " + rule);
}

}  // namespace squall::services::kms
