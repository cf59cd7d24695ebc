// `vault`, every command line of it.
#pragma once
#include "harness/program/program.hpp"

namespace squall::vault {

// The stand-in's command line: argv[0] is the program's own name, the rest as typed. Answers the exit status.
world::Task<int> main_program(program::Context& context);

}  // namespace squall::vault
