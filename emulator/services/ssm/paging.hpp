// MaxResults and NextToken of the listings. A token names the last item that was given.
#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emulator/base/encoding.hpp"
#include "emulator/services/ssm/errors.hpp"

namespace squall::services::ssm {

inline constexpr std::int64_t usual_page_size = 50;

// Cuts `items` down to the page that is asked for; answers the next page's token, if there is one. Throws
// InvalidNextToken for a token whose item is not among the items.
template <class T, class Name>
std::optional<std::string> take_page(std::vector<T>& items, const std::optional<std::int64_t>& max_results,
                                     const std::optional<std::string>& next_token, Name name_of) {
  if (next_token && !next_token->empty()) {
    auto last = base::base64url_decode(*next_token);
    auto found = std::find_if(items.begin(), items.end(),
                              [&](const T& item) { return last && name_of(item) == *last; });
    if (found == items.end()) throw error("InvalidNextToken", "The specified token is not valid.");
    items.erase(items.begin(), found + 1);
  }
  auto limit = static_cast<std::size_t>(max_results.value_or(usual_page_size));
  if (items.size() <= limit) return {};
  items.resize(limit);
  return base::base64url_encode(name_of(items.back()));
}

}  // namespace squall::services::ssm
