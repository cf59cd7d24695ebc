// An input of several parts, with a line "--" between two of them, and what they are read as.
#pragma once
#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/http/message.hpp"

namespace squall::testing {

// Always `count` of them: those that are missing are empty, and the last one has all the rest.
inline std::vector<std::string> sections(std::string_view input, std::size_t count) {
  std::vector<std::string> parts;
  constexpr std::string_view between = "\n--\n";
  while (parts.size() + 1 < count) {
    const std::size_t end = input.find(between);
    parts.emplace_back(input.substr(0, end));
    input = end == std::string_view::npos ? std::string_view{} : input.substr(end + between.size());
  }
  parts.emplace_back(input);
  return parts;
}

// "200 {...}": a status and a body. Nothing for what is shorter.
inline std::optional<http::Response> answer(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  const int status = std::clamp(std::atoi(std::string(text.substr(0, 3)).c_str()), 100, 599);
  return http::Response::text(status, std::string(text.substr(4)));
}

inline std::vector<std::string> lines(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    out.emplace_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return out;
}

}  // namespace squall::testing
