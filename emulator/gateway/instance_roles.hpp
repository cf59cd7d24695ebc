// What EC2 and IMDS ask of IAM, put in IAM's terms: the services do not know each other.
#pragma once
#include <optional>
#include <string>

#include "emulator/services/ec2/interfaces.hpp"
#include "emulator/services/iam/instance_credentials.hpp"
#include "emulator/services/imds/imds.hpp"

namespace squall::gateway {

class InstanceRoles final : public services::ec2::InstanceProfiles, public services::imds::RoleSource {
 public:
  explicit InstanceRoles(services::iam::InstanceCredentials& iam) : iam_(iam) {}

  std::optional<services::ec2::InstanceProfileFacts> by_name(const std::string& account,
                                                             const std::string& name) override {
    return facts(iam_.profile_by_name(account, name));
  }
  std::optional<services::ec2::InstanceProfileFacts> by_arn(const std::string& arn) override {
    return facts(iam_.profile_by_arn(arn));
  }
  std::optional<std::string> role_name(const std::string& profile_arn) override {
    auto profile = iam_.profile_by_arn(profile_arn);
    if (!profile || profile->role_name.empty()) return std::nullopt;
    return profile->role_name;
  }
  std::optional<services::imds::RoleCredentials> mint(const std::string& instance_id,
                                                      const std::string& profile_arn) override {
    auto minted = iam_.mint(instance_id, profile_arn);
    if (!minted || minted->code != "Success") return std::nullopt;
    const auth::Credentials& keys = minted->credentials;
    return services::imds::RoleCredentials{keys.access_key_id, keys.secret_access_key, keys.session_token,
                                           minted->last_updated, minted->expiration};
  }

 private:
  static std::optional<services::ec2::InstanceProfileFacts> facts(
      const std::optional<services::iam::InstanceProfileInfo>& profile) {
    if (!profile) return std::nullopt;
    return services::ec2::InstanceProfileFacts{profile->arn, profile->id, profile->role_arn};
  }

  services::iam::InstanceCredentials& iam_;
};

}  // namespace squall::gateway
