// Any text as shutdown's time: none, or one that is neither past nor beyond a century.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "harness/guest/machine/power_commands.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace squall;
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (Time now : {Time{}, Time{std::chrono::seconds{1'717'401'599}}}) {
    auto delay = guest::shutdown_delay(text, now);
    if (delay && (*delay < Duration{0} || *delay > 24h * 366 * 100)) std::abort();
  }
  return 0;
}
