#include "harness/vault/config/server_config.hpp"

#include <charconv>
#include <set>

#include "emulator/base/ascii.hpp"
#include "harness/vault/config/known_fields.hpp"

namespace squall::vault {
namespace {

using hcl::Value;

// Top-level fields that must be of a kind, whether they do anything here or not.
const std::set<std::string> switches = {"ui",
                                        "enable_ui",
                                        "disable_cache",
                                        "disable_printable_check",
                                        "introspection_endpoint",
                                        "disable_performance_standby",
                                        "disable_sealwrap",
                                        "disable_indexing",
                                        "enable_response_header_hostname",
                                        "enable_response_header_raft_node_id"};
const std::set<std::string> numbers = {"cache_size", "plugin_file_uid"};
const std::set<std::string> block_names = {"storage", "backend",  "ha_storage",          "ha_backend",
                                           "seal",    "listener", "service_registration"};

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

// A block without a label is of its own name's type.
StanzaConfig stanza(const hcl::Block& block, const std::string& name) {
  StanzaConfig result{block.label.empty() ? name : block.label, {}};
  for (const hcl::Item& item : block.body->items)
    result.values[item.keys[0]] =
        item.value.kind == Value::Kind::string ? item.value.text : json_text(item.value);
  return result;
}

void parse_storage(const Value& root, const char* name, const char* old_name,
                   std::optional<StanzaConfig>& out) {
  std::vector<hcl::Block> found = hcl::blocks(root, name);
  if (found.empty()) found = hcl::blocks(root, old_name);
  if (found.empty()) return;
  if (found.size() > 1)
    throw ConfigError("error parsing '" + std::string(name) + "': only one \"" + name +
                      "\" block is permitted");
  out = stanza(found[0], name);
}

void check_experiments(const Value& names) {
  std::string wrong;
  for (const Value& name : names.elements)
    if (name.text != "events.alpha1") wrong += (wrong.empty() ? "" : ", ") + name.text;
  if (!wrong.empty())
    throw ConfigError(
        "error validating experiment(s) from config: valid experiment(s) are events.alpha1, but "
        "received the following invalid experiment(s): " +
        wrong);
}

// Lockout of users who give wrong passwords; what is wrong is refused in the original's order.
void parse_user_lockout(const hcl::Block& block, std::size_t index, ServerConfig& config) {
  const std::string where = "error parsing 'user_lockout': user_lockouts." + std::to_string(index);
  const std::string type = base::ascii_lower(block.label);
  if (type.empty())
    throw ConfigError(
        where +
        ": auth type for user lockout must be specified, if it applies to all auth methods specify \"all\" ");
  if (type != "all" && type != "ldap" && type != "approle" && type != "userpass")
    throw ConfigError(where + ": unsupported auth type \"" + type + "\"");
  UserLockoutConfig& lockout = config.user_lockouts[type];
  if (const Value* threshold = block.body->find("lockout_threshold")) {
    const bool digits = threshold->text.find_first_not_of("0123456789") == std::string::npos;
    if (!digits || threshold->text.empty() || threshold->text.size() > 18)
      throw ConfigError(where + " error parsing lockout_threshold: strconv.ParseUint: parsing \"" +
                        threshold->text + "\": invalid syntax");
    lockout.threshold = to_integer(*threshold);
  }
  for (const auto& [name, member] : {std::pair{"lockout_duration", &lockout.duration_s},
                                     std::pair{"lockout_counter_reset", &lockout.counter_reset_s}}) {
    const Value* value = block.body->find(name);
    if (value == nullptr) continue;
    try {
      *member = to_seconds(*value);
    } catch (const ConfigError& error) {
      throw ConfigError(where + " error parsing " + name + ": " + error.what());
    }
    if (**member < 0) throw ConfigError(where + " " + name + " cannot be negative");
  }
  if (const Value* disabled = block.body->find("disable_lockout")) {
    try {
      lockout.disabled = to_bool(*disabled);
    } catch (const ConfigError& error) {
      throw ConfigError(where + " invalid value for disable_lockout: " + error.what());
    }
  }
}

void parse_top_level(const hcl::Item& item, const std::string& file, ServerConfig& config) {
  const std::string& key = item.keys[0];
  const Value& value = item.value;
  if (switches.contains(key)) to_bool(value);
  if (numbers.contains(key)) to_integer(value);
  if (key == "default_max_request_duration") to_seconds(value);
  if (key == "experiments") check_experiments(value);
  if (block_names.contains(key) && value.kind != Value::Kind::object && value.kind != Value::Kind::list)
    throw ConfigError("error parsing '" + key + "': " + key + "." + key + ": At " + value.position.text() +
                      ": root: not an object type for map (*ast.LiteralType)");
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
    config.log_rotate_bytes = to_integer(value);
  else if (key == "log_rotate_max_files")
    config.log_rotate_max_files = to_integer(value);
  else if (!knows_top_level_field(key))
    config.unknown_fields.push_back(unknown_field(item, file));
  else if (key == "entropy" || key == "kms")
    throw ConfigError("the Squall stand-in does not serve \"" + key + "\"");
  else if (key == "telemetry" || (!block_names.contains(key) && !has_silent_field(key)))
    config.without_effect.push_back(key);
}

}  // namespace

std::string unknown_field(const hcl::Item& item, const std::string& file) {
  return "unknown or unsupported field " + item.keys[0] + " found in configuration at " + file + ":" +
         item.position.text();
}

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
    const Value* retention = telemetry.body->find("prometheus_retention_time");
    try {
      if (retention != nullptr) to_seconds(*retention);
    } catch (const ConfigError& error) {
      throw ConfigError(std::string("error parsing 'telemetry': ") + error.what());
    }
    config.usage_gauges = period == nullptr || period->text != "none";
  }
  parse_storage(root, "storage", "backend", config.storage);
  parse_storage(root, "ha_storage", "ha_backend", config.ha_storage);
  parse_storage(root, "service_registration", "service_registration", config.service_registration);
  const std::vector<hcl::Block> seals = hcl::blocks(root, "seal");
  for (const hcl::Block& block : seals) {
    const Value* disabled = block.body->find("disabled");
    try {
      if (disabled == nullptr || !to_bool(*disabled)) config.seals.push_back(stanza(block, "seal"));
    } catch (const ConfigError& error) {
      throw ConfigError("error parsing 'seal': seal." + block.label + ": " + error.what());
    }
  }
  if (config.seals.size() > 1) throw ConfigError("seals: two seals provided but neither is disabled");
  std::size_t index = 0;
  for (const hcl::Block& block : hcl::blocks(root, "user_lockout"))
    parse_user_lockout(block, index++, config);
  index = 0;
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
  if (const std::string value = env("VAULT_CLUSTER_ADDR"); !value.empty()) {
    config.cluster_addr = value;
    config.cluster_addr_of_environment = true;
  }
  if (const std::string value = env("VAULT_LOG_LEVEL"); !value.empty()) config.log_level = value;
  if (const std::string value = env("VAULT_LOG_FORMAT"); !value.empty()) config.log_format = value;
}

}  // namespace squall::vault
