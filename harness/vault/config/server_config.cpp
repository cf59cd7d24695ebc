#include "harness/vault/config/server_config.hpp"

#include <charconv>
#include <set>

#include "emulator/base/time.hpp"
#include "harness/vault/config/known_fields.hpp"

namespace squall::vault {
namespace {

using hcl::Value;

bool to_bool(const Value& value) {
  const std::string& text = value.text;
  static const std::set<std::string> yes = {"1", "t", "T", "true", "TRUE", "True"};
  static const std::set<std::string> no = {"", "0", "f", "F", "false", "FALSE", "False"};
  if (yes.contains(text)) return true;
  if (no.contains(text)) return false;
  throw ConfigError("cannot parse '' as bool: strconv.ParseBool: parsing \"" + text + "\": invalid syntax");
}

std::int64_t to_integer(const Value& value, const std::string& field) {
  std::int64_t number = 0;
  const std::string& text = value.text;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size())
    throw ConfigError("error parsing '" + field + "': cannot parse value from \"" + text + "\"");
  return number;
}

// "768h", or a number of seconds.
std::int64_t to_seconds(const Value& value) {
  const std::string& text = value.text;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc{} && end == text.data() + text.size()) return seconds;
  const std::optional<Duration> duration = base::parse_go_duration(text);
  if (!duration) throw ConfigError("time: invalid duration \"" + text + "\"");
  return std::chrono::duration_cast<std::chrono::seconds>(*duration).count();
}

std::int64_t to_size(const Value& value, const std::string& what) {
  std::int64_t number = 0;
  const std::string& text = value.text;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size())
    throw ConfigError(what + ": strconv.ParseInt: parsing \"" + text + "\": invalid syntax");
  return number;
}

std::string json_text(const Value& value) {
  if (value.kind == Value::Kind::list) {
    std::string out = "[";
    for (const Value& element : value.elements) out += (out.size() > 1 ? "," : "") + json_text(element);
    return out + "]";
  }
  if (value.kind == Value::Kind::object) {
    std::string out = "{";
    for (const hcl::Item& item : value.items)
      out += (out.size() > 1 ? ",\"" : "\"") + item.keys[0] + "\":" + json_text(item.value);
    return out + "}";
  }
  if (value.kind != Value::Kind::string) return value.text;
  std::string out = "\"";
  for (const char c : value.text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

StanzaConfig stanza(const hcl::Block& block) {
  StanzaConfig result{block.label, {}};
  for (const hcl::Item& item : block.body->items)
    result.values[item.keys[0]] =
        item.value.kind == Value::Kind::string ? item.value.text : json_text(item.value);
  return result;
}

void note_unknown(const hcl::Item& item, const std::string& file, ServerConfig& config) {
  config.unknown_fields.push_back("unknown or unsupported field " + item.keys[0] +
                                  " found in configuration at " + file + ":" + item.position.text());
}

ListenerConfig parse_listener(const hcl::Block& block, std::size_t index, const std::string& file,
                              ServerConfig& config) {
  if (block.label != "tcp" && block.label != "unix")
    throw ConfigError("error parsing 'listener': listeners." + std::to_string(index) +
                      ": unsupported listener type \"" + block.label + "\"");
  if (block.label == "unix")
    throw ConfigError("the Squall stand-in does not serve listeners of type \"unix\"");
  ListenerConfig listener;
  const std::string where = "error parsing 'listener': listeners." + std::to_string(index) + " ";
  for (const hcl::Item& item : block.body->items) {
    const std::string& key = item.keys[0];
    const Value& value = item.value;
    const auto flag = [&] {
      try {
        return to_bool(value);
      } catch (const ConfigError& error) {
        throw ConfigError(where + "invalid value for " + key + ": " + error.what());
      }
    };
    if (key == "address")
      listener.address = value.text;
    else if (key == "cluster_address")
      listener.cluster_address = value.text;
    else if (key == "tls_disable")
      listener.tls_disable = flag();
    else if (key == "tls_cert_file")
      listener.tls_cert_file = value.text;
    else if (key == "tls_key_file")
      listener.tls_key_file = value.text;
    else if (key == "tls_client_ca_file")
      listener.tls_client_ca_file = value.text;
    else if (key == "tls_require_and_verify_client_cert")
      listener.tls_require_client_certificate = flag();
    else if (key == "max_request_size")
      listener.max_request_size = to_size(value, where + "error parsing " + key);
    else if (!knows_listener_field(key))
      note_unknown(item, file, config);
    else
      config.without_effect.push_back("listener: " + key);
  }
  if (listener.address.find(':') == std::string::npos) listener.address += ":8200";
  if (listener.cluster_address.empty()) listener.cluster_address = next_port(listener.address);
  return listener;
}

void parse_storage(const Value& root, const char* name, const char* old_name,
                   std::optional<StanzaConfig>& out) {
  std::vector<hcl::Block> found = hcl::blocks(root, name);
  if (found.empty()) found = hcl::blocks(root, old_name);
  if (found.empty()) return;
  if (found.size() > 1)
    throw ConfigError("error parsing '" + std::string(name) + "': only one \"" + name +
                      "\" block is permitted");
  out = stanza(found[0]);
}

void parse_top_level(const hcl::Item& item, const std::string& file, ServerConfig& config) {
  const std::string& key = item.keys[0];
  const Value& value = item.value;
  if (key == "api_addr")
    config.api_addr = value.text;
  else if (key == "cluster_addr")
    config.cluster_addr = value.text;
  else if (key == "cluster_name")
    config.cluster_name = value.text;
  else if (key == "log_level")
    config.log_level = value.text;
  else if (key == "log_format")
    config.log_format = value.text;
  else if (key == "pid_file")
    config.pid_file = value.text;
  else if (key == "disable_mlock")
    config.disable_mlock = to_bool(value);
  else if (key == "disable_clustering")
    config.disable_clustering = to_bool(value);
  else if (key == "ui" || key == "enable_ui" || key == "disable_cache")
    to_bool(value);
  else if (key == "raw_storage_endpoint")
    config.raw_storage_endpoint = to_bool(value);
  else if (key == "default_lease_ttl")
    config.default_lease_ttl_s = std::max(config.default_lease_ttl_s, to_seconds(value));
  else if (key == "max_lease_ttl")
    config.max_lease_ttl_s = std::max(config.max_lease_ttl_s, to_seconds(value));
  else if (key == "log_file")
    config.log_file = value.text;
  else if (key == "log_rotate_duration")
    config.log_rotate_duration = value.text;
  else if (key == "log_rotate_bytes")
    config.log_rotate_bytes = to_integer(value, key);
  else if (key == "log_rotate_max_files")
    config.log_rotate_max_files = to_integer(value, key);
  else if (!knows_top_level_field(key))
    note_unknown(item, file, config);
  else if (key == "entropy" || key == "kms")
    throw ConfigError("the Squall stand-in does not serve \"" + key + "\"");
  else if (item.value.kind != Value::Kind::object && !has_silent_field(key))
    config.without_effect.push_back(key);
  else if (key == "telemetry" || key == "user_lockout")
    config.without_effect.push_back(key);
}

}  // namespace

std::string next_port(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) return address + ":8201";
  int port = 0;
  std::from_chars(address.data() + colon + 1, address.data() + address.size(), port);
  return address.substr(0, colon + 1) + std::to_string(port + 1);
}

