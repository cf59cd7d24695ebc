// The subcommands of `squall`, one file each. `run` gets the line from the subcommand's own name on and
// answers the exit status: 0 held, 1 an invariant broke, 2 inconclusive, 3 did not converge in time, 64
// usage, 70 a fault of Squall itself.
#pragma once
#include <span>

namespace squall::cli {

inline constexpr int exit_usage = 64;  // as sysexits.h
inline constexpr int exit_fault = 70;

struct Command {
  const char* name;
  const char* summary;
  int (*run)(int argc, char** argv);
};

std::span<const Command> commands();

int run_command(int argc, char** argv);
int serve_command(int argc, char** argv);
int vault_command(int argc, char** argv);

}  // namespace squall::cli
