// What people and CI systems read of a run.
#include "harness/report/report.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

namespace squall::report {
namespace {

using namespace std::chrono_literals;
using scenario::Verdict;

report::Run run_of(Verdict verdict, std::string why = {}) {
  report::Run run;
  run.file = "scenarios/boot.yaml";
  run.title = "a node boots";
  run.seed = 7;
  run.outcome.verdict = verdict;
  run.outcome.why = std::move(why);
  run.virtual_time = 12min + 30s;
  run.real_time = 250ms;
  run.events = 1234;
  run.event_hash = 0xABC;
  return run;
}

TEST(StoryLine, TellsTheTimeSinceTheStart) {
  EXPECT_EQ(story_line(0s, "begins"), "      00:00:00.000  begins\n");
  EXPECT_EQ(story_line(1h + 2min + 3s + 45ms, "ready"), "      01:02:03.045  ready\n");
}

TEST(StoryLine, CountsDays) { EXPECT_EQ(story_line(30 * 24h + 5ms, "x"), "  30d 00:00:00.005  x\n"); }

TEST(StoryLine, KeepsSeveralLinesTogether) {
  EXPECT_EQ(story_line(0s, "Error:\n\n* sealed\n\n"),
            "      00:00:00.000  Error:\n                    \n                    * sealed\n");
}

TEST(Summary, OfARunThatHeld) {
  report::Run run = run_of(Verdict::held);
  run.outcome.assertions = {{"converged after reboot", true, {}}};
  EXPECT_EQ(summary(run),
            "  ok      converged after reboot\n"
            "  held\n"
            "  12 min 30 s of virtual time in 0.250 s, 1234 events, seed 7, event hash 0000000000000abc\n");
}

TEST(Summary, OfARunThatBroke) {
  report::Run run = run_of(Verdict::broke, "no answer\nfrom 10.0.0.4\n");
  run.outcome.assertions = {{"converged", false, "no answer\nfrom 10.0.0.4\n"}, {"durable", false, {}}};
  run.outcome.writes_confirmed = 3;
  run.outcome.requests_failed = 1;
  run.virtual_time = 400ms;
  EXPECT_EQ(summary(run),
            "  BROKEN  converged: no answer\n"
            "          from 10.0.0.4\n"
            "  BROKEN  durable\n"
            "  workload: 3 writes confirmed, 1 requests failed\n"
            "  broke: no answer\n"
            "    from 10.0.0.4\n"
            "  0 s of virtual time in 0.250 s, 1234 events, seed 7, event hash 0000000000000abc\n");
}

TEST(Summary, ShowsTheTwoLargestUnitsOfTime) {
  auto shown = [](Duration time) {
    report::Run run = run_of(Verdict::held);
    run.virtual_time = time;
    std::string text = summary(run);
    text = text.substr(text.find('\n') + 3);
    return text.substr(0, text.find(" of virtual"));
  };
  EXPECT_EQ(shown(59s), "59 s");
  EXPECT_EQ(shown(2h), "2 h");
  EXPECT_EQ(shown(2h + 59s), "2 h");
  EXPECT_EQ(shown(30 * 24h + 2h + 5min), "30 d 2 h");
}

TEST(Verdicts, HaveNames) {
  EXPECT_EQ(verdict_name(Verdict::held), "held");
  EXPECT_EQ(verdict_name(Verdict::broke), "broke");
  EXPECT_EQ(verdict_name(Verdict::inconclusive), "inconclusive");
  EXPECT_EQ(verdict_name(Verdict::not_converged), "did not converge in time");
}

TEST(Junit, OneCaseForEachRunAndAFailureForWhatDidNotHold) {
  report::Run wrong = run_of(Verdict::not_converged, "<node> said \"no\" &\nslept\x1b");
  wrong.title = "a \"second\" one";
  EXPECT_EQ(junit({run_of(Verdict::held), wrong}),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuites><testsuite name=\"squall\" tests=\"2\" failures=\"1\" time=\"0.500\">\n"
            "<testcase classname=\"scenarios/boot.yaml\" name=\"a node boots\" time=\"0.250\"><properties>"
            "<property name=\"seed\" value=\"7\"/><property name=\"eventHash\" value=\"0000000000000abc\"/>"
            "<property name=\"virtualSeconds\" value=\"750.000\"/></properties></testcase>\n"
            "<testcase classname=\"scenarios/boot.yaml\" name=\"a &quot;second&quot; one\" "
            "time=\"0.250\"><properties>"
            "<property name=\"seed\" value=\"7\"/><property name=\"eventHash\" value=\"0000000000000abc\"/>"
            "<property name=\"virtualSeconds\" value=\"750.000\"/></properties>"
            "<failure type=\"did not converge in time\" message=\"&lt;node&gt; said &quot;no&quot; "
            "&amp;&#10;slept\xEF\xBF\xBD\"/>"
            "</testcase>\n"
            "</testsuite></testsuites>\n");
}

TEST(JsonLines, OneObjectForEachEvent) {
  report::Run run = run_of(Verdict::held);
  run.began = Time{1'700'000'000s};
  run.trace = {{run.began, "story", "begins"}, {run.began + 1500ms, "console", "two\nlines \xff"}};
  std::istringstream lines{json_lines(run)};
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(line, R"({"scenario":"a node boots","time":"2023-11-14T22:13:20.000000000Z","seconds":0.0,)"
                  R"("kind":"story","text":"begins"})");
  ASSERT_TRUE(std::getline(lines, line));
  auto second = nlohmann::json::parse(line);
  EXPECT_EQ(second["time"], "2023-11-14T22:13:21.500000000Z");
  EXPECT_EQ(second["seconds"], 1.5);
  EXPECT_EQ(second["text"], "two\nlines \xEF\xBF\xBD");
  EXPECT_FALSE(std::getline(lines, line));
}

}  // namespace
}  // namespace squall::report
