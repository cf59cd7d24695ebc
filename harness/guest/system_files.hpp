// The files of a freshly installed machine that scripts read: accounts, os-release, hosts, login defaults.
#pragma once
#include <filesystem>

#include "harness/guest/system.hpp"

namespace squall::guest {

// Writes them below `root`, which need not exist.
void write_system_files(const std::filesystem::path& root, System system);

}  // namespace squall::guest
