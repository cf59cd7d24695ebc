#include "harness/vault/server/options.hpp"

#include <algorithm>
#include <charconv>
#include <map>

namespace squall::vault {
namespace {

constexpr std::string_view unserved[] = {
    "dev-tls",           "dev-tls-cert-dir", "dev-plugin-dir",     "dev-plugin-init",      "dev-ha",
    "dev-transactional", "dev-latency",      "dev-latency-jitter", "dev-leased-kv",        "dev-auto-seal",
    "dev-skip-init",     "dev-three-node",   "dev-four-cluster",   "dev-consul",           "dev-cluster-json",
    "combine-logs",      "recovery",         "experiment",         "exit-on-core-shutdown"};

bool go_bool(const std::string& value, const std::string& name) {
  for (const char* yes : {"1", "t", "T", "true", "TRUE", "True"})
    if (value == yes) return true;
  for (const char* no : {"0", "f", "F", "false", "FALSE", "False"})
    if (value == no) return false;
  throw UsageError("invalid boolean value \"" + value + "\" for -" + name +
                   ": strconv.ParseBool: parsing \"" + value + "\": invalid syntax");
}

std::int64_t go_integer(const std::string& value, const std::string& name) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || end != value.data() + value.size())
    throw UsageError("invalid value \"" + value + "\" for flag -" + name + ": strconv.ParseInt: parsing \"" +
                     value + "\": invalid syntax");
  return number;
}

}  // namespace

ServerOptions parse_server_options(const std::vector<std::string>& args,
                                   const std::function<std::string(const std::string&)>& env) {
  ServerOptions options;
  options.dev_root_token_id = env("VAULT_DEV_ROOT_TOKEN_ID");
  options.dev_listen_address = env("VAULT_DEV_LISTEN_ADDRESS");
  const std::map<std::string, std::string*> texts = {{"log-level", &options.log_level},
                                                     {"log-format", &options.log_format},
                                                     {"log-file", &options.log_file},
                                                     {"log-rotate-duration", &options.log_rotate_duration},
                                                     {"dev-root-token-id", &options.dev_root_token_id},
                                                     {"dev-listen-address", &options.dev_listen_address}};
  const std::map<std::string, std::optional<std::int64_t>*> numbers = {
      {"log-rotate-bytes", &options.log_rotate_bytes},
      {"log-rotate-max-files", &options.log_rotate_max_files}};
  const std::map<std::string, bool*> switches = {{"dev", &options.dev},
                                                 {"dev-no-store-token", &options.dev_no_store_token},
                                                 {"dev-kv-v1", &options.dev_kv_v1}};
  for (std::size_t i = 0; i < args.size(); ++i) {
    std::string word = args[i];
    if (!word.starts_with('-')) continue;  // as Vault: words that are not flags are passed over
    word.erase(0, word.starts_with("--") ? 2 : 1);
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    if (std::find(std::begin(unserved), std::end(unserved), name) != std::end(unserved))
      throw UsageError("the Squall stand-in does not serve the flag -" + name);
    if (const auto found = switches.find(name); found != switches.end()) {
      *found->second = equals == std::string::npos || go_bool(word.substr(equals + 1), name);
      continue;
    }
    const auto text = texts.find(name);
    const auto number = numbers.find(name);
    if (name != "config" && text == texts.end() && number == numbers.end())
      throw UsageError("flag provided but not defined: -" + name);
    if (equals == std::string::npos && i + 1 == args.size())
      throw UsageError("flag needs an argument: -" + name);
    const std::string value = equals == std::string::npos ? args[++i] : word.substr(equals + 1);
    if (name == "config") options.config_paths.push_back(value);
    if (text != texts.end()) *text->second = value;
    if (number != numbers.end()) *number->second = go_integer(value, name);
  }
  // A form of dev mode asks for dev mode (server.go Run).
  options.dev = options.dev || options.dev_kv_v1;
  return options;
}

void apply_options(const ServerOptions& options, ServerConfig& config) {
  const std::initializer_list<std::pair<const std::string*, std::string*>> texts = {
      {&options.log_level, &config.log_level},
      {&options.log_format, &config.log_format},
      {&options.log_file, &config.log_file},
      {&options.log_rotate_duration, &config.log_rotate_duration}};
  for (const auto& [flag, field] : texts)
    if (!flag->empty()) *field = *flag;
  config.log_rotate_bytes = options.log_rotate_bytes.value_or(config.log_rotate_bytes);
  config.log_rotate_max_files = options.log_rotate_max_files.value_or(config.log_rotate_max_files);
}

}  // namespace squall::vault
