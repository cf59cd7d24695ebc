// IAM's pages: Marker is opaque to the caller, 100 entries unless told.
#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emulator/base/encoding.hpp"
#include "emulator/services/iam/errors.hpp"

namespace squall::services::iam {

// Fills the three members that every list answer of IAM has; `all` is in a stable order and key(item) names
// an item.
template <class Answer, class Item, class Key>
std::vector<Item> page(std::vector<Item> all, const std::optional<std::string>& marker,
                       const std::optional<std::int64_t>& max_items, Key key, Answer& answer) {
  std::size_t begin = 0;
  if (marker) {
    auto after = base::base64_decode(*marker);
    if (!after) throw validation_error("Invalid Marker.");
    auto at = std::find_if(all.begin(), all.end(), [&](const Item& item) { return key(item) == *after; });
    if (at == all.end()) throw validation_error("Invalid Marker.");
    begin = static_cast<std::size_t>(at - all.begin()) + 1;
  }
  std::size_t count = static_cast<std::size_t>(max_items.value_or(100));
  std::size_t end = std::min(all.size(), begin + count);
  answer.is_truncated = end < all.size();
  if (end < all.size()) answer.marker = base::base64_encode(key(all[end - 1]));
  using Offset = typename std::vector<Item>::difference_type;
  return {std::make_move_iterator(all.begin() + static_cast<Offset>(begin)),
          std::make_move_iterator(all.begin() + static_cast<Offset>(end))};
}

}  // namespace squall::services::iam
