// `vault server` (vault/command/server.go): configuration, storage, seal, core, listeners; the banner; the
// unseal loop; signals to an orderly end.
#pragma once
#include <string>
#include <vector>

#include "harness/program/program.hpp"

namespace squall::vault {

// `args` are the words after "server". Answers the exit status: 0 after an orderly end, 1 when it could not
// start. The node is the stand-in's: its banner says so.
world::Task<int> server_program(program::Context& context, std::vector<std::string> args);

}  // namespace squall::vault
