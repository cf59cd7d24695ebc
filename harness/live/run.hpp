// Runs a program of the world as this process: its standard streams, environment, signals and files.
#pragma once
#include <string>
#include <vector>

#include "harness/program/program.hpp"

namespace squall::live {

// Answers the program's exit status. `argv[0]` is the program's own name ("vault").
int run_program(const program::Program& program, std::vector<std::string> argv);

}  // namespace squall::live
