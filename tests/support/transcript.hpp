// Recorded sessions of a shell as text: commands with their exit code, standard output and standard error, in
// fenced blocks below headings. Placeholders in angle brackets stand for what differs from run to run.
#pragma once
#include <optional>
#include <regex>
#include <string>
#include <vector>

namespace squall::testing {

struct RecordedCommand {
  std::string line;
  int code = 0;
  std::string out, err;
  std::vector<std::pair<std::string, std::string>>
      notes;  // what follows it: "show", "status", ... and its text
};

struct RecordedBlock {
  std::string name;                   // heading, or the bold name above the fence
  std::vector<std::string> preamble;  // lines before the first command
  std::vector<RecordedCommand> commands;
  std::vector<std::string> journal;  // lines of "[journal]"
};

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

inline std::vector<RecordedBlock> parse_transcript(const std::string& text) {
  std::vector<RecordedBlock> blocks;
  std::string name;
  bool fenced = false;
  enum { preamble, head, out, err, journal } where = preamble;
  for (const std::string& line : lines_of(text)) {
    if (!fenced) {
      if (line.starts_with("## ") || line.starts_with("### ")) name = line;
      if (line.starts_with("**") && line.ends_with("**")) name = line.substr(2, line.size() - 4);
      if (line == "```text") {
        fenced = true;
        where = preamble;
        blocks.push_back({name, {}, {}, {}});
      }
      continue;
    }
    RecordedBlock& block = blocks.back();
    if (line == "```") {
      fenced = false;
    } else if (line.starts_with("$ ")) {
      block.commands.push_back({line.substr(2), 0, {}, {}, {}});
      where = head;
    } else if (line == "[journal]" || line == "[supervisord.log]") {
      where = journal;
    } else if (block.commands.empty()) {
      block.preamble.push_back(line);
    } else if (line.starts_with("[exit ")) {
      block.commands.back().code = std::stoi(line.substr(6));
      where = head;
    } else if (line == "[stdout]") {
      where = out;
    } else if (line == "[stderr]") {
      where = err;
    } else if (line.starts_with("[show] ") || line.starts_with("[status] ")) {
      const std::size_t end = line.find(']');
      block.commands.back().notes.emplace_back(line.substr(1, end - 1), line.substr(end + 2));
      where = head;
    } else if (where == journal) {
      block.journal.push_back(line);
    } else if (where == out) {
      block.commands.back().out += line + "\n";
    } else if (where == err) {
      block.commands.back().err += line + "\n";
    } else if (where == head && !block.commands.back().notes.empty() && !line.empty()) {
      block.commands.back().notes.emplace_back(block.commands.back().notes.back().first,
                                               line);  // CGroup lines
    }
  }
  return blocks;
}

// The recorded text as a pattern of what may stand in its place.
inline std::string as_pattern(const std::string& recorded) {
  static const std::vector<std::pair<std::string, std::string>> placeholders{
      {"<time>", "([A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8},[0-9]{3})"},
      {"<date>", "[A-Z][a-z]{2} [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8} UTC"},
      {"<ago>", "[0-9a-z ]+"},
      {"<left>", "[0-9a-z ]+"},
      {"<duration>", "[0-9a-z. ]+"},
      {"<cpu>", "[0-9.a-z ]+"},
      {"<pid>", "[0-9]+"},
      {"<usec>", "[0-9]+"},
      {"<nsec>", "[0-9]+"},
      {"<n>", "[0-9]+"},
      {"<invocation id>", "[0-9a-f]{32}"},
      {"<dev:inode>", "[0-9]+:[0-9]+"},
      {"<h:mm:ss>", "[0-9]+:[0-9]{2}:[0-9]{2}"},
      {"<Mon dd hh:mm AM>", "[A-Z][a-z]{2} [0-9]{2} [0-9]{2}:[0-9]{2} [AP]M"}};
  std::string pattern;
  for (std::size_t at = 0; at < recorded.size();) {
    bool matched = false;
    for (const auto& [name, expression] : placeholders)
      if (recorded.compare(at, name.size(), name) == 0) {
        pattern += expression;
        at += name.size();
        matched = true;
        break;
      }
    if (matched) continue;
    if (std::string("\\^$.|?*+()[]{}").find(recorded[at]) != std::string::npos) pattern += '\\';
    pattern += recorded[at++];
  }
  return pattern;
}

inline bool same_as_recorded(const std::string& recorded, const std::string& actual) {
  if (recorded.find('<') == std::string::npos) return recorded == actual;
  const auto want = lines_of(recorded), have = lines_of(actual);
  if (want.size() != have.size()) return false;
  for (std::size_t i = 0; i < want.size(); ++i)
    if (!std::regex_match(have[i], std::regex(as_pattern(want[i])))) return false;
  return recorded.empty() == actual.empty() && (recorded.empty() || recorded.back() == actual.back());
}

}  // namespace squall::testing
