// cloud-init in a guest: runs the user data at boot, what is per instance once, what is per boot each time,
// and writes to /var/log/cloud-init-output.log and the console what it would.
#pragma once
#include <string>

#include "emulator/world/task.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {

// The whole of one boot's work; what is done once per instance is done on the first. Ends when the last
// script has.
world::Task<> run_cloud_init(Guest& guest);

// The file that `cloud-init status` and the end of a boot are known by.
inline constexpr char cloud_init_result[] = "/run/cloud-init/result.json";

}  // namespace squall::guest
