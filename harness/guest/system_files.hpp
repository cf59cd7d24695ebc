// The files of a freshly installed machine that scripts read: accounts, os-release, hosts, login defaults.
#pragma once
#include <filesystem>

#include "harness/guest/image.hpp"

namespace squall::guest {

// Writes them below `root`, which need not exist.
void write_system_files(const std::filesystem::path& root, System system);
// The account that an image's users log in with: "ec2-user", "ubuntu", "admin".
const char* login_name(System system);

}  // namespace squall::guest
