#include "emulator/services/iam/instance_credentials.hpp"

#include "emulator/base/arn.hpp"

namespace squall::services::iam {
namespace {

constexpr auto instance_lifetime = 6h;

// Does the role's trust policy let EC2 in?
bool trusts_ec2(const Role& role, Time now) {
  auth::AccessRequest request;
  request.service_principal = "ec2.amazonaws.com";
  request.action = "sts:AssumeRole";
  request.resource = role.arn();
  request.resource_account = role.account;
  request.rule = auth::ResourceRule::trust_policy;
  request.context["aws:currenttime"] = {base::iso8601(now)};
  request.context["aws:sourceaccount"] = {role.account};
  request.context["aws:principalisawsservice"] = {"true"};
  auth::Policy trust = auth::parse_policy(role.trust_policy, auth::PolicyKind::trust);
  auth::PolicySet policies;
  policies.resource = &trust;
  return auth::evaluate(request, policies).outcome == auth::Outcome::allowed;
}

}  // namespace

std::optional<InstanceProfileInfo> InstanceCredentials::profile_by_name(const std::string& account,
                                                                        const std::string& name) {
  auto profile = directory_.find_profile(account, name);
  if (!profile) return {};
  InstanceProfileInfo out{profile->name, profile->arn(), profile->id, {}, {}};
  if (profile->role_id)
    if (auto role = directory_.role_by_id(*profile->role_id)) {
      out.role_name = role->name;
      out.role_arn = role->arn();
    }
  return out;
}

std::optional<InstanceProfileInfo> InstanceCredentials::profile_by_arn(const std::string& arn) {
  auto parsed = base::Arn::parse(arn);
  if (!parsed || parsed->service != "iam") return {};
  auto found = profile_by_name(parsed->account, parsed->resource.substr(parsed->resource.rfind('/') + 1));
  return found && found->arn == arn ? found : std::nullopt;
}

std::optional<InstanceRoleCredentials> InstanceCredentials::mint(const std::string& instance_id,
                                                                 const std::string& profile_arn) {
  auto profile = profile_by_arn(profile_arn);
  if (!profile || profile->role_name.empty()) return {};
  auto role = directory_.find_role(base::Arn::parse(profile_arn)->account, profile->role_name);
  if (!role) return {};
  InstanceRoleCredentials out;
  out.role_name = role->name;
  out.last_updated = directory_.now();
  if (!trusts_ec2(*role, directory_.now())) {
    out.code = "AssumeRoleUnauthorizedAccess";
    out.message = "EC2 cannot assume the role " + role->name +
                  ". Please see documentation at "
                  "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
                  "troubleshoot_iam-ec2.html#troubleshoot_iam-ec2_errors-info-doc.";
    return out;
  }
  OpenedSession session = credentials_.open({*role, instance_id, instance_lifetime, {}, {}, {}, instance_id});
  out.credentials = session.credentials;
  out.expiration = session.expires;
  return out;
}

}  // namespace squall::services::iam
