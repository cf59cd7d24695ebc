// What a user types at a terminal and nobody shall see.
#pragma once
#include <optional>
#include <string>

namespace squall::live {

// A line of standard input without its newline, its echo off if `hidden` and standard input is a terminal.
// Nothing when the user pressed Ctrl-C. Blocks.
std::optional<std::string> read_terminal_line(bool hidden);

}  // namespace squall::live
