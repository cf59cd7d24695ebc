// Commands of a distribution's images that are shell scripts, or come to so little on this machine that a
// shell script tells it all.
#pragma once
#include <filesystem>

#include "harness/guest/system.hpp"

namespace squall::guest {

// Writes them below `root`, the folder of that system's layer.
void write_system_scripts(const std::filesystem::path& root, System system);

}  // namespace squall::guest
