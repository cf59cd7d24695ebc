// How long a token or a lease lives (vault/sdk/framework/lease.go, CalculateTTL).
#pragma once
#include "harness/vault/logical/request.hpp"

namespace squall::vault {

// The mount's, or the server's where the mount says nothing.
struct LeaseTtls {
  std::int64_t default_s = 768 * 3600, max_s = 768 * 3600;
};

struct TtlRequest {
  std::int64_t increment_s = 0;    // what the client asks for
  std::int64_t backend_s = 0;      // what the backend would give
  std::int64_t period_s = 0;       // not 0: as often as it is renewed, and no longer at once
  std::int64_t backend_max_s = 0;  // 0: the mount's
  std::int64_t explicit_max_s = 0;
  Time issued;
};

// Appends to `warnings` what was cut short. Throws LogicalError when the most that it may live is over.
std::int64_t lease_ttl_s(const TtlRequest& request, const LeaseTtls& mount, Time now,
                         std::vector<std::string>& warnings);

}  // namespace squall::vault
