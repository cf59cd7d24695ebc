// Commands of a distribution's images that are shell scripts, or come to so little on this machine that a
// shell script tells it all.
#pragma once
#include <filesystem>
#include <string>

#include "harness/guest/system.hpp"

namespace squall::guest {

// Writes them below `root`, the folder of that system's layer.
void write_system_scripts(const std::filesystem::path& root, System system);

// Those of them that are files in scripts/ (image_scripts.cpp).
void write_image_scripts(const std::filesystem::path& root, System system);
// The text of one. Throws std::logic_error for a name that is none.
const std::string& embedded_script(const std::string& name);

// `place` is relative to `root`; everybody may execute the file.
void put_script(const std::filesystem::path& root, const std::string& place, const std::string& text);

}  // namespace squall::guest
