// Calendar events of timers (systemd.time(7), "Calendar Events"; calendarspec.c): "daily", "Mon..Fri 09:00",
// "*-*-* *:0/15:00". The zone is UTC.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/time.hpp"

namespace squall::guest::systemd {

class Calendar {
 public:
  static std::optional<Calendar> parse(std::string_view text);

  // The first instant after `after` that matches; nothing when none ever comes.
  std::optional<Time> next(Time after) const;
  // "Mon..Fri *-*-* 09:00:00".
  std::string normalized() const;

 private:
  // first, first+repeat, ... up to last; repeat 0: first..last, or first alone when last < 0.
  struct Range {
    int first = 0, last = -1, repeat = 0;
  };
  using Field = std::vector<Range>;  // empty: every value

  static bool matches(const Field& field, int value);
  static std::optional<Field> parse_field(std::string_view text, int low, int high);
  static std::string print_field(const Field& field, int width);
  bool parse_weekdays(std::string_view text);
  bool parse_date(std::string_view text);
  bool parse_time(std::string_view text);

  unsigned weekdays_ = 0;  // bit 0 is Monday; 0: every day
  Field year_, month_, day_, hour_, minute_, second_;
};

}  // namespace squall::guest::systemd
