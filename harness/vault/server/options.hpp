// The command line of `vault server`.
#pragma once
#include <stdexcept>
#include <string>
#include <vector>

namespace squall::vault {

struct ServerOptions {
  std::vector<std::string> config_paths;
  std::string log_level, log_format;  // empty: as configured
};

struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Flags as Go's flag package takes them: -config=x, -config x, --config=x. Throws UsageError.
ServerOptions parse_server_options(const std::vector<std::string>& args);

}  // namespace squall::vault
