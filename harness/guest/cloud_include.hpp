// #include lists of user data: what each address answers is user data in turn. Follows cloud-init's
// user_data.py: ten more tries a second apart, five seconds each.
#pragma once
#include <string>
#include <vector>

#include "emulator/world/task.hpp"
#include "harness/guest/user_data.hpp"

namespace squall::guest {

class Guest;

struct GatheredParts {
  std::vector<UserDataPart> parts;    // in order, without the lists themselves
  std::vector<std::string> problems;  // one per address that could not be had
};
// Takes user data apart, with what its lists name. `bytes` is what RunInstances was given.
world::Task<GatheredParts> gather_parts(Guest& guest, std::string bytes);

// The addresses of one list: a line each, comments left out, "#include" before an address allowed.
std::vector<std::string> included_addresses(const std::string& list);

}  // namespace squall::guest
