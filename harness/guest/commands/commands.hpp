// The commands that a guest has of its own, each a program of the world. Add one: a factory here, its name
// and folder in places.cpp, its file beside this one.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "harness/guest/image.hpp"
#include "harness/program/program.hpp"

namespace squall::guest {

class Guest;

// A command that is a function of the guest it runs in.
inline program::Program bind(Guest& guest, world::Task<int> (*run)(Guest&, program::Context&)) {
  return [&guest, run](program::Context& context) { return run(guest, context); };
}

std::map<std::string, program::Program> own_commands(Guest& guest);
// Name and folder of every command that is there from the start on such a system.
std::map<std::string, std::string> command_places(System system, bool workstation);

// Mounts what /etc/fstab asks for, as a boot does; answers mount's complaints.
std::vector<std::string> mount_all_volumes(Guest& guest);

program::Program sleep_command();
program::Program curl_command();
program::Program wget_command();
program::Program ping_command();
std::map<std::string, program::Program> identity_commands(Guest& guest);
std::map<std::string, program::Program> capability_commands(Guest& guest);
std::map<std::string, program::Program> address_commands(Guest& guest);
std::map<std::string, program::Program> socket_commands(Guest& guest);
// The other end of a program's own TCP connection (agent/preload_connect.c); no name in any folder.
program::Program tcp_bridge(Guest& guest);
std::map<std::string, program::Program> resolver_commands(Guest& guest);
std::map<std::string, program::Program> block_commands(Guest& guest);
std::map<std::string, program::Program> mkfs_commands(Guest& guest);
program::Program file_command(Guest& guest);
std::map<std::string, program::Program> mount_commands(Guest& guest);
std::map<std::string, program::Program> apt_commands(Guest& guest);
std::map<std::string, program::Program> apt_cache_commands(Guest& guest);
std::map<std::string, program::Program> rpm_commands(Guest& guest);
std::map<std::string, program::Program> yum_commands(Guest& guest);
std::map<std::string, program::Program> dpkg_commands(Guest& guest);
std::map<std::string, program::Program> gpg_commands(Guest& guest);
std::map<std::string, program::Program> apt_key_commands(Guest& guest);
std::map<std::string, program::Program> snap_commands(Guest& guest);
std::map<std::string, program::Program> trust_commands(Guest& guest);
std::map<std::string, program::Program> logging_commands(Guest& guest);
std::map<std::string, program::Program> cloud_init_commands(Guest& guest);
std::map<std::string, program::Program> sudo_commands(Guest& guest);
std::map<std::string, program::Program> module_commands(Guest& guest);
std::map<std::string, program::Program> kernel_setting_commands(Guest& guest);

// What /etc/modules-load.d and the kernel itself ask for.
void load_modules_at_boot(Guest& guest);
// What /etc/sysctl.conf and /etc/sysctl.d ask for.
void apply_settings_at_boot(Guest& guest);
bool module_is_loaded(Guest& guest, const std::string& name);

}  // namespace squall::guest
