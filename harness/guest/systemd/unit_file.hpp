// The syntax of unit files and drop-ins (systemd.syntax(7); src/shared/conf-parser.c of 252): sections,
// assignments, continuation lines, comments. What a setting means is directives.hpp's matter.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "harness/guest/journal/journal.hpp"

namespace squall::guest::systemd {

// A line for the journal that came up while something was read; file and line are part of the text.
struct Message {
  journal::Priority priority = journal::Priority::warning;
  std::string text;
};

struct Setting {
  std::string section, key, value;
  int line = 0;  // of the assignment's first line, from 1
};

struct UnitFile {
  std::string path;
  std::vector<Setting> settings;
  std::vector<Message> messages;
};

// Never fails: what is not understood is left out and named in `messages`, as systemd does.
UnitFile parse_unit_file(const std::string& path, std::string_view text);

}  // namespace squall::guest::systemd
