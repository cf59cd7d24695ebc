// Replays recorded sessions between whose commands something happened that the text does not show: files were
// written, processes killed, time passed. data/plans.txt says what, by the number of the item (title,
// command, [show] or [journal]) before which it happened. Exit codes, output, properties and journals must be
// the recorded ones, to the byte; a line "differs N reason" names an item that is not the same here, and
// fails once it is.
#include <gtest/gtest.h>

#include <set>

#include "harness/guest/journal/timespan.hpp"
#include "harness/guest/systemd/text.hpp"
#include "tests/systemd/fake_guest.hpp"
#include "tests/systemd/recorded_data.hpp"
#include "tests/systemd/session.hpp"

namespace squall {
namespace {

using guest::systemd::split;
using guest::systemd::trim;
using testing::FakeGuest;
using testing::Plan;
using testing::SessionItem;

class Replay {
 public:
  explicit Replay(const Plan& plan) : plan_(plan) {}

  std::map<int, std::string> run() {
    guest_.boot();
    act(0);
    mark_ = guest_.journal.entries().size();
    int number = 0;
    for (const SessionItem& item : testing::parse_session(testing::recorded_part(plan_.heading))) {
      ++number;
      act(number);
      if (skipped_.contains(number)) continue;
      switch (item.kind) {
        case SessionItem::title:
          mark_ = guest_.journal.entries().size();
          break;
        case SessionItem::command:
          compare_command(number, item);
          break;
        case SessionItem::show:
          compare_properties(number, item);
          break;
        case SessionItem::journal:
          compare_journal(number, item);
          break;
      }
    }
    return wrong_;
  }

 private:
  // skip | wait SPAN | until UNIT SUBSTATE | show UNIT | unit NAME TEXT | write PATH TEXT | edit PATH OLD NEW
  // | remove PATH | move A B | kill UNIT SIGNAL | forget (the journal so far) | boot | any command of
  // systemctl
  void act(int number) {
    auto actions = plan_.before.find(number);
    if (actions == plan_.before.end()) return;
    for (const std::string& action : actions->second) {
      const auto words = split(action, ' ');
      auto rest = [&](std::size_t from) {
        std::size_t at = 0;
        while (from-- > 0) at = action.find(' ', at) + 1;
        return testing::unescaped(action.substr(at));
      };
      if (words[0] == "skip")
        skipped_.insert(number);
      else if (words[0] == "wait")
        guest_.scheduler.advance(*guest::journal::parse_timespan(rest(1)));
      else if (words[0] == "until")
        for (int tries = 0; tries < 2000 && guest_.show(words[1], "SubState") != words[2]; ++tries)
          guest_.scheduler.advance(10ms);
      else if (words[0] == "show")
        shown_ = words[1];
      else if (words[0] == "unit")
        guest_.unit(words[1], rest(2));
      else if (words[0] == "write")
        guest_.disk.write(words[1], words.size() > 2 ? rest(2) : "", 0644);
      else if (words[0] == "remove")
        guest_.disk.remove(words[1]);
      else if (words[0] == "edit") {
        std::string text = guest_.disk.read(words[1]).value();
        text.replace(text.find(words[2]), words[2].size(), words[3]);
        guest_.disk.write(words[1], text, 0644);
      } else if (words[0] == "move")
        guest_.disk.rename(words[1], words[2]);
      else if (words[0] == "kill")
        guest_.host.kill(guest_.host.main_pid_of(words[1]), *guest::systemd::parse_signal(words[2]));
      else if (words[0] == "forget")
        mark_ = guest_.journal.entries().size();
      else if (words[0] == "boot")
        guest_.boot();
      else
        guest_.run(action);
    }
  }

  static bool same_output(const SessionItem& item, const std::string& out) {
    if (testing::same_as_recorded(item.out, out)) return true;
    if (item.text.starts_with("journalctl "))
      return testing::same_as_recorded(without_stamps(item.out), without_stamps(out));
    if (counts_jobs(item) && without_numbers(item.out) == without_numbers(out)) return true;
    if (item.text.find("list-timers") != std::string::npos)
      return without_times(item.out) == without_times(out);
    return item.text.find("status") != std::string::npos &&
           testing::same_as_recorded(managers_lines_first(item.out), managers_lines_first(out));
  }

  // journalctl's many ways to write a point in time, where the recording has its own.
  static std::string without_stamps(const std::string& text) {
    static const std::regex stamp(
        "[A-Z][a-z]{2} [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}([.][0-9]{6})? UTC|"
        "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}([.][0-9]{6})?[+]0000|"
        "[A-Z][a-z]{2} [ 0-9][0-9] "
        "[0-9:]{8}([.][0-9]{6})?|<time>|<cursor>|s=[0-9a-f]{32};[^\\n]*|[0-9a-f]{32}|[0-9]{10}[.][0-9]{6}|\\["
        " "
        "*[0-9]+[.][0-9]{6}\\]");
    return std::regex_replace(text, stamp, "(stamp)");
  }

  // Jobs are numbered from the boot on.
  static bool counts_jobs(const SessionItem& item) {
    return item.text.find("list-jobs") != std::string::npos ||
           item.text.find("--show-transaction") != std::string::npos;
  }
  static std::string without_numbers(const std::string& text) {
    static const std::regex number("[0-9]+ +"), heading("JOB +");
    return std::regex_replace(std::regex_replace(text, heading, "JOB "), number, "<n> ");
  }

