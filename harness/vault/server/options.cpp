#include "harness/vault/server/options.hpp"

#include <algorithm>

namespace squall::vault {
namespace {

constexpr std::string_view unserved[] = {
    "dev",      "dev-tls",          "dev-root-token-id",     "dev-listen-address",
    "log-file", "log-rotate-bytes", "log-rotate-duration",   "log-rotate-max-files",
    "recovery", "experiment",       "exit-on-core-shutdown", "dev-no-store-token"};

}  // namespace

ServerOptions parse_server_options(const std::vector<std::string>& args) {
  ServerOptions options;
  for (std::size_t i = 0; i < args.size(); ++i) {
    std::string word = args[i];
    if (!word.starts_with('-')) continue;  // as Vault: words that are not flags are passed over
    const std::string shown = word;
    word.erase(0, word.starts_with("--") ? 2 : 1);
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    if (std::find(std::begin(unserved), std::end(unserved), name) != std::end(unserved))
      throw UsageError("the Squall stand-in does not serve the flag -" + name);
    if (name != "config" && name != "log-level" && name != "log-format")
      throw UsageError("flag provided but not defined: -" + name);
    std::string value;
    if (equals != std::string::npos) {
      value = word.substr(equals + 1);
    } else if (i + 1 < args.size()) {
      value = args[++i];
    } else {
      throw UsageError("flag needs an argument: -" + name);
    }
    if (name == "config") options.config_paths.push_back(value);
    if (name == "log-level") options.log_level = value;
    if (name == "log-format") options.log_format = value;
  }
  return options;
}

}  // namespace squall::vault
