// The errors of SSM, which all have HTTP status 400. Some have no message on AWS either (InvalidCommandId,
// InvocationDoesNotExist...).
#pragma once
#include "emulator/base/aws_error.hpp"

namespace squall::services::ssm {

inline base::AwsError error(const std::string& code, const std::string& message = {}) {
  return {code, 400, message};
}
inline base::AwsError invalid_document(const std::string& name) {
  return error("InvalidDocument", "Document with name " + name + " does not exist.");
}
inline base::AwsError invalid_content(const std::string& why) { return error("InvalidDocumentContent", why); }
inline base::AwsError invalid_version() {
  return error("InvalidDocumentVersion", "The document version is not valid or does not exist.");
}
// AWS says the first sentence alone.
inline base::AwsError invalid_parameters(const std::string& why) {
  return error("InvalidParameters", "Parameters provided in document are invalid or not supported. " + why);
}
// `instances` as AWS lists them: "i-1, i-2".
inline base::AwsError invalid_instances(const std::string& instances, const std::string& account) {
  return error("InvalidInstanceId",
               "Instances [[" + instances + "]] not in a valid state for account " + account);
}
// What AWS serves and Squall does not, by name.
inline base::AwsError not_served(const std::string& what) {
  return base::AwsError::validation("Squall does not serve " + what);
}

}  // namespace squall::services::ssm
