// The times of a guest's files. The kernel stamps a file with the host's clock; here the stamps are found and
// replaced by the world's time. What a process sees of a file that was written since is the preload library's
// (agent/preload_times.c).
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "emulator/base/time.hpp"

namespace squall::guest {

// The host's clock in nanoseconds since 1970, no later than a stamp that the kernel gives from now on. For
// telling stamps apart only.
std::int64_t host_clock_ns();

// Gives everything in `folder` that was stamped since `since_ns` the time `when`. Answers the paths of the
// regular files among it, below the folder ("/etc/hosts"), in order.
std::vector<std::string> replace_stamps(const std::filesystem::path& folder, std::int64_t since_ns,
                                        Time when);

// An open file gets the time `when`.
void set_time(int fd, Time when);

}  // namespace squall::guest
