#include "emulator/services/kms/paging.hpp"

#include "emulator/base/encoding.hpp"
#include "emulator/services/kms/errors.hpp"

namespace squall::services::kms {

PageRequest page_request(const std::optional<std::string>& marker, const std::optional<std::int64_t>& limit,
                         PageLimits limits) {
  PageRequest page{.after = {}, .limit = limit.value_or(limits.usual)};
  if (page.limit > limits.most)
    throw constraint("'" + std::to_string(page.limit) + "'", "limit",
                     "Member must have value less than or equal to " + std::to_string(limits.most));
  if (!marker) return page;
  auto decoded = base::base64_decode(*marker);
  if (!decoded || decoded->empty() || !base::valid_utf8(*decoded)) throw invalid_marker();
  page.after = *decoded;
  return page;
}

std::string marker_of(const std::string& last_item) { return base::base64_encode(last_item); }

}  // namespace squall::services::kms
