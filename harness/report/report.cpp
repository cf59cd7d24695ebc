#include "harness/report/report.hpp"

#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "emulator/wire/xml_writer.hpp"

namespace squall::report {
namespace {

using scenario::Verdict;

std::string hex64(std::uint64_t value) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
  return text;
}

std::string seconds(Duration d, int digits) {
  char text[48];
  std::snprintf(text, sizeof text, "%.*f", digits, base::to_seconds(d));
  return text;
}

// "12 min 30 s", "30 days 2 h": the two largest units.
std::string span(Duration d) {
  auto whole = std::chrono::duration_cast<std::chrono::seconds>(d).count();
  struct Unit {
    std::int64_t length;
    const char* name;
  };
  static constexpr Unit units[] = {{86400, " d"}, {3600, " h"}, {60, " min"}, {1, " s"}};
  std::string text;
  int shown = 0;
  for (const Unit& unit : units) {
    std::int64_t count = whole / unit.length;
    whole %= unit.length;
    if (count == 0 && shown == 0 && unit.length != 1) continue;
    if (shown++ == 2) break;
    if (count != 0 || shown == 1) text += (text.empty() ? "" : " ") + std::to_string(count) + unit.name;
  }
  return text;
}

std::string attribute(std::string_view text) {
  wire::XmlWriter writer;
  writer.text(text);
  std::string escaped = writer.take();
  for (std::size_t at = 0; (at = escaped.find('\n', at)) != escaped.npos; at += 5)
    escaped.replace(at, 1, "&#10;");
  return "\"" + escaped + "\"";
}

// A text of several lines, each but the first behind so many blanks; without newlines at its end.
std::string indented(std::string_view text, std::size_t columns) {
  text = text.substr(0, text.find_last_not_of('\n') + 1);
  std::string shown;
  for (char c : text) shown += c == '\n' ? "\n" + std::string(columns, ' ') : std::string(1, c);
  return shown;
}

}  // namespace

std::string verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::held:
      return "held";
    case Verdict::broke:
      return "broke";
    case Verdict::inconclusive:
      return "inconclusive";
    case Verdict::not_converged:
      return "did not converge in time";
  }
  return {};
}

std::string story_line(Duration since_start, const std::string& text) {
  char stamp[48];
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(since_start).count();
  auto days = ms / 86'400'000;
  ms %= 86'400'000;
  char day[24] = "";
  if (days > 0) std::snprintf(day, sizeof day, "%lldd ", static_cast<long long>(days));
  std::snprintf(stamp, sizeof stamp, "%s%02lld:%02lld:%02lld.%03lld", day,
                static_cast<long long>(ms / 3'600'000), static_cast<long long>(ms / 60'000 % 60),
                static_cast<long long>(ms / 1000 % 60), static_cast<long long>(ms % 1000));
  char line[64];
  std::snprintf(line, sizeof line, "  %16s  ", stamp);
  return line + indented(text, std::strlen(line)) + "\n";
}

std::string summary(const Run& run) {
  std::string text;
  for (const auto& assertion : run.outcome.assertions) {
    text += assertion.held ? "  ok      " : "  BROKEN  ";
    text += assertion.name +
            (assertion.held || assertion.why.empty() ? "" : ": " + indented(assertion.why, 10)) + "\n";
  }
  if (run.outcome.writes_confirmed + run.outcome.requests_failed > 0)
    text += "  workload: " + std::to_string(run.outcome.writes_confirmed) + " writes confirmed, " +
            std::to_string(run.outcome.requests_failed) + " requests failed\n";
  text += "  " + verdict_name(run.outcome.verdict);
  if (!run.outcome.why.empty()) text += ": " + indented(run.outcome.why, 4);
  text += "\n  " + span(run.virtual_time) + " of virtual time in " + seconds(run.real_time, 3) + " s, " +
          std::to_string(run.events) + " events, seed " + std::to_string(run.seed) + ", event hash " +
          hex64(run.event_hash) + "\n";
  return text;
}

std::string junit(const std::vector<Run>& runs) {
  std::size_t failures = 0;
  Duration total{0};
  for (const Run& run : runs) {
    failures += run.outcome.verdict != Verdict::held;
    total += run.real_time;
  }
  std::string xml =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites><testsuite name=\"squall\" tests=\"" +
      std::to_string(runs.size()) + "\" failures=\"" + std::to_string(failures) + "\" time=\"" +
      seconds(total, 3) + "\">\n";
  for (const Run& run : runs) {
    xml += "<testcase classname=" + attribute(run.file) + " name=" + attribute(run.title) + " time=\"" +
           seconds(run.real_time, 3) + "\"><properties><property name=\"seed\" value=\"" +
           std::to_string(run.seed) + "\"/><property name=\"eventHash\" value=\"" + hex64(run.event_hash) +
           "\"/><property name=\"virtualSeconds\" value=\"" + seconds(run.virtual_time, 3) +
           "\"/></properties>";
    if (run.outcome.verdict != Verdict::held)
      xml += "<failure type=" + attribute(verdict_name(run.outcome.verdict)) +
             " message=" + attribute(run.outcome.why) + "/>";
    xml += "</testcase>\n";
  }
  return xml + "</testsuite></testsuites>\n";
}

std::string json_lines(const Run& run) {
  std::string lines;
  for (const Event& event : run.trace) {
    nlohmann::ordered_json line = {{"scenario", run.title},
                                   {"time", base::iso8601(event.time, 9)},
                                   {"seconds", base::to_seconds(event.time - run.began)},
                                   {"kind", event.kind},
                                   {"text", event.text}};
    lines += line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  }
  return lines;
}

}  // namespace squall::report
