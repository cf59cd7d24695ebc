#include "emulator/services/iam/attached.hpp"

namespace squall::services::iam {
namespace {

std::shared_ptr<const auth::Policy> parsed(const std::string& document) {
  return std::make_shared<const auth::Policy>(auth::parse_policy(document, auth::PolicyKind::identity));
}

}  // namespace

const auth::AttachedPolicies& Attached::attached(const wire::Principal& principal) {
  if (generation_ != directory_.generation()) {
    kept_.clear();
    generation_ = directory_.generation();
  }
  auto key = std::tuple{principal.kind, principal.account, principal.name};
  auto found = kept_.find(key);
  if (found == kept_.end()) found = kept_.emplace(std::move(key), read(principal)).first;
  return found->second;
}

// A user or role that is gone has no policies; its credentials are refused before anyone asks here.
auth::AttachedPolicies Attached::read(const wire::Principal& principal) {
  auth::AttachedPolicies out;
  std::string id;
  std::optional<std::string> boundary;
  if (principal.kind == wire::Principal::Kind::user) {
    if (auto user = directory_.find_user(principal.account, principal.name)) {
      id = user->id;
      boundary = user->boundary;
      out.principal_arn = user->arn();
    }
  } else if (auto role = directory_.find_role(principal.account, principal.name)) {
    id = role->id;
    boundary = role->boundary;
    out.principal_arn = role->arn();
  }
  if (id.empty()) return out;
  for (const std::string& document : directory_.documents(id)) out.identity.push_back(parsed(document));
  // A boundary whose policy was deleted allows nothing.
  if (boundary) {
    std::string document = directory_.default_document(*boundary);
    out.boundary = document.empty() ? std::make_shared<const auth::Policy>() : parsed(document);
  }
  return out;
}

}  // namespace squall::services::iam
