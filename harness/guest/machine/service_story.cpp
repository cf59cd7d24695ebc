#include "harness/guest/machine/service_story.hpp"

#include <algorithm>

#include "emulator/base/lines.hpp"

namespace squall::guest {
namespace {

constexpr int told_at_most = 3;
constexpr Duration quiet = 10min;
constexpr std::size_t longest_quote = 500;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The line of PID 1 about a service that a person wants to hear; empty: none. "Failed to start" only repeats
// what the line before it said.
std::string worth_telling(const journal::Entry& entry) {
  const std::string& text = entry.message;
  if (text.starts_with("Started ")) return entry.about + ": started";
  if (text.starts_with("Failed to start ")) return {};
  if (entry.priority <= journal::Priority::notice || text.find("Scheduled restart job") != text.npos)
    return text;
  return {};
}

}  // namespace

void ServiceStory::hear(const journal::Entry& entry) {
  Words& words = last_words_[entry.unit];
  if (words.time != entry.time) words = {entry.time, {}};
  words.lines = base::last_lines(words.lines + "\n" + entry.message, 3);
}

std::optional<std::string> ServiceStory::tell(const journal::Entry& entry) {
  const bool of_manager = entry.transport == "journal" && entry.about.ends_with(".service");
  if (!of_manager) {
    if (entry.unit.ends_with(".service")) hear(entry);
    return {};
  }
  std::string line = worth_telling(entry);
  if (line.empty()) return {};
  std::string kind = line;
  std::erase_if(kind, is_digit);
  Told& told = told_[kind];
  if (told.times > 0 && entry.time - told.last > quiet) told.times = 0;
  told.last = entry.time;
  if (++told.times > told_at_most) return {};
  auto words = last_words_.find(entry.about);
  if (line.find("Main process exited, code=exited") != line.npos && words != last_words_.end())
    line += "; its last words: " + words->second.lines.substr(0, longest_quote);
  if (told.times == told_at_most) line += " (told no more until it has been quiet for 10 min)";
  return line;
}

}  // namespace squall::guest
