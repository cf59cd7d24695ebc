// Any text as a crontab: each line is an entry that can be asked for any minute, or a mistake.
#include <cstdint>
#include <string>

#include "harness/guest/cron.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace squall::guest;
  std::string text(reinterpret_cast<const char*>(data), size);
  for (const char* user : {"", "root"}) {
    std::vector<std::string> mistakes;
    for (const CronEntry& entry : parse_crontab(text, user, mistakes)) {
      entry.due(squall::Time(std::chrono::hours(24 * 366)));
      if (entry.command.empty() || entry.user.empty()) __builtin_trap();
    }
  }
  return 0;
}
