// The INI reader: Python's RawConfigParser(inline_comment_prefixes=(';', '#'), strict=False) as supervisor
// uses it.
#include <algorithm>
#include <cctype>
#include <utility>

#include "harness/guest/supervisor/config.hpp"
#include "harness/guest/systemd/text.hpp"

namespace squall::guest::supervisor {
namespace {

// A comment starts with ";" or "#" at the line's start, or after a blank.
std::string without_comment(std::string_view line) {
  const std::string trimmed = systemd::trim(line);
  if (!trimmed.empty() && (trimmed[0] == '#' || trimmed[0] == ';')) return {};
  for (std::size_t at = 1; at < line.size(); ++at)
    if ((line[at] == ';' || line[at] == '#') && std::isspace(static_cast<unsigned char>(line[at - 1])) != 0)
      return std::string(line.substr(0, at));
  return std::string(line);
}

}  // namespace

Sections parse_ini(std::string_view text, const std::string& path) {
  Sections sections;
  std::string key;
  int number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string raw(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    const std::string line = without_comment(raw);
    const std::string trimmed = systemd::trim(line);
    if (trimmed.empty()) continue;
    const bool indented = std::isspace(static_cast<unsigned char>(line[0])) != 0;
    if (indented && !key.empty()) {
      sections.back().second[key] += "\n" + trimmed;
      continue;
    }
    if (trimmed.front() == '[' && trimmed.find(']') != std::string::npos) {
      const std::string name = trimmed.substr(1, trimmed.find(']') - 1);
      auto found =
          std::find_if(sections.begin(), sections.end(), [&](const auto& s) { return s.first == name; });
      if (found == sections.end()) {
        sections.emplace_back(name, std::map<std::string, std::string>{});
      } else {
        std::rotate(found, found + 1, sections.end());  // the last one is the open one
      }
      key.clear();
      continue;
    }
    const std::string where = "file: '" + path + "', line: " + std::to_string(number) + "\n'" + raw + "\\n'";
    if (sections.empty()) throw ConfigError("File contains no section headers.\n" + where);
    const std::size_t sign = trimmed.find_first_of("=:");
    if (sign == std::string::npos || sign == 0)
      throw ConfigError("Source contains parsing errors: '" + path + "'\n\t[line " +
                        std::string(number < 10 ? " " : "") + std::to_string(number) + "]: '" + raw + "\\n'");
    key = systemd::trim(trimmed.substr(0, sign));
    std::transform(key.begin(), key.end(), key.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    sections.back().second[key] = systemd::trim(trimmed.substr(sign + 1));
  }
  return sections;
}

std::optional<std::vector<std::string>> shlex_split(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool open = false;
  char quote = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quote == 0 && std::isspace(static_cast<unsigned char>(c)) != 0) {
      if (open) words.push_back(std::exchange(word, {}));
      open = false;
    } else if (quote != 0 && c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
      open = true;
    } else if (c == '\\' && quote != '\'') {
      if (at + 1 == text.size()) return std::nullopt;
      const char next = text[++at];
      if (quote == '"' && next != '"' && next != '\\') word += '\\';
      word += next;
      open = true;
    } else {
      word += c;
      open = true;
    }
  }
  if (quote != 0) return std::nullopt;
  if (open) words.push_back(word);
  return words;
}

}  // namespace squall::guest::supervisor
