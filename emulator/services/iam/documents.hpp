// Policy documents as IAM takes them in.
#pragma once
#include <cstddef>
#include <string>

namespace squall::services::iam {

// Throws MalformedPolicyDocument. Of an inline or session policy.
void check_identity_policy(const std::string& document);
// Of a managed policy, which must be of version 2012-10-17.
void check_managed_policy(const std::string& document);
// Characters without white space, which is how IAM counts its quotas.
std::size_t document_weight(const std::string& document);

}  // namespace squall::services::iam
