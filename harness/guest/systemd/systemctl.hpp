// systemctl(1), service(8) and systemd-run(1) of systemd 252, as programs of a guest over its Driver.
#pragma once
#include "harness/guest/systemd/driver.hpp"
#include "harness/program/program.hpp"

namespace squall::guest::systemd {

// Gives the guest's driver; null while the machine has no manager (late shutdown): "Failed to connect to
// bus".
using DriverSource = std::function<Driver*()>;

program::Program systemctl(DriverSource driver);
program::Program service_command(DriverSource driver);
program::Program systemd_run(DriverSource driver);

}  // namespace squall::guest::systemd
