#include "emulator/base/time.hpp"

#include <charconv>
#include <cmath>
#include <ctime>

namespace squall::base {
namespace {

using std::chrono::floor;
using std::chrono::seconds;

std::tm broken_down(Time t) {
  std::time_t whole = static_cast<std::time_t>(unix_seconds(t));
  std::tm tm{};
  gmtime_r(&whole, &tm);
  return tm;
}

std::int64_t fraction_ns(Time t) { return (t - floor<seconds>(t)).count(); }

std::string nine_digits(std::int64_t ns) {
  std::string digits = std::to_string(ns);
  return std::string(9 - digits.size(), '0') + digits;
}

// Reads exactly `count` digits at `pos`; moves pos past them.
std::optional<int> digits(std::string_view text, std::size_t& pos, std::size_t count) {
  if (pos + count > text.size()) return {};
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    char c = text[pos + i];
    if (c < '0' || c > '9') return {};
    value = value * 10 + (c - '0');
  }
  pos += count;
  return value;
}

bool literal(std::string_view text, std::size_t& pos, char c) {
  if (pos >= text.size() || text[pos] != c) return false;
  ++pos;
  return true;
}

std::optional<Time> civil(int year, int month, int day, int hour, int minute, int second) {
  using namespace std::chrono;
  year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                      std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return {};
  // Outside these years the nanoseconds do not fit 64 bits.
  if (year < 1700 || year > 2250) return {};
  return Time{sys_days{date} + hours{hour} + minutes{minute} + seconds{second}};
}

// A decimal number and the unit letters after it; answers false at a text that is neither.
bool number(std::string_view text, std::size_t& pos, double& value) {
  std::size_t start = pos;
  while (pos < text.size() && ((text[pos] >= '0' && text[pos] <= '9') || text[pos] == '.')) ++pos;
  if (pos == start) return false;
  auto [end, error] = std::from_chars(text.data() + start, text.data() + pos, value);
  return error == std::errc{} && end == text.data() + pos;
}

// Adds that many units; answers false for no unit and for what does not fit 64 bits of nanoseconds.
bool add(Duration& total, double amount, Duration unit) {
  const double ns = amount * static_cast<double>(unit.count());
  Duration::rep sum = 0;
  if (unit.count() == 0 || ns >= 0x1p63 || __builtin_add_overflow(total.count(), std::llround(ns), &sum))
    return false;
  total = Duration{sum};
  return true;
}

}  // namespace

std::string format_utc(Time t, const char* strftime_format) {
  std::tm tm = broken_down(t);
  char buffer[128];
  return {buffer, std::strftime(buffer, sizeof buffer, strftime_format, &tm)};
}

std::string iso8601(Time t, int fraction) {
  std::string text = format_utc(t, "%Y-%m-%dT%H:%M:%S");
  if (fraction > 0) text += "." + nine_digits(fraction_ns(t)).substr(0, static_cast<std::size_t>(fraction));
  return text + "Z";
}

std::string rfc3339_nano(Time t) {
  std::string text = format_utc(t, "%Y-%m-%dT%H:%M:%S");
  if (std::int64_t ns = fraction_ns(t); ns != 0) {
    std::string part = nine_digits(ns);
    part.erase(part.find_last_not_of('0') + 1);
    text += "." + part;
  }
  return text + "Z";
}

std::string amz_date(Time t) { return format_utc(t, "%Y%m%dT%H%M%SZ"); }
std::string http_date(Time t) { return format_utc(t, "%a, %d %b %Y %H:%M:%S GMT"); }

std::optional<Time> parse_iso8601(std::string_view text) {
  std::size_t pos = 0;
  auto year = digits(text, pos, 4);
  if (!year || !literal(text, pos, '-')) return {};
  auto month = digits(text, pos, 2);
  if (!month || !literal(text, pos, '-')) return {};
  auto day = digits(text, pos, 2);
  if (!day) return {};
  if (pos == text.size()) return civil(*year, *month, *day, 0, 0, 0);
  if (!literal(text, pos, 'T') && !literal(text, pos, ' ')) return {};
  auto hour = digits(text, pos, 2);
  if (!hour || !literal(text, pos, ':')) return {};
  auto minute = digits(text, pos, 2);
  if (!minute) return {};
  std::optional<int> second = 0;
  if (literal(text, pos, ':') && !(second = digits(text, pos, 2))) return {};
  auto time = civil(*year, *month, *day, *hour, *minute, *second);
  if (!time) return {};
  if (literal(text, pos, '.')) {
    std::int64_t ns = 0, unit = 100'000'000;
    std::size_t start = pos;
    for (; pos < text.size() && text[pos] >= '0' && text[pos] <= '9'; ++pos, unit /= 10)
      ns += (text[pos] - '0') * unit;
    if (pos == start) return {};
    *time += Duration{ns};
  }
  if (pos == text.size()) return time;  // AWS reads a time without a zone as UTC
  if (literal(text, pos, 'Z')) return pos == text.size() ? time : std::nullopt;
  int sign = literal(text, pos, '+') ? 1 : literal(text, pos, '-') ? -1 : 0;
  if (sign == 0) return {};
  auto offset_hours = digits(text, pos, 2);
  literal(text, pos, ':');
  auto offset_minutes = digits(text, pos, 2);
  if (!offset_hours || !offset_minutes || pos != text.size()) return {};
  return *time - sign * (std::chrono::hours{*offset_hours} + std::chrono::minutes{*offset_minutes});
}

