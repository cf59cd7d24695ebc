// Where the server's log lines go and how, by its configuration (vault/command/server.go configureLogging).
#pragma once
#include "harness/program/program.hpp"
#include "harness/vault/config/server_config.hpp"
#include "harness/vault/log/logger.hpp"

namespace squall::vault {

// What is logged before the banner is out, or before the text of what stopped the start, waits for it.
class LogGate {
 public:
  explicit LogGate(program::Context& context) : context_(context) {}
  void write(std::string_view line);
  void open();

 private:
  program::Context& context_;
  std::string held_;
  bool open_ = false;
};

// Logs through the gate to standard error and, at once, to the log file if there is one. Throws StartError.
Logger make_logger(program::Context& context, const ServerConfig& config, std::shared_ptr<LogGate> gate);

}  // namespace squall::vault
