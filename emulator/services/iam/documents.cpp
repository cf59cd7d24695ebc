#include "emulator/services/iam/documents.hpp"

#include <algorithm>

#include "emulator/auth/policy.hpp"
#include "emulator/services/iam/errors.hpp"

namespace squall::services::iam {

namespace {

void check(const std::string& document, auth::PolicyKind kind) {
  try {
    auth::parse_policy(document, kind);
  } catch (const auth::PolicyError& problem) {
    throw malformed_policy(problem.what());
  }
}

}  // namespace

void check_identity_policy(const std::string& document) { check(document, auth::PolicyKind::identity); }

void check_managed_policy(const std::string& document) { check(document, auth::PolicyKind::managed); }

std::size_t document_weight(const std::string& document) {
  return static_cast<std::size_t>(std::count_if(document.begin(), document.end(), [](char c) {
    return c != ' ' && c != '\t' && c != '\n' && c != '\r';
  }));
}

}  // namespace squall::services::iam