std::optional<Time> parse_amz_date(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return {};
  std::size_t pos = 0;
  auto year = digits(text, pos, 4), month = digits(text, pos, 2), day = digits(text, pos, 2);
  ++pos;
  auto hour = digits(text, pos, 2), minute = digits(text, pos, 2), second = digits(text, pos, 2);
  if (!year || !month || !day || !hour || !minute || !second) return {};
  return civil(*year, *month, *day, *hour, *minute, *second);
}

std::optional<Duration> parse_iso_duration(std::string_view text) {
  std::size_t pos = 0;
  if (!literal(text, pos, 'P')) return {};
  bool time_part = false, any = false;
  Duration total{0};
  while (pos < text.size()) {
    if (!time_part && literal(text, pos, 'T')) {
      time_part = true;
      any = false;
      continue;
    }
    double amount = 0;
    if (!number(text, pos, amount) || pos >= text.size()) return {};
    char unit = text[pos++];
    Duration scale = !time_part && unit == 'W'   ? Duration{168h}
                     : !time_part && unit == 'D' ? Duration{24h}
                     : time_part && unit == 'H'  ? Duration{1h}
                     : time_part && unit == 'M'  ? Duration{1min}
                     : time_part && unit == 'S'  ? Duration{1s}
                                                 : Duration{0};
    if (!add(total, amount, scale)) return {};
    any = true;
  }
  return any ? std::optional{total} : std::nullopt;
}

std::optional<Duration> parse_go_duration(std::string_view text) {
  std::size_t pos = 0;
  int sign = literal(text, pos, '-') ? -1 : 1;
  if (sign == 1) literal(text, pos, '+');
  if (text.substr(pos) == "0") return Duration{0};
  if (pos == text.size()) return {};
  Duration total{0};
  while (pos < text.size()) {
    double amount = 0;
    if (!number(text, pos, amount)) return {};
    std::size_t start = pos;
    while (pos < text.size() && !(text[pos] >= '0' && text[pos] <= '9') && text[pos] != '.') ++pos;
    std::string_view unit = text.substr(start, pos - start);
    Duration scale = unit == "h"                                              ? Duration{1h}
                     : unit == "m"                                            ? Duration{1min}
                     : unit == "s"                                            ? Duration{1s}
                     : unit == "ms"                                           ? Duration{1ms}
                     : unit == "us" || unit == "\u00b5s" || unit == "\u03bcs" ? Duration{1us}
                     : unit == "ns"                                           ? Duration{1}
                                                                              : Duration{0};
    if (!add(total, amount, scale)) return {};
  }
  return sign * total;
}

std::string go_duration(Duration d) {
  std::int64_t ns = d.count();
  if (ns == 0) return "0s";
  std::string sign = ns < 0 ? "-" : "";
  std::uint64_t u = ns < 0 ? ~static_cast<std::uint64_t>(ns) + 1 : static_cast<std::uint64_t>(ns);
  auto decimal = [](std::uint64_t value, std::uint64_t unit) {
    std::string text = std::to_string(value / unit);
    std::uint64_t rest = value % unit;
    if (rest == 0) return text;
    std::string part = std::to_string(unit + rest).substr(1);
    part.erase(part.find_last_not_of('0') + 1);
    return text + "." + part;
  };
  if (u < 1'000) return sign + std::to_string(u) + "ns";
  if (u < 1'000'000) return sign + decimal(u, 1'000) + "\u00b5s";
  if (u < 1'000'000'000) return sign + decimal(u, 1'000'000) + "ms";
  std::uint64_t minutes = u / 60'000'000'000;
  std::string text = decimal(u % 60'000'000'000, 1'000'000'000) + "s";
  if (minutes > 0) text = std::to_string(minutes % 60) + "m" + text;
  if (minutes >= 60) text = std::to_string(minutes / 60) + "h" + text;
  return sign + text;
}

}  // namespace squall::base
