// See power_commands.hpp. shutdown takes "now", "+5" or "hh:mm"; without a time it waits a minute, as logind
// does.
#include "harness/guest/machine/power_commands.hpp"

#include <charconv>

#include "emulator/world/await.hpp"
#include "harness/guest/commands/command_line.hpp"

namespace squall::guest {
namespace {

using systemd::ShutdownMode;

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
  const CommandLine line = read_command_line(
      context.invocation().argv, {"H,halt P,poweroff r,reboot h k K no-wall a F", "c show help t= f"}, "");
  if (!line.complaint.empty()) {
    context.err(line.complaint);
    co_return 1;
  }
  const ShutdownMode mode = line.has("reboot") ? ShutdownMode::reboot
                            : line.has("halt") ? ShutdownMode::halt
                                               : ShutdownMode::poweroff;
  const std::string when = line.operands.empty() ? "+1" : line.operands[0];
  auto delay = shutdown_delay(when, context.scheduler().now());
  if (!delay) {
    context.err("Failed to parse time specification: " + when + "\n");
    co_return 1;
  }
  if (line.has("k") || line.has("K")) co_return 0;  // only the warning, which nobody is there to see
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

// reboot, poweroff and halt, which are one program: options may change what its name means.
world::Task<int> switch_off(systemd::DriverSource source, ShutdownMode mode, program::Context& context) {
  const CommandLine line = read_command_line(
      context.invocation().argv,
      {"p,poweroff reboot halt w,wtmp-only d,no-wtmp no-wall n,no-sync", "f,force help"}, "");
  if (!line.complaint.empty()) {
    context.err(line.complaint);
    co_return 1;
  }
  if (line.has("wtmp-only")) co_return 0;  // a record of the reboot, and none
  if (line.has("halt")) mode = ShutdownMode::halt;
  if (line.has("reboot")) mode = ShutdownMode::reboot;
  if (line.has("poweroff")) mode = ShutdownMode::poweroff;
  co_return co_await go_down(source, mode, context);
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
    return [driver, mode](program::Context& context) { return switch_off(driver, mode, context); };
  };
  return {{"reboot", simple(ShutdownMode::reboot)},
          {"poweroff", simple(ShutdownMode::poweroff)},
          {"halt", simple(ShutdownMode::halt)},
          {"shutdown", [driver](program::Context& context) { return shutdown(driver, context); }}};
}

}  // namespace squall::guest
