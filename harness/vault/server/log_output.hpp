// Where the server's log lines go and how, by its configuration (vault/command/server.go configureLogging).
#pragma once
#include "harness/program/program.hpp"
#include "harness/vault/config/server_config.hpp"
#include "harness/vault/log/logger.hpp"

namespace squall::vault {

// Standard error, and the log file if there is one. Throws StartError.
Logger make_logger(program::Context& context, const ServerConfig& config);

}  // namespace squall::vault
