// sleep(1) of coreutils 9.1: waits in the world's time. Several operands add up; suffixes s, m, h, d;
// "infinity".
#include <cmath>
#include <cstdlib>

#include "emulator/world/await.hpp"
#include "harness/guest/commands/commands.hpp"

namespace squall::guest {
namespace {

// Seconds; negative for a text that is no duration.
double seconds_of(const std::string& text) {
  char* end = nullptr;
  double value = std::strtod(text.c_str(), &end);
  std::string suffix = end;
  if (end == text.c_str() || value < 0 || std::isnan(value)) return -1;
  if (suffix.empty() || suffix == "s") return value;
  if (suffix == "m") return value * 60;
  if (suffix == "h") return value * 3600;
  return suffix == "d" ? value * 86400 : -1;
}

world::Task<int> run_sleep(program::Context& context) {
  const auto& argv = context.invocation().argv;
  constexpr double longest_s = 100.0 * 365 * 86400;  // what "infinity" comes to
  double total_s = 0;
  bool bad = false;
  if (argv.size() < 2) {
    context.err("sleep: missing operand\nTry 'sleep --help' for more information.\n");
    co_return 1;
  }
  for (std::size_t i = 1; i < argv.size(); ++i) {
    double seconds = seconds_of(argv[i]);
    if (seconds >= 0) {
      total_s += seconds;
      continue;
    }
    context.err("sleep: invalid time interval \xe2\x80\x98" + argv[i] + "\xe2\x80\x99\n");
    bad = true;
  }
  if (bad) {
    context.err("Try 'sleep --help' for more information.\n");
    co_return 1;
  }
  auto delay = std::chrono::duration<double>(std::min(total_s, longest_s));
  co_await world::sleep(context.scheduler(), std::chrono::duration_cast<Duration>(delay));
  co_return 0;
}

}  // namespace

program::Program sleep_command() { return run_sleep; }

}  // namespace squall::guest