void parse_config(const std::string& text, const std::string& name, ServerConfig& config) {
  Value root;
  try {
    root = hcl::parse(text);
  } catch (const hcl::ParseError& error) {
    throw ConfigError(error.what());
  }
  for (const hcl::Item& item : root.items) parse_top_level(item, name, config);
  for (const hcl::Block& telemetry : hcl::blocks(root, "telemetry")) {
    const Value* period = telemetry.body->find("usage_gauge_period");
    config.usage_gauges = period == nullptr || period->text != "none";
  }
  parse_storage(root, "storage", "backend", config.storage);
  parse_storage(root, "ha_storage", "ha_backend", config.ha_storage);
  parse_storage(root, "service_registration", "service_registration", config.service_registration);
  const std::vector<hcl::Block> seals = hcl::blocks(root, "seal");
  for (const hcl::Block& block : seals) {
    const Value* disabled = block.body->find("disabled");
    if (disabled == nullptr || !to_bool(*disabled)) config.seals.push_back(stanza(block));
  }
  if (config.seals.size() > 1) throw ConfigError("seals: two seals provided but neither is disabled");
  std::size_t index = 0;
  for (const hcl::Block& block : hcl::blocks(root, "listener"))
    config.listeners.push_back(parse_listener(block, index++, name, config));
}

void load_config(world::Disk& disk, const std::string& path, const std::string& shown, ServerConfig& config) {
  std::optional<std::string> text;
  try {
    text = disk.read(path);
  } catch (const world::DiskError&) {  // a directory
  }
  if (text) return parse_config(*text, shown, config);
  if (!disk.exists(path)) throw ConfigError("stat " + shown + ": no such file or directory");
  for (const std::string& name : disk.list(path)) {
    if (!name.ends_with(".hcl") && !name.ends_with(".json")) continue;
    const auto below = [&name](const std::string& directory) {
      return directory + (directory.ends_with('/') ? "" : "/") + name;
    };
    if (const std::optional<std::string> part = disk.read(below(path)))
      parse_config(*part, below(shown), config);
  }
}

void apply_environment(const std::function<std::string(const std::string&)>& env, ServerConfig& config) {
  for (const char* name : {"VAULT_ADVERTISE_ADDR", "VAULT_REDIRECT_ADDR", "VAULT_API_ADDR"})
    if (const std::string value = env(name); !value.empty()) config.api_addr = value;
  if (const std::string value = env("VAULT_CLUSTER_ADDR"); !value.empty()) config.cluster_addr = value;
  if (const std::string value = env("VAULT_LOG_LEVEL"); !value.empty()) config.log_level = value;
  if (const std::string value = env("VAULT_LOG_FORMAT"); !value.empty()) config.log_format = value;
  if (const std::string value = env("VAULT_DISABLE_MLOCK"); !value.empty())
    config.disable_mlock = value == "true" || value == "1";
}

}  // namespace squall::vault
