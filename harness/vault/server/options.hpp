// The command line of `vault server`.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/vault/config/server_config.hpp"

namespace squall::vault {

struct ServerOptions {
  std::vector<std::string> config_paths;
  std::string log_level, log_format, log_file, log_rotate_duration;  // empty: as configured
  std::optional<std::int64_t> log_rotate_bytes, log_rotate_max_files;
  bool dev = false;
  bool dev_no_store_token = false, dev_kv_v1 = false;
  std::string dev_root_token_id, dev_listen_address;
};

struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Flags as Go's flag package takes them: -config=x, -config x, --config=x, -dev, -dev=false. Some have
// variables of the environment behind them, which `env` reads (empty: not set). Throws UsageError.
ServerOptions parse_server_options(const std::vector<std::string>& args,
                                   const std::function<std::string(const std::string&)>& env);
// What the log's flags say comes before the configuration.
void apply_options(const ServerOptions& options, ServerConfig& config);

}  // namespace squall::vault
