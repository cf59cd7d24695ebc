// Unit files, drop-ins and environment files of any text: what is not understood is named, nothing crashes,
// and a calendar's next event is later than now.
#include <cstdint>
#include <cstdlib>

#include "harness/guest/systemd/directives.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace squall::guest::systemd;
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const char* name : {"x.service", "x.timer"}) {
    UnitFile file = parse_unit_file("/etc/systemd/system/x", text);
    UnitConfig config;
    config.id = name;
    SpecifierContext specifiers;
    specifiers.unit = name;
    if (!apply_settings(config, file, specifiers, file.messages) && file.messages.empty()) std::abort();
    const squall::Time now{std::chrono::seconds{1'795'314'286}};
    for (const TimerValue& value : config.timer.values)
      if (auto next = value.calendar ? value.calendar->next(now) : std::nullopt; next && *next <= now)
        std::abort();
    verify_unit(config);
  }
  std::vector<std::string> invalid;
  for (const auto& [key, value] : parse_environment_file(text, invalid))
    if (!valid_environment_name(key)) std::abort();
  return 0;
}
