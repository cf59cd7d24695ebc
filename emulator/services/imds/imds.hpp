// The instance metadata service, as an instance finds it at 169.254.169.254: versions 1 and 2, per instance.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
//
// It keeps no state of its own but role credentials until they are renewed: session tokens carry their
// instance and their end, sealed with a key that is drawn when the service is made.
#pragma once
#include <map>
#include <optional>
#include <string>

#include "emulator/http/message.hpp"
#include "emulator/services/ec2/interfaces.hpp"
#include "emulator/world/entropy.hpp"
#include "emulator/world/scheduler.hpp"

namespace squall::services::imds {

// Temporary credentials of an instance's role.
struct RoleCredentials {
  std::string access_key_id, secret_access_key, session_token;
  Time issued, expires;
};

// What STS and IAM give: the role in an instance profile, and credentials of it for an instance.
class RoleSource {
 public:
  virtual ~RoleSource() = default;
  // Nothing when the profile is gone or holds no role.
  virtual std::optional<std::string> role_name(const std::string& profile_arn) = 0;
  // Nothing when ec2.amazonaws.com may not assume the role (its trust policy), or it is gone.
  virtual std::optional<RoleCredentials> mint(const std::string& instance_id,
                                              const std::string& profile_arn) = 0;
};

class Imds {
 public:
  // All of them must outlive the service.
  Imds(world::Scheduler& scheduler, world::Entropy& entropy, ec2::Directory& instances, RoleSource& roles);

  // The answer to one request of the instance; nothing when no answer reaches it: the hop limit was too
  // small, or there is no such running instance. Never throws for anything that a request can hold.
  std::optional<http::Response> answer(const std::string& instance_id, const http::Request& request);

 private:
  http::Response put(const ec2::InstanceView& instance, const http::Request& request);
  http::Response get(const ec2::InstanceView& instance, const http::Request& request);
  std::string make_token(const std::string& instance_id, std::int64_t ttl_s);
  // How many seconds the token still holds; nothing when it is over, or another instance's, or forged.
  std::optional<std::int64_t> token_left_s(const std::string& instance_id, std::string_view token) const;
  std::optional<std::string> document(const ec2::InstanceView& instance, std::string_view path);
  std::optional<std::string> iam_document(const ec2::InstanceView& instance, std::string_view path);
  std::string credentials_document(const ec2::InstanceView& instance, const std::string& role);

  world::Scheduler& scheduler_;
  ec2::Directory& instances_;
  RoleSource& roles_;
  std::string token_key_;
  struct Cached {
    std::string profile_arn, role;
    RoleCredentials credentials;
  };
  std::map<std::string, Cached> credentials_;  // by instance id
};

}  // namespace squall::services::imds
