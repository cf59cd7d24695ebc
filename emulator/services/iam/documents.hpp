// Policy documents as IAM takes them in.
#pragma once
#include <cstddef>
#include <string>

namespace squall::services::iam {

// Throws MalformedPolicyDocument.
void check_identity_policy(const std::string& document);
// Characters without white space, which is how IAM counts its quotas.
std::size_t document_weight(const std::string& document);

}  // namespace squall::services::iam
