// What supervisorctl prints about its own use.
#pragma once
#include <string>
#include <string_view>

namespace squall::guest::supervisor {

std::string_view usage_of(std::string_view action);  // empty: none
std::string_view command_list();                     // `help`
std::string_view command_line_help();                // `--help`

// An error of journal::parse_options as Python's getopt words it.
std::string python_words(std::string error);

}  // namespace squall::guest::supervisor
