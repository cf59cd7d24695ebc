// Lines of a text that programs print.
#pragma once
#include <string>
#include <string_view>

namespace squall::base {

// The last lines that are not blank, at most `count` of them, without the final newline.
inline std::string last_lines(std::string_view text, int count) {
  constexpr std::string_view blank = " \t\r\n";
  std::string lines;
  std::size_t end = text.find_last_not_of(blank);
  while (end != text.npos && count-- > 0) {
    const std::size_t newline = text.rfind('\n', end);
    const std::size_t start = newline == text.npos ? 0 : newline + 1;
    const std::string_view line = text.substr(start, end + 1 - start);
    lines = lines.empty() ? std::string(line) : std::string(line) + "\n" + lines;
    end = newline == text.npos ? text.npos : text.substr(0, newline).find_last_not_of(blank);
  }
  return lines;
}

}  // namespace squall::base
