// Pages of the listings: an opaque marker that names the last item of the page before.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "emulator/services/kms/key_store.hpp"

namespace squall::services::kms {

struct PageLimits {
  std::int64_t usual, most;
};

// Throws InvalidMarkerException, and ValidationException for a limit above the listing's own.
PageRequest page_request(const std::optional<std::string>& marker, const std::optional<std::int64_t>& limit,
                         PageLimits limits);
std::string marker_of(const std::string& last_item);

// Cuts the item beyond the page, if there is one; then gives the marker of the next page.
template <class T, class Name>
std::optional<std::string> cut_page(std::vector<T>& items, const PageRequest& page, Name name) {
  if (items.size() <= static_cast<std::size_t>(page.limit)) return {};
  items.resize(static_cast<std::size_t>(page.limit));
  return marker_of(name(items.back()));
}

}  // namespace squall::services::kms
