#include "harness/guest/systemd/calendar.hpp"

#include <array>
#include <cctype>

#include "harness/guest/systemd/text.hpp"

namespace squall::guest::systemd {
namespace {

constexpr std::array<std::string_view, 7> day_names{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::array<std::string_view, 7> long_names{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                     "Friday", "Saturday", "Sunday"};

int weekday(std::string_view text) {
  for (std::size_t i = 0; i < 7; ++i)
    for (std::string_view name : {day_names[i], long_names[i]}) {
      bool same = text.size() == name.size();
      for (std::size_t at = 0; same && at < text.size(); ++at)
        same = std::tolower(static_cast<unsigned char>(text[at])) ==
               std::tolower(static_cast<unsigned char>(name[at]));
      if (same) return static_cast<int>(i);
    }
  return -1;
}

std::optional<int> number(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  int value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::string padded(int value, int width) {
  std::string text = std::to_string(value);
  while (static_cast<int>(text.size()) < width) text.insert(text.begin(), '0');
  return text;
}

}  // namespace

bool Calendar::matches(const Field& field, int value) {
  if (field.empty()) return true;
  for (const Range& range : field) {
    if (value < range.first) continue;
    if (range.last >= 0 && value > range.last) continue;
    if (range.repeat > 0 ? (value - range.first) % range.repeat == 0
                         : range.last >= 0 || value == range.first)
      return true;
  }
  return false;
}

std::optional<Calendar::Field> Calendar::parse_field(std::string_view text, int low, int high) {
  if (text == "*") return Field{};
  Field field;
  for (const std::string& item : split(text, ',')) {
    std::string_view rest = item;
    Range range;
    if (const std::size_t slash = rest.find('/'); slash != std::string_view::npos) {
      auto repeat = number(rest.substr(slash + 1));
      if (!repeat || *repeat == 0) return std::nullopt;
      range.repeat = *repeat;
      rest = rest.substr(0, slash);
    }
    const std::size_t dots = rest.find("..");
    auto first = rest.substr(0, dots) == "*" ? std::optional<int>(low) : number(rest.substr(0, dots));
    if (!first || *first < low || *first > high) return std::nullopt;
    range.first = *first;
    if (dots != std::string_view::npos) {
      auto last = number(rest.substr(dots + 2));
      if (!last || *last < *first || *last > high) return std::nullopt;
      range.last = *last;
    }
    field.push_back(range);
  }
  return field;
}

bool Calendar::parse_weekdays(std::string_view text) {
  for (const std::string& item : split(text, ',')) {
    if (item.empty()) continue;
    const std::size_t dots = item.find("..");
    const std::size_t dash = dots == std::string::npos ? item.find('-') : std::string::npos;
    const std::size_t cut = dots != std::string::npos ? dots : dash;
    const int first = weekday(item.substr(0, cut));
    const int last =
        cut == std::string::npos ? first : weekday(item.substr(cut + (dots != std::string::npos ? 2 : 1)));
    if (first < 0 || last < first) return false;
    for (int day = first; day <= last; ++day) weekdays_ |= 1u << day;
  }
  return weekdays_ != 0;
}

bool Calendar::parse_date(std::string_view text) {
  auto parts = split(text, '-');
  if (parts.size() == 2) parts.insert(parts.begin(), "*");
  if (parts.size() != 3) return false;
  auto year = parse_field(parts[0], 1970, 2199), month = parse_field(parts[1], 1, 12),
       day = parse_field(parts[2], 1, 31);
  if (!year || !month || !day) return false;
  year_ = *year, month_ = *month, day_ = *day;
  return true;
}

bool Calendar::parse_time(std::string_view text) {
  auto parts = split(text, ':');
  if (parts.size() == 2) parts.push_back("0");
  if (parts.size() != 3) return false;
  auto hour = parse_field(parts[0], 0, 23), minute = parse_field(parts[1], 0, 59),
       second = parse_field(parts[2], 0, 59);
  if (!hour || !minute || !second) return false;
  hour_ = *hour, minute_ = *minute, second_ = *second;
  return true;
}

std::optional<Calendar> Calendar::parse(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> shorthands{{
      {"minutely", "*-*-* *:*:00"},
      {"hourly", "*-*-* *:00:00"},
      {"daily", "*-*-* 00:00:00"},
      {"monthly", "*-*-01 00:00:00"},
      {"weekly", "Mon *-*-* 00:00:00"},
      {"yearly", "*-01-01 00:00:00"},
      {"annually", "*-01-01 00:00:00"},
      {"quarterly", "*-01,04,07,10-01 00:00:00"},
      {"semiannually", "*-01,07-01 00:00:00"},
  }};
  for (const auto& [name, meaning] : shorthands)
    if (name == text) return parse(meaning);
  Calendar calendar;
  auto words = split_words(text);
  if (!words || words->empty()) return std::nullopt;
  if (words->back() == "UTC") words->pop_back();
  std::size_t at = 0;
  if (at < words->size() && std::isalpha(static_cast<unsigned char>((*words)[at][0])) != 0)
    if (!calendar.parse_weekdays((*words)[at++])) return std::nullopt;
  if (at < words->size() && (*words)[at].find('-') != std::string::npos)
    if (!calendar.parse_date((*words)[at++])) return std::nullopt;
  calendar.hour_ = calendar.minute_ = calendar.second_ = Field{Range{}};
  if (at < words->size())
    if (!calendar.parse_time((*words)[at++])) return std::nullopt;
  if (at != words->size() || words->empty()) return std::nullopt;
  return calendar;
}

std::optional<Time> Calendar::next(Time after) const {
  using namespace std::chrono;
  Time t = floor<seconds>(after) + 1s;
  // Whole days are skipped first: 29 February on a Monday is at most 28 years away.
  for (int days_tried = 0; days_tried < 366 * 40; ++days_tried) {
    const sys_days date = floor<days>(t);
    const year_month_day ymd{date};
    const unsigned day_bit = 1u << (std::chrono::weekday{date}.iso_encoding() - 1);
    const bool day_fits = (weekdays_ == 0 || (weekdays_ & day_bit) != 0) &&
                          matches(year_, static_cast<int>(ymd.year())) &&
                          matches(month_, static_cast<int>(static_cast<unsigned>(ymd.month()))) &&
                          matches(day_, static_cast<int>(static_cast<unsigned>(ymd.day())));
    if (day_fits) {
      const auto start = static_cast<int>(duration_cast<seconds>(t - Time{date}).count());
      for (int hour = start / 3600; hour < 24; ++hour) {
        if (!matches(hour_, hour)) continue;
        for (int minute = hour * 3600 < start ? (start - hour * 3600) / 60 : 0; minute < 60; ++minute) {
          if (!matches(minute_, minute)) continue;
          const int base = hour * 3600 + minute * 60;
          for (int second = base < start ? start - base : 0; second < 60; ++second)
            if (matches(second_, second)) return Time{date} + seconds{base + second};
        }
      }
    }
    t = Time{date + days{1}};
  }
  return std::nullopt;
}

std::string Calendar::print_field(const Field& field, int width) {
  if (field.empty()) return "*";
  std::string text;
  for (const Range& range : field) {
    if (!text.empty()) text += ',';
    text += padded(range.first, width);
    if (range.last >= 0) text += ".." + padded(range.last, width);
    if (range.repeat > 0) text += "/" + std::to_string(range.repeat);
  }
  return text;
}

std::string Calendar::normalized() const {
  std::string text;
  for (int day = 0; day < 7;) {
    if ((weekdays_ & (1u << day)) == 0 || weekdays_ == 127) {
      ++day;
      continue;
    }
    int last = day;
    while (last < 6 && (weekdays_ & (1u << (last + 1))) != 0) ++last;
    if (!text.empty()) text += ',';
    text += day_names[static_cast<std::size_t>(day)];
    if (last == day + 1) text += "," + std::string(day_names[static_cast<std::size_t>(last)]);
    if (last > day + 1) text += ".." + std::string(day_names[static_cast<std::size_t>(last)]);
    day = last + 1;
  }
  if (!text.empty()) text += ' ';
  return text + print_field(year_, 4) + "-" + print_field(month_, 2) + "-" + print_field(day_, 2) + " " +
         print_field(hour_, 2) + ":" + print_field(minute_, 2) + ":" + print_field(second_, 2);
}

}  // namespace squall::guest::systemd
