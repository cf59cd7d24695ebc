// `vault -autocomplete-install` and -autocomplete-uninstall: the line of a shell's start-up file that asks
// Vault for completions (posener/complete 1, cmd/install). Bash and zsh; fish is not served.
#pragma once
#include "harness/program/program.hpp"

namespace squall::vault::cli {

// The exit status, when the arguments ask for one of the two.
std::optional<int> change_autocomplete(program::Context& context, const std::vector<std::string>& arguments);

}  // namespace squall::vault::cli
