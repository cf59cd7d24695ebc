// Sums of times and spans that somebody from outside chose, which may be centuries: nanoseconds in 64 bits
// end after 292 years, and an overflow of theirs is undefined.
#pragma once
#include "emulator/base/time.hpp"

namespace squall::base {

// The longest span of whole seconds.
inline constexpr std::int64_t most_seconds = Duration::max() / 1s;

// As many seconds; what does not fit is cut to what does.
constexpr Duration whole_seconds(std::int64_t count) {
  return std::chrono::seconds{count > most_seconds    ? most_seconds
                              : count < -most_seconds ? -most_seconds
                                                      : count};
}

// The sum, or the last moment that a Time can name.
constexpr Time later(Time t, Duration d) {
  return d > Duration{0} && t > Time::max() - d ? Time::max() : t + d;
}

}  // namespace squall::base
