// Letters without a locale.
#pragma once
#include <string>
#include <string_view>

namespace squall::base {

// A to Z made small, every other byte left alone.
inline std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace squall::base
