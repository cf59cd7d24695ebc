// STS: who am I, and AssumeRole (https://docs.aws.amazon.com/STS/latest/APIReference/).
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "emulator/auth/access.hpp"
#include "emulator/services/iam/credentials.hpp"
#include "squall/api/sts.hpp"

namespace squall::services::sts {

class Service : public api::sts::Api {
 public:
  using Context = wire::RequestContext;
  Service(iam::Directory& directory, iam::Credentials& credentials, auth::AccessControl& access)
      : directory_(directory), credentials_(credentials), access_(access) {}

  // Nothing: GetCallerIdentity needs no right, and AssumeRole decides by itself, as the role's trust policy
  // and the request's tags take part.
  std::vector<auth::Authorization> authorizations(const Context& context, const wire::Operation& operation,
                                                  const nlohmann::json& input);

  api::sts::GetCallerIdentityResponse get_caller_identity(
      const Context& context, const api::sts::GetCallerIdentityRequest& input) override;
  api::sts::AssumeRoleResponse assume_role(const Context& context,
                                           const api::sts::AssumeRoleRequest& input) override;

 private:
  iam::Role role_to_assume(const Context& context, const api::sts::AssumeRoleRequest& input);
  void check_allowed(const Context& context, const api::sts::AssumeRoleRequest& input, const iam::Role& role);
  std::string session_policy(const api::sts::AssumeRoleRequest& input);
  void take_tags(const Context& context, const api::sts::AssumeRoleRequest& input, iam::NewSession& session);

  iam::Directory& directory_;
  iam::Credentials& credentials_;
  auth::AccessControl& access_;
};

}  // namespace squall::services::sts
