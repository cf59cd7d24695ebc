// See power_commands.hpp. shutdown takes "now", "+5" or "hh:mm"; without a time it waits a minute, as logind
// does.
#include "harness/guest/machine/power_commands.hpp"

#include <charconv>

#include "emulator/world/await.hpp"

namespace squall::guest {
namespace {

using systemd::ShutdownMode;

bool has_word(const std::vector<std::string>& argv, std::string_view a, std::string_view b) {
  for (const std::string& word : argv)
    if (word == a || word == b) return true;
  return false;
}

world::Task<int> go_down(systemd::DriverSource source, ShutdownMode mode, program::Context& context) {
  if (context.invocation().uid != 0) {
    context.err("Failed to set wall message, ignoring: Interactive authentication required.\n");
    co_return 1;
  }
  systemd::Driver* driver = source();
  if (driver == nullptr) {
    context.err("Failed to connect to bus: No such file or directory\n");
    co_return 1;
  }
  // In a turn of its own: the manager may end this very command.
  driver->scheduler().soon([source, mode] {
    if (systemd::Driver* now = source()) now->shut_down(mode);
  });
  co_return 0;
}

world::Task<int> shutdown(systemd::DriverSource source, program::Context& context) {
  const auto& argv = context.invocation().argv;
  if (has_word(argv, "-c", "--cancel")) {
    context.err("shutdown: -c is not served by Squall's guests\n");
    co_return 1;
  }
  ShutdownMode mode = has_word(argv, "-r", "--reboot") ? ShutdownMode::reboot : ShutdownMode::poweroff;
  std::string when = "+1";
  for (std::size_t i = 1; i < argv.size(); ++i)
    if (!argv[i].starts_with("-")) {
      when = argv[i];
      break;
    }
  auto delay = shutdown_delay(when, context.scheduler().now());
  if (!delay) {
    context.err("Failed to parse time specification: " + when + "\n");
    co_return 1;
  }
  if (*delay == Duration{0}) {
    int status = co_await go_down(source, mode, context);
    co_return status;
  }
  std::string at = base::format_utc(context.scheduler().now() + *delay, "%a %Y-%m-%d %H:%M:%S UTC");
  context.err("Shutdown scheduled for " + at + ", use 'shutdown -c' to cancel.\n");
  context.scheduler().after(*delay, [source, mode, boot = source()] {
    systemd::Driver* now = source();
    if (now != nullptr && now == boot) now->shut_down(mode);
  });
  co_return 0;
}

}  // namespace

std::optional<Duration> shutdown_delay(const std::string& text, Time now) {
  if (text == "now") return Duration{0};
  int first = 0, second = 0;
  const char* begin = text.c_str() + (text.starts_with('+') ? 1 : 0);
  auto [at, error] = std::from_chars(begin, text.c_str() + text.size(), first);
  if (error != std::errc{}) return {};
  constexpr int most_minutes = 100 * 365 * 24 * 60;
  if (at == text.c_str() + text.size())
    return first >= 0 && first <= most_minutes ? std::optional<Duration>(std::chrono::minutes(first))
                                               : std::nullopt;
  const char* end = text.c_str() + text.size();
  if (*at != ':' || text[0] == '+') return {};
  auto minutes = std::from_chars(at + 1, end, second);
  if (minutes.ec != std::errc{} || minutes.ptr != end) return {};
  if (first < 0 || first > 23 || second < 0 || second > 59) return {};
  Time today =
      std::chrono::floor<std::chrono::days>(now) + std::chrono::hours(first) + std::chrono::minutes(second);
  return today > now ? today - now : today + std::chrono::days(1) - now;
}

std::map<std::string, program::Program> power_commands(systemd::DriverSource driver) {
  auto simple = [driver](ShutdownMode mode) {
    return [driver, mode](program::Context& context) { return go_down(driver, mode, context); };
  };
  return {{"reboot", simple(ShutdownMode::reboot)},
          {"poweroff", simple(ShutdownMode::poweroff)},
          {"halt", simple(ShutdownMode::halt)},
          {"shutdown", [driver](program::Context& context) { return shutdown(driver, context); }}};
}

}  // namespace squall::guest
