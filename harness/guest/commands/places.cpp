// Which commands there are, where, and on which systems from the start.
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {

std::map<std::string, program::Program> own_commands(Guest&) { return {{"sleep", sleep_command()}}; }

std::map<std::string, std::string> command_places(System, bool) {
  return {{"sleep", "/usr/bin"},
          {"sudo", "/usr/bin"},
          {"su", "/usr/bin"},
          {"runuser", "/usr/sbin"},
          {"timeout", "/usr/bin"}};
}

}  // namespace squall::guest
