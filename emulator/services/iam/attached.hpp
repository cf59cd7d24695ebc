// The policies of users and roles, parsed and kept until IAM changes, as access control asks for them.
#pragma once
#include <map>
#include <string>
#include <tuple>

#include "emulator/auth/access.hpp"
#include "emulator/services/iam/directory.hpp"

namespace squall::services::iam {

class Attached : public auth::PolicySource {
 public:
  explicit Attached(Directory& directory) : directory_(directory) {}
  const auth::AttachedPolicies& attached(const wire::Principal& principal) override;

 private:
  auth::AttachedPolicies read(const wire::Principal& principal);

  Directory& directory_;
  std::uint64_t generation_ = 0;
  std::map<std::tuple<wire::Principal::Kind, std::string, std::string>, auth::AttachedPolicies> kept_;
};

}  // namespace squall::services::iam
