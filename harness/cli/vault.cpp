// squall vault: the stand-in node and its command line as an ordinary process, in real time, on this
// machine's network and files.
#include <string>
#include <vector>

#include "harness/cli/commands.hpp"
#include "harness/live/run.hpp"
#include "harness/vault/cli/main.hpp"

namespace squall::cli {

int vault_command(int argc, char** argv) {
  return live::run_program(vault::main_program, std::vector<std::string>(argv, argv + argc));
}

}  // namespace squall::cli
