#include "harness/guest/journal/timespan.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <limits>

#include "emulator/base/spans.hpp"

namespace squall::guest::journal {
namespace {

constexpr Duration day = 24h, week = 7 * day;
// systemd's year and month: 365.25 days, and a twelfth of it.
constexpr Duration year = std::chrono::seconds{31557600}, month = std::chrono::seconds{2629800};

struct Unit {
  std::string_view name;
  Duration span;
};

std::optional<Duration> unit_span(std::string_view name) {
  static constexpr std::array units{
      Unit{"seconds", 1s},    Unit{"second", 1s},     Unit{"sec", 1s},   Unit{"s", 1s},
      Unit{"minutes", 1min},  Unit{"minute", 1min},   Unit{"min", 1min}, Unit{"m", 1min},
      Unit{"months", month},  Unit{"month", month},   Unit{"M", month},  Unit{"msec", 1ms},
      Unit{"ms", 1ms},        Unit{"hours", 1h},      Unit{"hour", 1h},  Unit{"hr", 1h},
      Unit{"h", 1h},          Unit{"days", day},      Unit{"day", day},  Unit{"d", day},
      Unit{"weeks", week},    Unit{"week", week},     Unit{"w", week},   Unit{"years", year},
      Unit{"year", year},     Unit{"y", year},        Unit{"usec", 1us}, Unit{"us", 1us},
      Unit{"\xc2\xb5s", 1us}, Unit{"\xce\xbcs", 1us}, Unit{"nsec", 1ns}, Unit{"ns", 1ns}};
  for (const Unit& unit : units)
    if (unit.name == name) return unit.span;
  return std::nullopt;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

// Whole seconds of a day from "HH:MM[:SS[.ffffff]]".
std::optional<Duration> parse_clock(std::string_view text) {
  int hour = 0, minute = 0, used = 0;
  const std::string copy(text);
  if (std::sscanf(copy.c_str(), "%2d:%2d%n", &hour, &minute, &used) != 2 || hour > 23 || minute > 59 ||
      hour < 0 || minute < 0)
    return std::nullopt;
  Duration result = std::chrono::hours{hour} + std::chrono::minutes{minute};
  std::string_view rest = text.substr(static_cast<std::size_t>(used));
  if (rest.empty()) return result;
  if (rest.size() < 3 || rest[0] != ':' || !is_digit(rest[1]) || !is_digit(rest[2])) return std::nullopt;
  const int second = (rest[1] - '0') * 10 + (rest[2] - '0');
  if (second > 59) return std::nullopt;
  result += std::chrono::seconds{second};
  rest.remove_prefix(3);
  if (rest.empty()) return result;
  if (rest[0] != '.' || rest.size() < 2 || rest.size() > 7) return std::nullopt;
  std::int64_t fraction = 0, scale = 1'000'000;
  for (char c : rest.substr(1)) {
    if (!is_digit(c)) return std::nullopt;
    fraction = fraction * 10 + (c - '0');
    scale /= 10;
  }
  return result + std::chrono::microseconds{fraction * scale};
}

std::optional<Time> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  for (std::size_t i : {0u, 1u, 2u, 3u, 5u, 6u, 8u, 9u})
    if (!is_digit(text[i])) return std::nullopt;
  auto number = [&](std::size_t at, std::size_t count) {
    int value = 0;
    for (char c : text.substr(at, count)) value = value * 10 + (c - '0');
    return value;
  };
  const std::chrono::year_month_day date{std::chrono::year{number(0, 4)},
                                         std::chrono::month{static_cast<unsigned>(number(5, 2))},
                                         std::chrono::day{static_cast<unsigned>(number(8, 2))}};
  // The range that nanoseconds since 1970 can hold.
  if (!date.ok() || number(0, 4) < 1970 || number(0, 4) > 2261) return std::nullopt;
  return Time{std::chrono::sys_days{date}};
}

}  // namespace

std::string format_timespan(Duration span, Duration accuracy) {
  if (span == Duration::max()) return "infinity";
  struct Step {
    const char* suffix;
    std::int64_t us;
  };
  static constexpr std::array<Step, 9> steps{{{"y", year / 1us},
                                              {"month", month / 1us},
                                              {"w", week / 1us},
                                              {"d", day / 1us},
                                              {"h", 1h / 1us},
                                              {"min", 1min / 1us},
                                              {"s", 1s / 1us},
                                              {"ms", 1ms / 1us},
                                              {"us", 1}}};
  std::int64_t left = span / 1us;
  const std::int64_t finest = accuracy / 1us;
  if (left <= 0) return "0";
  std::string text;
  for (const Step& step : steps) {
    if (left <= 0 || (left < finest && !text.empty())) break;
    if (left < step.us) continue;
    const std::int64_t whole = left / step.us;
    std::int64_t rest = left % step.us;
    if (!text.empty()) text += ' ';
    int digits = 0;
    if (left < 1min / 1us && rest > 0) {
      // Below a minute the rest is a fraction: 1.302s.
      for (std::int64_t scale = step.us; scale > 1; scale /= 10) ++digits;
      for (std::int64_t scale = finest; scale > 1; scale /= 10) {
        rest /= 10;
        --digits;
      }
    }
    if (digits > 0) {
      std::string fraction = std::to_string(rest);
      fraction.insert(0,
                      static_cast<std::size_t>(digits) -
                          std::min<std::size_t>(static_cast<std::size_t>(digits), fraction.size()),
                      '0');
      return text + std::to_string(whole) + "." + fraction + step.suffix;
    }
    text += std::to_string(whole) + step.suffix;
    left = left % step.us;
  }
  return text;
}

std::string format_relative(Time then, Time now) {
  const bool past = then <= now;
  const Duration span = past ? now - then : then - now;
  const std::string word = past ? " ago" : " left";
  auto count = [&](Duration unit) { return static_cast<long long>(span / unit); };
  auto pair = [&](Duration big, const char* big_name, Duration small, const char* small_name) {
    const long long first = count(big), second = static_cast<long long>((span % big) / small);
    auto plural = [](long long n, const char* name) {
      return std::to_string(n) + " " + name + (n == 1 ? "" : "s");
    };
    return plural(first, big_name) + (second > 0 ? " " + plural(second, small_name) : "") + word;
  };
  if (span >= year) return pair(year, "year", month, "month");
  if (span >= month) return pair(month, "month", day, "day");
  if (span >= week) return pair(week, "week", day, "day");
  if (span >= 2 * day) return std::to_string(count(day)) + " days" + word;
  if (span >= 25h) return "1 day " + std::to_string((span - day) / 1h) + "h" + word;
  if (span >= 6h) return std::to_string(count(1h)) + "h" + word;
  if (span >= 1h) return std::to_string(count(1h)) + "h " + std::to_string((span % 1h) / 1min) + "min" + word;
  if (span >= 5min) return std::to_string(count(1min)) + "min" + word;
  if (span >= 1min)
    return std::to_string(count(1min)) + "min " + std::to_string((span % 1min) / 1s) + "s" + word;
  if (span >= 1s) return std::to_string(count(1s)) + "s" + word;
  if (span >= 1ms) return std::to_string(count(1ms)) + "ms" + word;
  if (span >= 1us) return std::to_string(count(1us)) + "us" + word;
  return "now";
}

std::string format_timestamp(Time t) { return base::format_utc(t, "%a %Y-%m-%d %H:%M:%S UTC"); }

std::optional<Duration> parse_timespan(std::string_view text, Duration unit) {
  text = trim(text);
  if (text.empty()) return std::nullopt;
  if (text == "infinity") return Duration::max();
  double total = 0;  // in nanoseconds; 53 bits are exact for every span that a unit file can mean
  while (!text.empty()) {
    double value = 0;
    bool any = false;
    while (!text.empty() && is_digit(text.front())) {
      value = value * 10 + (text.front() - '0');
      any = true;
      text.remove_prefix(1);
    }
    if (!text.empty() && text.front() == '.') {
      text.remove_prefix(1);
      for (double scale = 0.1; !text.empty() && is_digit(text.front()); scale /= 10) {
        value += scale * (text.front() - '0');
        any = true;
        text.remove_prefix(1);
      }
    }
    if (!any) return std::nullopt;
    text = trim(text);
    std::size_t length = 0;
    while (length < text.size() && !is_digit(text[length]) &&
           !std::isspace(static_cast<unsigned char>(text[length])) && text[length] != '.')
      ++length;
    Duration scale = unit;
    if (length > 0) {
      auto named = unit_span(text.substr(0, length));
      if (!named) return std::nullopt;
      scale = *named;
      text = trim(text.substr(length));
    }
    total += value * static_cast<double>(scale.count());
    if (total > static_cast<double>(std::numeric_limits<std::int64_t>::max() / 2)) return std::nullopt;
  }
  return Duration{static_cast<std::int64_t>(total + 0.5)};
}

std::optional<Time> parse_timestamp(std::string_view text, Time now) {
  text = trim(text);
  const Time today = std::chrono::floor<std::chrono::days>(now);
  if (text == "now") return now;
  if (text == "today") return today;
  if (text == "yesterday") return today - day;
  if (text == "tomorrow") return today + day;
  if (text.empty()) return std::nullopt;
  if (text.front() == '@') {
    auto span = is_digit(text.size() > 1 ? text[1] : 'x') ? parse_timespan(text.substr(1)) : std::nullopt;
    return span && *span != Duration::max() ? std::optional<Time>{Time{*span}} : std::nullopt;
  }
  auto shifted = [&](std::string_view span_text, int sign) -> std::optional<Time> {
    auto span = parse_timespan(span_text);
    if (!span || *span == Duration::max()) return std::nullopt;
    return base::later(now, sign * *span);
  };
  if (text.front() == '+') return shifted(text.substr(1), 1);
  if (text.front() == '-') return shifted(text.substr(1), -1);
  if (text.ends_with(" ago")) return shifted(text.substr(0, text.size() - 4), -1);
  if (text.ends_with(" left")) return shifted(text.substr(0, text.size() - 5), 1);
  if (text.ends_with(" UTC")) text = trim(text.substr(0, text.size() - 4));
  if (auto clock = parse_clock(text)) return today + *clock;
  auto date = parse_date(text.substr(0, 10));
  if (!date || text.size() == 10) return date;
  if (text[10] != ' ') return std::nullopt;
  auto clock = parse_clock(trim(text.substr(10)));
  return clock ? std::optional<Time>{*date + *clock} : std::nullopt;
}

}  // namespace squall::guest::journal
