// Autopilot's configuration as Vault 1.14 keeps it (physical/raft/raft_autopilot.go, AutopilotConfig) and as
// PUT sys/storage/raft/autopilot/configuration changes it (vault/logical_system_raft.go).
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "emulator/base/time.hpp"

namespace squall::vault::autopilot {

// What is in effect on a node; the defaults are Vault's.
struct Config {
  bool cleanup_dead_servers = false;
  Duration last_contact_threshold = 10s;
  Duration dead_server_last_contact_threshold = 24h;
  std::uint64_t max_trailing_logs = 1000;
  std::uint64_t min_quorum = 0;  // unsigned as in Vault: a negative number becomes a huge one
  Duration server_stabilization_time = 10s;

  bool operator==(const Config&) const = default;
};

// What operators have set, request after request: Vault stores this and nothing else, so that a default that
// changes with a version reaches the clusters that never set it.
struct Settings {
  std::optional<bool> cleanup_dead_servers;
  Duration last_contact_threshold{};  // zero, here and below: not set
  Duration dead_server_last_contact_threshold{};
  std::uint64_t max_trailing_logs = 0;
  std::uint64_t min_quorum = 0;
  Duration server_stabilization_time{};

  bool operator==(const Settings&) const = default;
};

Config merged(Config config, const Settings& settings);

struct Change {
  Settings settings;   // the stored settings, with the request's over them
  Config effective;    // what the node works with from now on
  bool store = false;  // false: the request named nothing that Vault knows
};
// Members that autopilot does not know are ignored. Throws LogicalError 400 with Vault's texts.
Change apply_request(const nlohmann::json& body, Settings stored, const Config& effective);

// The data of GET sys/storage/raft/autopilot/configuration.
nlohmann::json to_json(const Config& config);
// The entry at core/raft/autopilot/configuration. settings_of throws std::runtime_error for an entry that no
// to_json wrote.
nlohmann::json to_json(const Settings& settings);
Settings settings_of(const nlohmann::json& entry);
// As "starting autopilot" and "updated autopilot configuration" print it.
std::string log_text(const Config& config);

}  // namespace squall::vault::autopilot
