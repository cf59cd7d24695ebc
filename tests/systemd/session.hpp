// A recorded session as a sequence: titles, commands, properties ([show]) and journals in the order in which
// they stand, with numbers by which a plan (data/plans.txt) says what happened between them.
#pragma once
#include <iterator>
#include <map>
#include <set>
#include <sstream>
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
    } else if (line == "[supervisord.log]") {
      items.push_back({SessionItem::title, line});
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

// What happened between the items of one session.
struct Plan {
  std::string heading;
  std::set<std::string> units;  // whose journal lines count
  std::map<int, std::vector<std::string>> before;
  std::map<int, std::string> differs;
};

inline std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

// "= heading", "units a b", "N action", "differs N reason"; item 0 is the start.
inline std::vector<Plan> parse_plans(const std::string& text) {
  std::vector<Plan> plans;
  for (const std::string& line : lines_of(text)) {
    if (line.empty() || line.starts_with('#')) continue;
    const std::size_t blank = line.find(' ');
    const std::string first = line.substr(0, blank), rest = line.substr(blank + 1);
    if (first == "=") {
      plans.push_back({rest, {}, {}, {}});
    } else if (first == "units") {
      for (const std::string& unit : words_of(rest)) plans.back().units.insert(unit);
    } else if (first == "differs") {
      plans.back().differs[std::stoi(rest)] = rest.substr(rest.find(' ') + 1);
    } else {
      plans.back().before[std::stoi(first)].push_back(rest);
    }
  }
  return plans;
}

inline std::string unescaped(const std::string& text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool newline = text.compare(at, 2, "\\n") == 0;
    plain += newline ? '\n' : text[at];
    if (newline) ++at;
  }
  return plain;
}

}  // namespace squall::testing
