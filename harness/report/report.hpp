// What a run leaves behind for people and machines: the story on the terminal, JUnit XML, a JSON Lines
// journal.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "emulator/base/time.hpp"
#include "harness/scenario/runner.hpp"

namespace squall::report {

// One fact of a run, in the order in which they happened; `kind` "story" is told to people.
struct Event {
  Time time;
  std::string kind, text;
};

struct Run {
  std::string file, title;
  std::uint64_t seed = 1;
  scenario::Outcome outcome;
  Time began{};  // virtual
  Duration virtual_time{}, real_time{};
  std::uint64_t events = 0, event_hash = 0;
  std::vector<Event> trace;  // empty unless asked for
};

// "  12:03.500  ready: done" for one line of the story.
std::string story_line(Duration since_start, const std::string& text);
// What stands under a scenario's story: the verdict, each assertion, times, the event hash.
std::string summary(const Run& run);
std::string verdict_name(scenario::Verdict verdict);

// JUnit XML as CI systems read it: one test case per scenario, a failure for one that did not hold.
std::string junit(const std::vector<Run>& runs);
// One JSON object per line: {"scenario", "time", "seconds", "kind", "text"}.
std::string json_lines(const Run& run);

}  // namespace squall::report
