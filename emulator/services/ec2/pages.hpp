// MaxResults and NextToken of the Describe operations. A token names the last item that was given, so that
// items which come or vanish elsewhere do not shift the next page. Without MaxResults everything is one page.
#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emulator/base/encoding.hpp"
#include "emulator/services/ec2/errors.hpp"

namespace squall::services::ec2 {

struct PageLimits {
  std::int64_t least = 5, most = 1000;
};

// Cuts `items` down to the page that is asked for; answers the next page's token, if there is one. `key_of`
// gives an item's id. Throws InvalidParameterValue for a limit that is too small, InvalidNextToken for a
// token that no page gave or whose item is gone.
template <class T, class Key>
std::optional<std::string> take_page(std::vector<T>& items, const std::optional<std::int64_t>& max_results,
                                     const std::optional<std::string>& next_token, Key key_of,
                                     PageLimits limits = {}) {
  if (max_results && *max_results < limits.least)
    throw invalid_value("Value ( " + std::to_string(*max_results) +
                        " ) for parameter maxResults is invalid. Expecting a value greater than " +
                        std::to_string(limits.least) + ".");
  if (next_token && !next_token->empty()) {
    auto last = base::base64url_decode(*next_token);
    auto found = std::find_if(items.begin(), items.end(),
                              [&](const T& item) { return last && key_of(item) == *last; });
    if (found == items.end()) throw error("InvalidNextToken", "The token '" + *next_token + "' is invalid");
    items.erase(items.begin(), found + 1);
  }
  if (!max_results) return std::nullopt;
  auto limit = static_cast<std::size_t>(std::min(*max_results, limits.most));
  if (items.size() <= limit) return std::nullopt;
  items.resize(limit);
  return base::base64url_encode(key_of(items.back()));
}

}  // namespace squall::services::ec2
