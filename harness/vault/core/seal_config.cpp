#include "harness/vault/core/seal_config.hpp"

#include <nlohmann/json.hpp>

namespace squall::vault {

std::string SealConfig::serialise() const {
  return nlohmann::ordered_json{
      {"type", type}, {"secret_shares", shares}, {"secret_threshold", threshold}, {"pgp_keys", nullptr},
      {"nonce", ""},  {"backup", false},         {"stored_shares", stored_shares}}
      .dump();
}

std::optional<SealConfig> SealConfig::parse(const std::string& text) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  try {
    return SealConfig{json.value("type", "shamir"), json.at("secret_shares").get<int>(),
                      json.at("secret_threshold").get<int>(), json.value("stored_shares", 0)};
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace squall::vault
