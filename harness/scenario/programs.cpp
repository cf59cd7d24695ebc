#include "harness/scenario/programs.hpp"

#include "harness/vault/cli/main.hpp"

namespace squall::scenario {

std::map<std::string, program::Program> world_programs() { return {{"vault", vault::main_program}}; }

std::map<std::string, guest::Instance::PartsProgram> instance_programs() { return {}; }

void add_internet(sim::SimNetwork&) {}

}  // namespace squall::scenario
