// The lines of an audit log (audit/format.go, audit/hashstructure.go of Vault 1.14): one for the request, one
// for its answer.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "harness/vault/logical/request.hpp"
#include "harness/vault/logical/token_store.hpp"

namespace squall::vault {

struct AuditEvent {
  const Request& request;
  const TokenEntry* token = nullptr;  // whose request it is; null where none was needed or it is none
  // The mount that serves the path; empty where there is none.
  std::string mount_type, mount_accessor, mount_version, mount_class;
  std::vector<std::string> clear_request, clear_response;  // members of the data that are shown as they are
  bool allowed = false;
  std::vector<std::string> granting_policies;
  std::string error;               // of the request; empty when it went well
  const Answer* answer = nullptr;  // null in a request's line, and where there is an error alone
};

// How a device shows a secret text: "hmac-sha256:...", or as it is (log_raw).
struct AuditHashing {
  std::function<std::string(const std::string&)> value;     // tokens, and texts in data
  std::function<std::string(const std::string&)> accessor;  // accessors, which a device may show
  bool elides_lists = false;                                // how many keys a list has instead of which
};

// Without a newline at the end.
std::string audit_request_line(const AuditEvent& event, const AuditHashing& hashing, Time now);
std::string audit_response_line(const AuditEvent& event, const AuditHashing& hashing, Time now);

}  // namespace squall::vault
