// A line for the log, as autopilot hands it to who has the log.
#pragma once
#include <string>

#include "harness/vault/log/logger.hpp"

namespace squall::vault::autopilot {

struct LogLine {
  LogLevel level;
  std::string message;
  Logger::Fields fields;
};

}  // namespace squall::vault::autopilot
