// Points in time and spans as every part of Squall passes them, and the texts that AWS and Vault make of
// them. Nothing here reads a clock: the only clock is world::Scheduler.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace squall {

using Duration = std::chrono::nanoseconds;
using Time = std::chrono::sys_time<Duration>;  // nanoseconds since 1970-01-01T00:00:00Z, without leap seconds
using namespace std::chrono_literals;

namespace base {

// "2024-01-31T12:34:56Z"; digits > 0 adds that many fractional digits (1 to 9), "2024-01-31T12:34:56.120Z".
std::string iso8601(Time t, int digits = 0);
// RFC 3339 as Go prints it (time.RFC3339Nano): up to nine fractional digits, trailing zeros dropped.
std::string rfc3339_nano(Time t);
// "20240131T123456Z", the form of X-Amz-Date (AWS Signature Version 4).
std::string amz_date(Time t);
// "Wed, 31 Jan 2024 12:34:56 GMT" (RFC 9110, IMF-fixdate).
std::string http_date(Time t);
// strftime of a UTC time; the C locale's names.
std::string format_utc(Time t, const char* strftime_format);

// Each answers nothing for a text that is not of the form.
std::optional<Time> parse_iso8601(std::string_view text);  // with or without a fraction; Z or +hh:mm
std::optional<Time> parse_amz_date(std::string_view text);

// ISO 8601 durations of whole and fractional units up to days: "PT10M", "P30D", "PT0.5S", "P1DT2H".
std::optional<Duration> parse_iso_duration(std::string_view text);
// Go's time.Duration: "1h30m", "250ms", "-1.5s"; a bare number is not a duration.
std::optional<Duration> parse_go_duration(std::string_view text);
// As Go's Duration.String(): "1m30s", "2.000338ms", "0s".
std::string go_duration(Duration d);

constexpr double to_seconds(Duration d) { return std::chrono::duration<double>(d).count(); }
constexpr std::int64_t unix_seconds(Time t) {
  return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
}

}  // namespace base
}  // namespace squall
