// Dev mode (vault/command/server.go enableDev, initDevCore; command/server/config.go DevConfig): a node in
// memory, initialised and unsealed with one key share, with a root token of one's choice and kv at secret/.
#pragma once
#include "harness/program/program.hpp"
#include "harness/vault/config/server_config.hpp"
#include "harness/vault/core/core.hpp"
#include "harness/vault/server/options.hpp"

namespace squall::vault {

// What files are read on top of.
ServerConfig dev_config(const ServerOptions& options);

struct DevNode {
  std::vector<std::string> shares, recovery_shares;  // raw bytes; one of them has one share
  std::string root_token;
};
// Throws StartError. Keeps the root token in ~/.vault-token unless that is not wanted.
world::Task<DevNode> set_up_dev(program::Context& context, Core& core, const ServerOptions& options);

// What is printed once the log has been quiet for that long.
inline constexpr Duration dev_quiet_time = std::chrono::milliseconds{100};
std::string dev_warning(const DevNode& node, const std::string& address);

}  // namespace squall::vault
