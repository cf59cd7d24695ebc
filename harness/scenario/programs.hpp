// Which programs the world answers for in guests, beside the guest's own commands, and what stands on the
// simulated internet: the one place where they are listed.
#pragma once
#include <map>
#include <string>

#include "harness/program/program.hpp"
#include "harness/sim/network.hpp"

namespace squall::scenario {

// aws, vault.
std::map<std::string, program::Program> world_programs();
// HashiCorp's releases and repositories, Debian's archive.
void add_internet(sim::SimNetwork& network);

}  // namespace squall::scenario
