// Log lines in the format of Vault's logger (github.com/hashicorp/go-hclog as Vault 1.14 sets it up): text
// lines, or one JSON object per line. Times are the world's.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/world/scheduler.hpp"

namespace squall::vault {

enum class LogLevel { trace, debug, info, warn, error };

// "trace", "debug", "info" (also "notice" and empty), "warn" ("warning"), "error" ("err"); nothing for
// others.
std::optional<LogLevel> parse_log_level(std::string_view text);

struct LogField {
  std::string key, value;
  std::string json;  // the value in JSON logs where it is not the plain string
};

class Logger {
 public:
  using Sink = std::function<void(std::string_view)>;  // gets whole lines, newline included
  Logger(world::Scheduler& scheduler, Sink sink, LogLevel level, bool json);

  Logger named(std::string_view part) const;  // "core" of "core.autoseal"
  void set_level(LogLevel level) const;       // of all loggers of this origin

  using Fields = std::vector<LogField>;
  void log(LogLevel level, std::string_view message, const Fields& fields = {}) const;
  void debug(std::string_view message, const Fields& fields = {}) const {
    log(LogLevel::debug, message, fields);
  }
  void info(std::string_view message, const Fields& fields = {}) const {
    log(LogLevel::info, message, fields);
  }
  void warn(std::string_view message, const Fields& fields = {}) const {
    log(LogLevel::warn, message, fields);
  }
  void error(std::string_view message, const Fields& fields = {}) const {
    log(LogLevel::error, message, fields);
  }

 private:
  struct Shared {
    world::Scheduler& scheduler;
    Sink sink;
    LogLevel level;
    bool json;
  };
  std::string text_line(LogLevel level, std::string_view message, const Fields& fields) const;
  std::string json_line(LogLevel level, std::string_view message, const Fields& fields) const;

  std::shared_ptr<Shared> shared_;
  std::string name_;
};

}  // namespace squall::vault
