// The server's configuration (vault/command/server/config.go, internalshared/configutil): HCL or JSON files,
// then environment variables. Values are read as loosely as Vault reads them ("true" is a boolean, 1 is a
// text).
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "emulator/world/disk.hpp"
#include "harness/vault/config/values.hpp"

namespace squall::vault {

struct ListenerConfig {
  std::string address = "127.0.0.1:8200", cluster_address;  // the latter empty: the next port
  bool tls_disable = false;
  std::string tls_cert_file, tls_key_file, tls_client_ca_file;
  bool tls_require_client_certificate = false;
  std::string tls_min_version, tls_max_version, proxy_protocol_behavior;  // checked where it starts to listen
  std::int64_t max_request_size = 32 << 20;
  std::int64_t max_request_duration_s = 90;  // shown; no request here lasts that long
};

// A user_lockout block; what it does not say is nothing.
struct UserLockoutConfig {
  std::optional<std::int64_t> threshold, duration_s, counter_reset_s;
  std::optional<bool> disabled;
};

// A block with a type: storage "file" {...}. Values that are not texts are as JSON, as Vault keeps them.
struct StanzaConfig {
  std::string type;
  std::map<std::string, std::string> values;
  std::string get(const std::string& key) const {
    const auto it = values.find(key);
    return it == values.end() ? std::string() : it->second;
  }
};

struct ServerConfig {
  std::string api_addr, cluster_addr, cluster_name, log_level, log_format, pid_file;
  bool cluster_addr_of_environment = false;  // which counts without HA too
  bool disable_mlock = false, disable_clustering = false, raw_storage_endpoint = false;
  std::string log_file, log_rotate_duration;
  std::int64_t log_rotate_bytes = 0, log_rotate_max_files = 0;
  // A telemetry stanza counts usage unless it says "none" (usage_gauge_period); nothing else of it is heeded.
  bool usage_gauges = false;
  std::int64_t default_lease_ttl_s = 0, max_lease_ttl_s = 0;  // 0: Vault's 32 days
  std::vector<ListenerConfig> listeners;
  std::optional<StanzaConfig> storage, ha_storage, service_registration;
  std::map<std::string, UserLockoutConfig> user_lockouts;  // by auth method, or "all"
  std::vector<StanzaConfig> seals;                         // disabled ones left out
  std::vector<std::string> unknown_fields;
  // Fields that Vault knows and that change nothing here ("telemetry"); the server warns of each.
  std::vector<std::string> without_effect;
};

// Where a listener listens for the cluster if it does not say: the next port.
std::string next_port(const std::string& address);

// A listener's block, the `index`-th; adds to the fields of `config` that nobody knows or that do nothing.
ListenerConfig parse_listener(const hcl::Block& block, std::size_t index, const std::string& file,
                              ServerConfig& config);
// "unknown or unsupported field bogus found in configuration at /etc/vault.hcl:7:1"
std::string unknown_field(const hcl::Item& item, const std::string& file);

// Adds what a file's text says to `config`; later files win. `name` is for messages.
void parse_config(const std::string& text, const std::string& name, ServerConfig& config);
// A file, or a directory's *.hcl and *.json files by name; messages call it `shown`, as the user did.
void load_config(world::Disk& disk, const std::string& path, const std::string& shown, ServerConfig& config);
// VAULT_API_ADDR (VAULT_REDIRECT_ADDR, VAULT_ADVERTISE_ADDR of old), VAULT_CLUSTER_ADDR, VAULT_LOG_LEVEL,
// VAULT_LOG_FORMAT; `env` answers an empty text for what is not set.
void apply_environment(const std::function<std::string(const std::string&)>& env, ServerConfig& config);

}  // namespace squall::vault