  // Between PID 1's lines and others' the recording has no fixed order.
  static std::string managers_lines_first(const std::string& text) {
    std::string head, managers, others;
    for (const std::string& line : testing::lines_of(text))
      (line.find(" vaulthost ") == std::string::npos     ? head
       : line.find(" systemd[1]: ") == std::string::npos ? others
                                                         : managers) += line + "\n";
    return head + managers + others;
  }

  // A table whose columns are as wide as its dates and spans.
  static std::string without_times(const std::string& text) {
    static const std::regex date("[A-Z][a-z]{2} [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8} UTC"),
        span("([0-9]+(ms|us|s|min|h|d|day|days) )+(left|ago)"), blanks(" +");
    return std::regex_replace(std::regex_replace(std::regex_replace(text, date, "<date>"), span, "<span>"),
                              blanks, " ");
  }

  void differ(int number, const std::string& what, const std::string& want, const std::string& have) {
    wrong_[number] += what + "\n--- recorded\n" + want + "--- here\n" + have;
  }

  // Terminals and shells with their pipes and jobs are not served here.
  static bool served(const std::string& line) {
    return line.find("# on a terminal") == std::string::npos && line.find(" | ") == std::string::npos &&
           line.find("| ") == std::string::npos && !line.starts_with("(") && !line.starts_with("timeout ") &&
           !line.starts_with("systemd-");
  }

  // su -s /bin/sh vault -c "systemctl status vault; systemctl is-active vault"
  testing::CommandResult run_line(const std::string& line) {
    constexpr std::string_view su = "su -s /bin/sh ";
    if (!line.starts_with(su)) return guest_.run(line);
    const std::string user = line.substr(su.size(), line.find(' ', su.size()) - su.size());
    const std::size_t quote = line.find('"');
    testing::CommandResult all;
    for (const std::string& part : split(line.substr(quote + 1, line.rfind('"') - quote - 1), ';')) {
      const auto result = guest_.run(trim(part), user);
      all.code = result.code;
      all.out += result.out;
      all.err += result.err;
    }
    return all;
  }

  void compare_command(int number, const SessionItem& item) {
    if (!served(item.text)) return;
    const auto result = run_line(item.text);
    if (result.code != item.code || !same_output(item, result.out) ||
        (!testing::same_as_recorded(item.err, result.err) &&
         !(counts_jobs(item) && without_numbers(item.err) == without_numbers(result.err))))
      differ(number, item.text, "exit " + std::to_string(item.code) + "\n" + item.out + item.err,
             "exit " + std::to_string(result.code) + "\n" + result.out + result.err);
  }

  void compare_properties(int number, const SessionItem& item) {
    // One call for all: time passes with each.
    std::vector<std::string> names;
    std::string have, options;
    for (const std::string& property : split(item.text, ' ')) {
      names.push_back(property.substr(0, property.find('=')));
      options += " -p " + names.back();
    }
    const auto lines = testing::lines_of(guest_.run("systemctl show" + options + " " + shown_).out);
    for (const std::string& name : names)
      for (const std::string& line : lines)
        if (line.starts_with(name + "=")) have += (have.empty() ? "" : " ") + line;
    if (!testing::same_as_recorded(item.text, have))
      differ(number, "properties", item.text + "\n", have + "\n");
  }

  // PID 1's lines in their order, and the others' in theirs: between the two the recording has no fixed
  // order.
  void compare_journal(int number, const SessionItem& item) {
    std::string want[2], have[2];
    for (const std::string& line : testing::lines_of(item.text))
      want[line.find("> systemd[1]: ") == std::string::npos] += line + "\n";
    const auto& entries = guest_.journal.entries();
    for (std::size_t i = mark_; i < entries.size(); ++i) {
      const auto& entry = entries[i];
      bool counts = false;
      for (const std::string& unit : plan_.units) counts = counts || guest::journal::concerns(entry, unit);
      if (!counts && !entry.message.starts_with("Reloading")) continue;
      if (item.text.find("Reloading.") == std::string::npos && entry.message.starts_with("Reloading"))
        continue;
      have[entry.identifier != "systemd"] += "<" + std::to_string(static_cast<int>(entry.priority)) + "> " +
                                             entry.identifier + "[" + std::to_string(entry.pid) +
                                             "]: " + entry.message + "\n";
    }
    mark_ = entries.size();
    for (int part : {0, 1})
      if (!testing::same_as_recorded(want[part], have[part]))
        differ(number, "journal", want[part], have[part]);
  }

  const Plan& plan_;
  FakeGuest guest_;
  std::string shown_ = "vault";
  std::set<int> skipped_;
  std::size_t mark_ = 0;
  std::map<int, std::string> wrong_;
};

TEST(RecordedSessions, match_or_are_listed_with_a_reason) {
  for (const Plan& plan : testing::parse_plans(testing::read_recorded("plans.txt"))) {
    auto wrong = Replay(plan).run();
    for (const auto& [number, reason] : plan.differs)
      EXPECT_EQ(wrong.erase(number), 1u)
          << plan.heading << ", item " << number << " is listed as different and is not";
    for (const auto& [number, text] : wrong)
      ADD_FAILURE() << plan.heading << ", item " << number << ": " << text;
  }
}

}  // namespace
}  // namespace squall
