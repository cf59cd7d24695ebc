// reboot, poweroff, halt and shutdown(8) of systemd 252, over the instance's service manager.
#pragma once
#include <map>
#include <optional>
#include <string>

#include "harness/guest/systemd/systemctl.hpp"
#include "harness/program/program.hpp"

namespace squall::guest {

// Until the time that shutdown(8) was given: "now", "+5" (minutes), "08:30"; nothing for a text that is no
// time.
std::optional<Duration> shutdown_delay(const std::string& text, Time now);

std::map<std::string, program::Program> power_commands(systemd::DriverSource driver);

}  // namespace squall::guest
