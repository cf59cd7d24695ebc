// reboot, poweroff, halt and shutdown(8) of systemd 252, over the instance's service manager.
#pragma once
#include <map>
#include <string>

#include "harness/guest/systemd/systemctl.hpp"
#include "harness/program/program.hpp"

namespace squall::guest {

std::map<std::string, program::Program> power_commands(systemd::DriverSource driver);

}  // namespace squall::guest
