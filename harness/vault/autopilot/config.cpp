#include "harness/vault/autopilot/config.hpp"

#include <nlohmann/json.hpp>

#include "harness/vault/logical/fields.hpp"

namespace squall::vault::autopilot {
namespace {

using nlohmann::json;

constexpr auto dead_threshold_least = 1min;
constexpr std::uint64_t min_quorum_least = 3;

// Go's %#v of a uint.
std::string hexadecimal(std::uint64_t number) {
  constexpr const char* digits = "0123456789abcdef";
  std::string text;
  do text.insert(text.begin(), digits[number % 16]);
  while ((number /= 16) != 0);
  return "0x" + text;
}

const Schema& request_members() {
  static const Schema members{{{"cleanup_dead_servers", FieldType::boolean},
                               {"last_contact_threshold", FieldType::seconds},
                               {"dead_server_last_contact_threshold", FieldType::seconds},
                               {"max_trailing_logs", FieldType::integer},
                               {"min_quorum", FieldType::integer},
                               {"server_stabilization_time", FieldType::seconds},
                               {"disable_upgrade_migration", FieldType::boolean}}};
  return members;
}

// Reads one member into `target`; true if it was there.
bool take(const json& body, const char* name, Duration& target) {
  auto seconds = seconds_field(body, name);
  if (seconds) target = std::chrono::seconds(*seconds);
  return seconds.has_value();
}

bool take(const json& body, const char* name, std::uint64_t& target) {
  auto number = integer_field(body, name);
  if (number) target = static_cast<std::uint64_t>(*number);
  return number.has_value();
}

// `dead_threshold_s`: as the request has it; the message shows Go's nil when it was set before.
void check(const Config& config, std::optional<std::int64_t> dead_threshold_s) {
  if (!config.cleanup_dead_servers) return;
  if (config.min_quorum < min_quorum_least)
    throw LogicalError(400,
                       "min_quorum must be set when cleanup_dead_servers is set and it should at least be 3; "
                       "cleanup_dead_servers: true, min_quorum: " +
                           hexadecimal(config.min_quorum));
  if (config.dead_server_last_contact_threshold < dead_threshold_least)
    throw LogicalError(400,
                       "dead_server_last_contact_threshold should not be set to less than 1m; received: " +
                           (dead_threshold_s ? std::to_string(*dead_threshold_s) : "<nil>"));
}

std::uint64_t count_of(const json& entry, const char* name) {
  const json& count = entry.at(name);
  if (!count.is_number_unsigned())
    throw std::runtime_error(std::string("autopilot configuration: ") + name + " is no count");
  return count.get<std::uint64_t>();
}

Duration duration_of(const json& entry, const char* name) {
  auto duration = base::parse_go_duration(entry.at(name).get<std::string>());
  if (!duration)
    throw std::runtime_error(std::string("autopilot configuration: ") + name + " is no duration");
  return *duration;
}

}  // namespace

Config merged(Config config, const Settings& settings) {
  auto set = [](auto& target, const auto& value) {
    if (value != std::decay_t<decltype(value)>{}) target = value;
  };
  if (settings.cleanup_dead_servers) config.cleanup_dead_servers = *settings.cleanup_dead_servers;
  set(config.last_contact_threshold, settings.last_contact_threshold);
  set(config.dead_server_last_contact_threshold, settings.dead_server_last_contact_threshold);
  set(config.max_trailing_logs, settings.max_trailing_logs);
  set(config.min_quorum, settings.min_quorum);
  set(config.server_stabilization_time, settings.server_stabilization_time);
  return config;
}

Change apply_request(const json& body, Settings stored, const Config& effective) {
  check_fields(body, request_members(), false);
  Change change{std::move(stored), {}, false};
  Settings& settings = change.settings;
  if (auto cleanup = boolean_field(body, "cleanup_dead_servers")) {
    settings.cleanup_dead_servers = cleanup;
    change.store = true;
  }
  change.store |= take(body, "last_contact_threshold", settings.last_contact_threshold);
  change.store |=
      take(body, "dead_server_last_contact_threshold", settings.dead_server_last_contact_threshold);
  change.store |= take(body, "max_trailing_logs", settings.max_trailing_logs);
  change.store |= take(body, "min_quorum", settings.min_quorum);
  change.store |= take(body, "server_stabilization_time", settings.server_stabilization_time);
  if (boolean_field(body, "disable_upgrade_migration"))
    throw LogicalError(400, "disable_upgrade_migration is only available in Vault Enterprise");
  change.effective = merged(effective, settings);
  check(change.effective, seconds_field(body, "dead_server_last_contact_threshold"));
  return change;
}

json to_json(const Config& config) {
  return {
      {"cleanup_dead_servers", config.cleanup_dead_servers},
      {"dead_server_last_contact_threshold", base::go_duration(config.dead_server_last_contact_threshold)},
      {"disable_upgrade_migration", false},  // Enterprise only
      {"last_contact_threshold", base::go_duration(config.last_contact_threshold)},
      {"max_trailing_logs", config.max_trailing_logs},
      {"min_quorum", config.min_quorum},
      {"server_stabilization_time", base::go_duration(config.server_stabilization_time)}};
}

json to_json(const Settings& settings) {
  // 0 unset, 1 true, 2 false: Go's zero value of a bool could not say "unset".
  const unsigned cleanup = settings.cleanup_dead_servers ? (*settings.cleanup_dead_servers ? 1 : 2) : 0;
  return {
      {"cleanup_dead_servers", false},
      {"cleanup_dead_servers_value", cleanup},
      {"last_contact_threshold", base::go_duration(settings.last_contact_threshold)},
      {"dead_server_last_contact_threshold", base::go_duration(settings.dead_server_last_contact_threshold)},
      {"max_trailing_logs", settings.max_trailing_logs},
      {"min_quorum", settings.min_quorum},
      {"server_stabilization_time", base::go_duration(settings.server_stabilization_time)},
      {"disable_upgrade_migration", false},  // Enterprise only, as are the tags
      {"redundancy_zone_tag", ""},
      {"upgrade_version_tag", ""}};
}

Settings settings_of(const json& entry) {
  Settings settings;
  try {
    const std::uint64_t cleanup = count_of(entry, "cleanup_dead_servers_value");
    if (cleanup != 0) settings.cleanup_dead_servers = cleanup == 1;
    settings.last_contact_threshold = duration_of(entry, "last_contact_threshold");
    settings.dead_server_last_contact_threshold = duration_of(entry, "dead_server_last_contact_threshold");
    settings.max_trailing_logs = count_of(entry, "max_trailing_logs");
    settings.min_quorum = count_of(entry, "min_quorum");
    settings.server_stabilization_time = duration_of(entry, "server_stabilization_time");
  } catch (const json::exception& problem) {
    throw std::runtime_error(std::string("autopilot configuration: ") + problem.what());
  }
  return settings;
}

std::string log_text(const Config& config) {
  return std::string("&{") + (config.cleanup_dead_servers ? "true" : "false") + " 0 " +
         base::go_duration(config.last_contact_threshold) + ' ' +
         base::go_duration(config.dead_server_last_contact_threshold) + ' ' +
         std::to_string(config.max_trailing_logs) + ' ' + std::to_string(config.min_quorum) + ' ' +
         base::go_duration(config.server_stabilization_time) + " false redundancy_zone upgrade_version}";
}

}  // namespace squall::vault::autopilot
