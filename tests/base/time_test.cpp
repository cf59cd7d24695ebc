#include "emulator/base/time.hpp"

#include <gtest/gtest.h>

namespace squall::base {
namespace {

const Time moment = *parse_iso8601("2024-01-31T12:34:56.12Z");

TEST(Time, FormatsOfAwsVaultAndHttp) {
  EXPECT_EQ(iso8601(moment), "2024-01-31T12:34:56Z");
  EXPECT_EQ(iso8601(moment, 3), "2024-01-31T12:34:56.120Z");
  EXPECT_EQ(rfc3339_nano(moment), "2024-01-31T12:34:56.12Z");
  EXPECT_EQ(amz_date(moment), "20240131T123456Z");
  EXPECT_EQ(http_date(moment), "Wed, 31 Jan 2024 12:34:56 GMT");
}

TEST(Time, ReadsIso8601WithZonesAndRefusesTheRest) {
  EXPECT_EQ(parse_iso8601("2024-01-31T14:34:56.12+02:00"), moment);
  EXPECT_EQ(parse_amz_date("20240131T123456Z"), moment - 120ms);
  for (auto bad :
       {"", "2024-02-30T00:00:00Z", "2024-01-31T24:00:00Z", "2024-01-31T12:34:56.Z", "2024-01-31X", "now"})
    EXPECT_FALSE(parse_iso8601(bad)) << bad;
}

TEST(Time, IsoDurations) {
  EXPECT_EQ(parse_iso_duration("PT0.5S"), Duration{500ms});
  EXPECT_EQ(parse_iso_duration("P1DT2H3M"), Duration{26h + 3min});
  EXPECT_FALSE(parse_iso_duration("PT2500000H2500000H"));
  for (auto bad : {"", "P", "PT", "10M", "PT5", "P5H", "PT1X"}) EXPECT_FALSE(parse_iso_duration(bad)) << bad;
}

TEST(Time, GoDurations) {
  EXPECT_EQ(parse_go_duration("1h30m"), Duration{90min});
  EXPECT_EQ(parse_go_duration("-1.5s"), Duration{-1500ms});
  EXPECT_EQ(go_duration(14min + 2858138ns), "14m0.002858138s");
  EXPECT_EQ(go_duration(2h), "2h0m0s");
  EXPECT_EQ(go_duration(1500us), "1.5ms");
  EXPECT_EQ(parse_go_duration("2562047h47m16.854775807s"), Duration::max());
  for (auto bad : {"2562048h", "2500000h2500000h", "9300000000s"})
    EXPECT_FALSE(parse_go_duration(bad)) << bad;
  for (auto bad : {"", "5", "s", "1x", "-"}) EXPECT_FALSE(parse_go_duration(bad)) << bad;
}

}  // namespace
}  // namespace squall::base
