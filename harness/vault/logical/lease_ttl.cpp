#include "harness/vault/logical/lease_ttl.hpp"

namespace squall::vault {
namespace {

// Without the units that are zero: "768h".
std::string short_duration(std::int64_t seconds) {
  std::string text = base::go_duration(std::chrono::seconds{seconds});
  if (text.ends_with("m0s")) text.resize(text.size() - 2);
  if (const std::size_t at = text.find("h0m"); at != std::string::npos) text.erase(at + 1, 2);
  return text;
}

std::string exceeded(const char* what, const char* value, std::int64_t asked_s, std::int64_t limit_s) {
  return std::string(what) + " of \"" + short_duration(asked_s) + "\" exceeded the effective max_ttl of \"" +
         short_duration(limit_s) + "\"; " + value + " value is capped accordingly";
}

std::int64_t least(std::int64_t limit_s, std::int64_t other_s) {
  return other_s > 0 ? std::min(limit_s, other_s) : limit_s;
}

}  // namespace

std::int64_t lease_ttl_s(const TtlRequest& request, const LeaseTtls& mount, Time now,
                         std::vector<std::string>& warnings) {
  const std::int64_t most = least(least(mount.max_s, request.backend_max_s), request.explicit_max_s);
  std::int64_t ttl = request.period_s, lifetime = request.explicit_max_s;
  if (ttl > most) {
    warnings.push_back(exceeded("period", "period", ttl, most));
    ttl = most;
  }
  if (ttl == 0) {
    ttl = request.increment_s > 0 ? request.increment_s
          : request.backend_s > 0 ? request.backend_s
                                  : mount.default_s;
    lifetime = most;
  }
  if (lifetime == 0) return ttl;
  const std::int64_t left = base::unix_seconds(request.issued) + lifetime - base::unix_seconds(now);
  if (left <= 0) throw one_error(500, "past the max TTL, cannot renew");
  if (left < ttl) {
    warnings.push_back(exceeded("TTL", "TTL", ttl, left));
    ttl = left;
  }
  return ttl;
}

}  // namespace squall::vault
