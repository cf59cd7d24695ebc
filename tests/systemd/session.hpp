// A recorded session as a sequence: titles, commands, properties ([show]) and journals in the order in which
// they stand, with numbers by which a plan (data/plans.txt) says what happened between them.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "tests/support/transcript.hpp"

namespace squall::testing {

struct SessionItem {
  enum Kind { title, command, show, journal } kind = title;
  std::string text;  // title, command line, properties, or the journal's lines
  int code = 0;
  std::string out, err;
};

// The fenced blocks of `part`, one after another. Lines outside of a command's output are titles.
inline std::vector<SessionItem> parse_session(const std::string& part) {
  std::vector<SessionItem> items;
  bool fenced = false;
  enum { head, out, err, lines } where = head;
  for (const std::string& line : lines_of(part)) {
    if (line.starts_with("```")) {
      fenced = line == "```text";
      where = head;
    } else if (!fenced) {
      continue;
    } else if (line.starts_with("$ ")) {
      items.push_back({SessionItem::command, line.substr(2)});
      where = head;
    } else if (line == "done") {  // the recorder's own
      where = head;
    } else if (line.starts_with("[exit ")) {
      items.back().code = std::stoi(line.substr(6));
    } else if (line == "[stdout]" || line == "[stderr]") {
      where = line == "[stdout]" ? out : err;
    } else if (line == "[journal]") {
      items.push_back({SessionItem::journal});
      where = lines;
    } else if (line.starts_with("[show] ")) {
      items.push_back({SessionItem::show, line.substr(7)});
      where = head;
    } else if (where == lines && line.find(" <") != std::string::npos && (line[1] == '+' || line[2] == '+')) {
      items.back().text += line.substr(line.find('<')) + "\n";
    } else if ((where == out || where == err) && !line.starts_with("--- ")) {
      (where == out ? items.back().out : items.back().err) += line + "\n";
    } else if (!line.empty()) {
      items.push_back({SessionItem::title, line});
      where = head;
    }
  }
  // An empty line ends an output of the section on boots; the recorder cut empty lines off the end.
  for (SessionItem& item : items)
    for (std::string* text : {&item.out, &item.err})
      while (text->ends_with("\n\n")) text->pop_back();
  return items;
}

}  // namespace squall::testing
