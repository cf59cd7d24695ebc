// A command's own words told apart with getopt_long(3)'s rules and messages (journal/options.hpp). What the
// real command has and a guest's has not is refused by name; what neither has gets the real one's words.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/guest/commands/package_tools.hpp"
#include "harness/guest/journal/options.hpp"

namespace squall::guest {

// Options by blanks: "a,all", "o,output=" (with an argument), "color?" (with one after '=', if any), "J",
// "json". `served` are those that the command acts on and those that make no difference in this world;
// `refused` are the others of the real command; "*": any other option is taken for one.
struct OptionSet {
  std::string_view served, refused;
};
std::vector<journal::Option> named_options(std::string_view text);

struct CommandLine {
  Words operands;
  std::vector<std::pair<std::string, std::string>> options;  // in order: long name, or the letter; value
  std::string complaint;                                     // whole lines; empty: none
  bool has(std::string_view name) const;
  // The last one's; `otherwise` when it was not given.
  std::string value(std::string_view name, std::string otherwise = {}) const;
  Words values(std::string_view name) const;
};

// `usage` follows the complaint about an option that the real command has not either; by default "Try 'NAME
// --help' for more information." of util-linux and coreutils.
CommandLine read_command_line(const Words& argv, const OptionSet& options, const char* usage = nullptr);

bool is_among(std::string_view word, std::initializer_list<std::string_view> words);
// Tells the complaint, if there is one; true then.
bool complains(program::Context& context, const CommandLine& line);
// "apt-get: source is not served by Squall's guests", with the name that the program was called by.
void refuse(program::Context& context, const std::string& what);

// "lsblk: --json is not served by Squall's guests\n". `option` as in CommandLine::options.
std::string not_served(const std::string& command, const std::string& option);

// The last part of argv[0].
std::string command_name(const Words& argv);

}  // namespace squall::guest
