// What a node says, as the library's logger (github.com/hashicorp/go-hclog) prints it behind time and level.
#pragma once
#include <cstdint>
#include <string>

namespace squall::vault::raft {

enum class LogLevel : std::uint8_t { debug, info, warn, error, none };

struct LogLine {
  LogLevel level = LogLevel::info;
  std::string text;  // "entering candidate state: node=\"Node at n0:8201 [Candidate]\" term=8"
};

// A value that the library's logger may have to put in quotes: error=EOF, but error="i/o timeout".
struct Shown {
  const std::string& value;
};
std::string& operator+=(std::string& text, const Shown& shown);

}  // namespace squall::vault::raft
