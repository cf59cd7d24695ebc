// What a TZif file (RFC 8536) says of local time: the file that /etc/localtime stands for.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/time.hpp"

namespace squall::guest {

struct LocalTime {
  std::chrono::seconds offset{0};  // to be added to UTC
  bool is_summer = false;          // tm_isdst
  std::string name = "UTC";        // "CEST"
};

class TimeZone {
 public:
  TimeZone() = default;  // UTC
  // UTC for what is no such file. Beyond the last change that the file lists, local time stays as it was
  // then: its closing rule (section 3.3) is not read, and Debian's files list every change until 2037.
  explicit TimeZone(std::string_view file);

  const LocalTime& at(Time when) const;

 private:
  std::vector<std::pair<std::int64_t, std::size_t>> changes_;  // Unix time, index of what holds from then on
  std::vector<LocalTime> kinds_{LocalTime{}};
};

}  // namespace squall::guest
