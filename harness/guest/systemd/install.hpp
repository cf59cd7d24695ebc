// enable, disable, mask and their kin: links below /etc/systemd/system (systemctl(1), "Unit File Commands";
// src/shared/install.c). Works on files alone; what is loaded hears of it by a daemon-reload.
#pragma once
#include <string>
#include <vector>

#include "emulator/world/disk.hpp"

namespace squall::guest::systemd {

struct InstallOutcome {
  std::vector<std::string> lines;  // "Created symlink A → B.", `Removed "A".`, warnings: for stderr
  std::string error;               // "Unit file nosuch.service does not exist."; empty: it worked
  bool changed = false;
  bool nothing_to_install = false;  // no [Install] section in any of the units
};

// `runtime`: below /run instead of /etc.
InstallOutcome enable_units(world::Disk& disk, const std::vector<std::string>& names, bool runtime);
InstallOutcome disable_units(world::Disk& disk, const std::vector<std::string>& names, bool runtime);
InstallOutcome mask_units(world::Disk& disk, const std::vector<std::string>& names, bool runtime);
InstallOutcome unmask_units(world::Disk& disk, const std::vector<std::string>& names, bool runtime);
// Removes drop-ins and links that override a unit of the vendor.
InstallOutcome revert_units(world::Disk& disk, const std::vector<std::string>& names);

// "enabled", "disabled", "static", "masked", "linked", "indirect", "alias", "transient", ...; empty: no such
// file.
std::string unit_file_state(world::Disk& disk, const std::string& name);
// "enabled", Debian's preset for everything that can be enabled; empty where `systemctl status` shows none.
std::string unit_file_preset(world::Disk& disk, const std::string& name);
// Every unit file of the search path by name, sorted, the first folder's only.
std::vector<std::string> all_unit_files(world::Disk& disk);

}  // namespace squall::guest::systemd
