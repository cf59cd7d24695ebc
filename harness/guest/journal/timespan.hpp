// Spans and points in time as systemd 252 writes and reads them (systemd.time(7); time-util.c): "4min 48s",
// "Sun 2026-11-22 02:24:46 UTC", "5 min ago". The zone is UTC, the locale C.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/time.hpp"

namespace squall::guest::journal {

// "1min 30s", "2h 7min 51.119005s", "1.302s", "0"; what is finer than `accuracy` is left out once something
// is shown.
std::string format_timespan(Duration span, Duration accuracy = 1us);
// At most two units and a word: "334ms ago", "4min 48s ago", "2 days ago", "1h 3min left", "now".
std::string format_relative(Time then, Time now);
// "Sun 2026-11-22 02:24:46 UTC".
std::string format_timestamp(Time t);

// "5min", "1h 30m", "2.5s", "90": a bare number counts `unit`. Nothing for a text that is not a span.
// "infinity" is Duration::max().
std::optional<Duration> parse_timespan(std::string_view text, Duration unit = 1s);
// What --since and --until take: "now", "today", "yesterday", "tomorrow", "YYYY-MM-DD[ HH:MM[:SS[.ffffff]]][
// UTC]", "HH:MM[:SS]", "@1700000000", "5 min ago", "-5min", "+1h". No RFC 3339 (systemd 252).
std::optional<Time> parse_timestamp(std::string_view text, Time now);

}  // namespace squall::guest::journal
