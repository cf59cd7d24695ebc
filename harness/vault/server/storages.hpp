// The storage that a configuration asks for (vault/command/server.go setupStorage), and what Vault checks of
// the others before it would start them: a wrong stanza is refused in its words, a right one by name.
#pragma once
#include <memory>
#include <stdexcept>

#include "harness/program/program.hpp"
#include "harness/vault/config/server_config.hpp"
#include "harness/vault/storage/physical.hpp"

namespace squall::vault {

// Ends the start: the text goes to standard output, the exit status is 1.
struct StartError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Throws StartError. Nothing for storage that the core is to refuse (refuse_raft), after its other checks.
std::unique_ptr<Physical> make_storage(program::Context& context, const ServerConfig& config);
// Raft, once addresses are known: throws StartError, whatever they are.
[[noreturn]] void refuse_raft(const ServerConfig& config);

}  // namespace squall::vault
