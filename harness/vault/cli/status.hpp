// What `vault status` and `vault operator unseal` print of sys/seal-status and sys/leader.
#pragma once
#include "harness/vault/cli/client.hpp"

namespace squall::vault::cli {

// Asks sys/leader, then prints both. Answers 0, or 1 when sys/leader fails.
world::Task<int> show_seal_status(Session& session, Client& client, Value status);

}  // namespace squall::vault::cli
