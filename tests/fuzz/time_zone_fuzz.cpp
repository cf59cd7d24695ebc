// Any bytes as the file that tells local time: it is one, or local time is UTC.
#include <cstdint>
#include <cstdlib>

#include "harness/guest/time_zone.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace squall;
  const guest::TimeZone zone(std::string_view(reinterpret_cast<const char*>(data), size));
  for (Time when : {Time{}, Time{std::chrono::seconds{1'717'401'600}}, Time::max()})
    if (zone.at(when).name.size() > size + 3) std::abort();
  return 0;
}
