// What `squall serve` logs: one line per event on standard error, by spdlog, which stays in logging.cpp.
#pragma once
#include <string>

#include "emulator/gateway/journal.hpp"

namespace squall::cli {

// "error" or "debug"; only lines of that level and above are written.
void start_logging(const std::string& level);
// At debug: "kms:Encrypt 200 by arn:..."; a failure inside Squall is an error.
void log_call(const gateway::Call& call);

}  // namespace squall::cli
