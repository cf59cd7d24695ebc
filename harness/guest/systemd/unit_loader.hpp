// Finds a unit's files and makes its configuration of them (systemd.unit(5), "Unit File Load Path"): /etc
// over /run over /lib, templates, aliases, masks, .wants and .requires folders, drop-ins, default
// dependencies.
#pragma once
#include <string>
#include <vector>

#include "emulator/world/disk.hpp"
#include "harness/guest/systemd/unit_config.hpp"

namespace squall::guest::systemd {

// Where units lie, highest precedence first.
const std::vector<std::string>& unit_search_path();

struct FoundFile {
  std::string path;     // where the name was found: "/etc/systemd/system/foo@.service"
  std::string link;     // not empty: it is a symbolic link to that
  std::string content;  // of the file itself, links followed
  bool masked = false;  // a link to /dev/null, or empty
};
// The file that serves the name itself (no template look-up, no alias).
std::optional<FoundFile> find_unit_file(world::Disk& disk, const std::string& name);

struct LoadedUnit {
  UnitConfig config;
  std::vector<Message> messages;
};
// Always gives a configuration; load_state and load_error tell how it went.
LoadedUnit load_unit(world::Disk& disk, const std::string& name, const SpecifierContext& specifiers);

// True when a file of the unit, or the set of its drop-ins, is not what was read.
bool changed_on_disk(world::Disk& disk, const UnitConfig& config);

}  // namespace squall::guest::systemd
