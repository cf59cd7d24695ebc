// What requests below sys/ may hold (vault/logical_system_paths.go).
#include "harness/vault/core/system_backend.hpp"

namespace squall::vault {
namespace {

using enum FieldType;

Schema tune_schema() {
  return {{{"path", text},
           {"default_lease_ttl", text},
           {"max_lease_ttl", text},
           {"description", text},
           {"audit_non_hmac_request_keys", list},
           {"audit_non_hmac_response_keys", list},
           {"options", pairs},
           {"listing_visibility", text},
           {"passthrough_request_headers", list},
           {"allowed_response_headers", list},
           {"token_type", text},
           {"allowed_managed_keys", list},
           {"plugin_version", text},
           {"user_lockout_config", map}}};
}

Schema mount_schema() {
  return {{{"path", text},
           {"type", text},
           {"description", text},
           {"config", map},
           {"local", boolean},
           {"seal_wrap", boolean},
           {"external_entropy_access", boolean},
           {"plugin_name", text},
           {"options", pairs},
           {"plugin_version", text}}};
}

}  // namespace

std::optional<Schema> SystemBackend::schema(const Request& request) const {
  const std::string path = request.relative();
  if (path.starts_with("mounts/") || path.starts_with("auth/"))
    return path.ends_with("/tune") ? tune_schema() : mount_schema();
  if (path.starts_with("policy/")) return Schema{{{"name", text}, {"rules", text}, {"policy", text}}};
  if (path.starts_with("policies/acl/")) return Schema{{{"name", text}, {"policy", text}}};
  if (path == "capabilities-self" || path == "capabilities")
    return Schema{{{"token", text}, {"path", list}, {"paths", list}}};
  if (path == "capabilities-accessor") return Schema{{{"accessor", text}, {"path", list}, {"paths", list}}};
  if (path == "remount") return Schema{{{"from", text}, {"to", text}}};
  if (path.starts_with("audit/"))
    return Schema{
        {{"path", text}, {"type", text}, {"description", text}, {"options", pairs}, {"local", boolean}}};
  return std::nullopt;
}

}  // namespace squall::vault
