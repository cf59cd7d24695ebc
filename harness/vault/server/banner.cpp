#include "harness/vault/server/banner.hpp"

#include "emulator/base/time.hpp"
#include "harness/vault/core/core.hpp"

namespace squall::vault {
namespace {

constexpr std::size_t label_width = 24;

std::string listener_text(const ListenerConfig& listener) {
  return "tcp (addr: \"" + listener.address + "\", cluster address: \"" + listener.cluster_address +
         "\", max_request_duration: \"" +
         base::go_duration(std::chrono::seconds(listener.max_request_duration_s)) +
         "\", max_request_size: \"" + std::to_string(listener.max_request_size) + "\", tls: \"" +
         (listener.tls_disable ? "disabled" : "enabled") + "\")";
}

}  // namespace

std::string banner(const ServerConfig& config, const BannerFacts& facts) {
  std::string environment;
  for (const std::string& name : facts.environment) environment += (environment.empty() ? "" : ", ") + name;
  std::map<std::string, std::string> lines = {
      {"Administrative Namespace", ""},
      {"Cgo", "disabled"},
      {"Environment Variables", environment},
      {"Go Version", "none (Squall stand-in)"},
      {"Log Level", facts.log_level},
      {"Mlock", std::string("supported: true, enabled: ") + (config.disable_mlock ? "false" : "true")},
      {"Recovery Mode", "false"},
      {"Storage", facts.storage_type},
      {"Version", "Vault v" + std::string(vault_version) + ", built " + std::string(vault_build_date) +
                      " (Squall stand-in)"},
      {"Version Sha", "none (Squall stand-in)"}};
  if (!facts.api_address.empty()) lines["Api Address"] = facts.api_address;
  if (!facts.cluster_address.empty()) lines["Cluster Address"] = facts.cluster_address;
  for (std::size_t i = 0; i < config.listeners.size(); ++i)
    lines["Listener " + std::to_string(i + 1)] = listener_text(config.listeners[i]);
  std::string text = "==> Vault server configuration:\n\n";
  for (const auto& [label, value] : lines)
    text += std::string(label_width - std::min(label_width, label.size()), ' ') + label + ": " + value + "\n";
  return text + "\n==> Vault server started! Log data will stream in below:\n\n";
}

}  // namespace squall::vault
