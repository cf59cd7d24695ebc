// pip and pip3, as far as bootstraps install programs with them.
#pragma once
#include <map>
#include <string>

#include "harness/guest/guest.hpp"

namespace squall::guest {

// "pip", "pip3"; the package python3-pip puts them on the disk.
std::map<std::string, program::Program> pip_commands(Guest& guest);

}  // namespace squall::guest
