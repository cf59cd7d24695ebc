// What EC2 and the instance metadata service ask of IAM: instance profiles, and the credentials that an
// instance gets through one
// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html).
#pragma once
#include <optional>
#include <string>

#include "emulator/auth/access.hpp"
#include "emulator/services/iam/credentials.hpp"

namespace squall::services::iam {

struct InstanceProfileInfo {
  std::string name, arn, id;
  std::string role_name, role_arn;  // empty: the profile holds no role
};

// The document of iam/security-credentials/<role>. A role that does not trust EC2 gives a code and a message
// instead of credentials.
struct InstanceRoleCredentials {
  std::string code = "Success";  // or "AssumeRoleUnauthorizedAccess"
  std::string message;
  std::string role_name;
  Time last_updated;
  auth::Credentials credentials;
  Time expiration;
};

class InstanceCredentials {
 public:
  InstanceCredentials(Directory& directory, Credentials& credentials)
      : directory_(directory), credentials_(credentials) {}

  std::optional<InstanceProfileInfo> profile_by_name(const std::string& account, const std::string& name);
  std::optional<InstanceProfileInfo> profile_by_arn(const std::string& arn);

  // New credentials of the profile's role for this instance, good for about six hours. Nothing if there is no
  // such profile or it holds no role.
  std::optional<InstanceRoleCredentials> mint(const std::string& instance_id, const std::string& profile_arn);

 private:
  Directory& directory_;
  Credentials& credentials_;
};

}  // namespace squall::services::iam
