// Replays the recorded units of section 5 (data/service_manager.md): each block's settings become a unit, its
// commands are run, and exit codes, output, properties, status lines and journal must be what systemd 252
// gave. data/differences.txt names the blocks that differ, with the reason; a line there that is no longer
// true fails.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "harness/guest/systemd/text.hpp"
#include "tests/systemd/fake_guest.hpp"
#include "tests/systemd/recorded_data.hpp"

namespace squall {
namespace {

using testing::FakeGuest;
using testing::RecordedBlock;
using testing::RecordedCommand;

bool is_unit_block(const RecordedBlock& block) {
  return !block.name.starts_with("#") && !block.preamble.empty() &&
         block.preamble.front().find('=') != std::string::npos && block.preamble.front().find(' ') != 0;
}

// How long after its command a property was read.
Duration settle_time(const std::string& name) {
  if (name == "oneshot-fail-restart") return 5s;
  if (name == "watchdog" || name == "runtimemax") return 1500ms;
  return 600ms;
}

std::string unit_text(const RecordedBlock& block) {
  std::string unit = "[Unit]\nDescription=e-" + block.name + " test\n", service = "[Service]\n";
  for (const std::string& line : block.preamble) {
    if (line.empty()) continue;
    (line.starts_with("StartLimit") ? unit : service) += line + "\n";
  }
  return unit + "\n" + service;
}

struct Replay {
  const RecordedBlock& block;
  FakeGuest guest{};
  std::string wrong{};

  void differ(const std::string& what, const std::string& want, const std::string& have) {
    if (wrong.empty()) wrong = what + "\n--- recorded\n" + want + "\n--- here\n" + have;
  }

  void show(const RecordedCommand& command, const std::string& line, const std::string& unit) {
    std::string have;
    for (const std::string& item : guest::systemd::split(line, ' ')) {
      const std::string property = item.substr(0, item.find('='));
      have += (have.empty() ? "" : " ") + property + "=" + guest.show(unit, property);
    }
    if (!testing::same_as_recorded(line, have)) differ("properties after: " + command.line, line, have);
  }

  void status(const std::vector<std::string>& want, const std::string& unit) {
    std::string text, recorded;
    for (const std::string& line : testing::lines_of(guest.run("systemctl status -n 0 " + unit).out)) {
      const std::string trimmed = guest::systemd::trim(line);
      if (trimmed.starts_with("Loaded:") || trimmed.starts_with("CPU:") || trimmed.starts_with("Duration:"))
        continue;
      if (line.find(" test") != std::string::npos &&
          line.find("e-" + block.name + ".service -") != std::string::npos)
        continue;
      text += trimmed + "\n";
    }
    for (const std::string& line : want) recorded += guest::systemd::trim(line) + "\n";
    if (!testing::same_as_recorded(recorded, text)) differ("status", recorded, text);
  }

  // PID 1's lines in their order, and the others' in theirs: between the two the recording has no fixed
  // order.
  void check_journal(std::size_t from) {
    std::string want[2], have[2];
    for (const std::string& line : block.journal) {
      const std::size_t start = line.find('<');
      if (start == std::string::npos) continue;
      const std::string text = line.substr(start);
      want[text.find("> systemd[1]: ") == std::string::npos] += text + "\n";
    }
    const auto& entries = guest.journal.entries();
    for (std::size_t i = from; i < entries.size(); ++i) {
      const auto& entry = entries[i];
      if (!guest::journal::concerns(entry, "e-" + block.name + ".service")) continue;
      const bool manager = entry.identifier == "systemd";
      have[!manager] += "<" + std::to_string(static_cast<int>(entry.priority)) + "> " + entry.identifier +
                        "[" + std::to_string(entry.pid) + "]: " + entry.message + "\n";
    }
    for (int part : {0, 1})
      if (!testing::same_as_recorded(want[part], have[part])) differ("journal", want[part], have[part]);
  }

  void run() {
    guest.boot();
    guest.disk.write("/etc/bad.env", "A=1\nexport B=2\nC = 3\n# no\nE=\"x y\"\nF=q $A\nG='a b'\nH=$A\nI=%n\n",
                     0644);
    const std::string unit = "e-" + block.name + ".service";
    guest.unit(unit, unit_text(block));
    const std::size_t from = guest.journal.entries().size();
    for (const RecordedCommand& command : block.commands) {
      if (command.line.starts_with("sleep 1;")) guest.scheduler.advance(1s);
      if (!command.line.starts_with("systemctl ")) continue;  // pgrep of the recording machine
      const auto result = guest.run(command.line);
      std::string err;
      for (const std::string& line : testing::lines_of(result.err))
        if (!line.starts_with("See \"systemctl status ")) err += line + "\n";  // left out in the recording
      if (result.code != command.code)
        differ("exit of: " + command.line, std::to_string(command.code), std::to_string(result.code));
      if (!testing::same_as_recorded(command.err, err))
        differ("stderr of: " + command.line, command.err, err);
      guest.scheduler.advance(settle_time(block.name));
      std::vector<std::string> status_lines;
      for (const auto& [kind, text] : command.notes) {
        if (kind == "show") show(command, text, unit);
        if (kind == "status") status_lines.push_back(text);
      }
      if (!status_lines.empty()) status(status_lines, unit);
    }
    check_journal(from);
  }
};

TEST(RecordedUnits, match_or_are_listed_with_a_reason) {
  auto listed = testing::listed_differences("differences.txt", ": ");
  std::size_t replayed = 0;
  for (const RecordedBlock& block : testing::parse_transcript(testing::read_recorded("service_manager.md"))) {
    if (!is_unit_block(block)) continue;
    ++replayed;
    Replay replay{block};
    try {
      replay.run();
    } catch (const std::exception& failure) {
      replay.wrong = failure.what();
    }
    const bool excused = listed.erase(block.name) > 0;
    if (excused)
      EXPECT_FALSE(replay.wrong.empty()) << block.name << " is listed as different and is not";
    else
      EXPECT_EQ(replay.wrong, "") << block.name;
  }
  EXPECT_GT(replayed, 70u);
  for (const auto& [name, reason] : listed) ADD_FAILURE() << "listed and never replayed: " << name;
}

}  // namespace
}  // namespace squall
