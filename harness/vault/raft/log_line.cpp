#include "harness/vault/raft/log_line.hpp"

#include <algorithm>
#include <string_view>

namespace squall::vault::raft {

std::string& operator+=(std::string& text, const Shown& shown) {
  const auto safe = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("-._/:@,<>").find(c) != std::string_view::npos;
  };
  const std::string& value = shown.value;
  if (!value.empty() && std::all_of(value.begin(), value.end(), safe)) return text += value;
  text += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text += '"';
}

}  // namespace squall::vault::raft
