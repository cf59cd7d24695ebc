// The files of a freshly installed machine that scripts read: accounts, os-release, hosts, login defaults.
#pragma once
#include <filesystem>
#include <string>

#include "harness/guest/system.hpp"

namespace squall::guest {

// Writes them below `root`, which need not exist.
void write_system_files(const std::filesystem::path& root, System system);
// The unit of a daemon that a bootstrap only enables and starts: what it runs waits to be stopped.
std::string daemon_unit(const std::string& description);

}  // namespace squall::guest
