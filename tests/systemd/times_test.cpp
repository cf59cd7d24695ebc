// Spans and calendar events against the answers of a recorded systemd-analyze.
#include <gtest/gtest.h>

#include <array>

#include "harness/guest/journal/timespan.hpp"
#include "harness/guest/systemd/calendar.hpp"

namespace squall {
namespace {

TEST(Times, as_systemd_analyze_gives_them) {
  using guest::journal::format_timespan;
  using guest::journal::parse_timespan;
  EXPECT_EQ(format_timespan(*parse_timespan("1h 30m")), "1h 30min");
  EXPECT_EQ(format_timespan(*parse_timespan("90")), "1min 30s");
  EXPECT_EQ(format_timespan(*parse_timespan("2w")), "2w");
  EXPECT_EQ(format_timespan(1302ms, 1ms), "1.302s");
  EXPECT_FALSE(parse_timespan("garbage"));
  const Time base{std::chrono::seconds{1'706'702'400}};  // 2024-01-31 12:00:00 UTC
  const std::vector<std::array<const char*, 3>> calendars{
      {"daily", "*-*-* 00:00:00", "Thu 2024-02-01 00:00:00 UTC"},
      {"hourly", "*-*-* *:00:00", "Wed 2024-01-31 13:00:00 UTC"},
      {"weekly", "Mon *-*-* 00:00:00", "Mon 2024-02-05 00:00:00 UTC"},
      {"monthly", "*-*-01 00:00:00", "Thu 2024-02-01 00:00:00 UTC"},
      {"minutely", "*-*-* *:*:00", "Wed 2024-01-31 12:01:00 UTC"},
      {"Mon..Fri 09:00", "Mon..Fri *-*-* 09:00:00", "Thu 2024-02-01 09:00:00 UTC"},
      {"*:0/15", "*-*-* *:00/15:00", "Wed 2024-01-31 12:15:00 UTC"}};
  for (const auto& [text, normal, next] : calendars) {
    auto calendar = guest::systemd::Calendar::parse(text);
    ASSERT_TRUE(calendar) << text;
    EXPECT_EQ(calendar->normalized(), normal);
    EXPECT_EQ(guest::journal::format_timestamp(*calendar->next(base)), next);
  }
  EXPECT_FALSE(guest::systemd::Calendar::parse("garbage"));
}

}  // namespace
}  // namespace squall
