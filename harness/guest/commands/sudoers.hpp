// The grammar of sudoers(5), as far as visudo -c tells whether a line keeps to it.
#pragma once
#include <optional>
#include <string>

namespace squall::guest {

struct SudoersMistake {
  std::string text;        // the token at which the line breaks the grammar; empty: its end
  std::size_t column = 0;  // where that begins, from 0
};

// Of one logical line, without its newline; backslashes at the ends of lines are the caller's.
std::optional<SudoersMistake> sudoers_mistake(const std::string& line);

}  // namespace squall::guest
