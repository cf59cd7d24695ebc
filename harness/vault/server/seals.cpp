#include "harness/vault/server/seals.hpp"

namespace squall::vault {

world::Task<std::unique_ptr<Wrapper>> make_wrapper(program::Context& context, const ServerConfig& config) {
  if (config.seals.empty() || config.seals[0].type == "shamir") {
    std::unique_ptr<Wrapper> shamir = std::make_unique<ShamirWrapper>(context.entropy());
    co_return shamir;
  }
  throw SealError("Unknown KMS type \"" + config.seals[0].type + "\"");
}

}  // namespace squall::vault
