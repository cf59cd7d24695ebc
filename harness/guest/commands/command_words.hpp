// Command lines of tools that have more options than make a difference in this world: those that are known
// are listed, and any other is refused by name, so that none is passed over in silence.
#pragma once
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/program/program.hpp"

namespace squall::guest {

struct CommandWords {
  std::vector<std::string> operands;
  std::vector<std::pair<std::string, std::string>> options;  // "y", "target-release"; the value if it has one
  std::string refused;  // the first option that is not known, as it stands; nothing behind it is read

  bool has(std::string_view option) const;
  std::string value(std::string_view option) const;  // of the last one of that name; empty: none
};

// `known` names options without their dashes, a single letter for a short one; "o=" takes a value. Short ones
// may be joined, and options may stand anywhere before "--".
CommandWords read_command_words(const std::vector<std::string>& argv,
                                std::span<const std::string_view> known);

// Tells the option that is refused, if there is one; true then.
bool refuses_option(program::Context& context, const CommandWords& words);
bool is_among(std::string_view word, std::initializer_list<std::string_view> words);
// "apt-get: source is not served by Squall's guests", with the name that the program was called by.
void refuse(program::Context& context, const std::string& what);

}  // namespace squall::guest
