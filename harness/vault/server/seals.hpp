// The seal that a configuration asks for (vault/command/server.go setSeal, internalshared/configutil/kms.go).
#pragma once
#include <memory>

#include "harness/program/program.hpp"
#include "harness/vault/config/server_config.hpp"
#include "harness/vault/seal/wrapper.hpp"

namespace squall::vault {

// Shamir without a seal stanza; "awskms" asks KMS for its key before it answers. Throws SealError.
world::Task<std::unique_ptr<Wrapper>> make_wrapper(program::Context& context, const ServerConfig& config);

}  // namespace squall::vault
