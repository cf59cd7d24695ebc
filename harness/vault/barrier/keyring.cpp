#include "harness/vault/barrier/keyring.hpp"

#include <nlohmann/json.hpp>

#include "emulator/base/encoding.hpp"

namespace squall::vault {

std::string Keyring::serialise() const {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& [term, key] : keys)
    list.push_back({{"Term", term},
                    {"Version", 1},
                    {"Value", base::base64_encode(key.value)},
                    {"InstallTime", base::rfc3339_nano(key.installed)},
                    {"Encryptions", key.encryptions}});
  return nlohmann::ordered_json{{"MasterKey", base::base64_encode(root_key)}, {"Keys", list}}.dump();
}

std::optional<Keyring> Keyring::parse(const std::string& text) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  try {
    Keyring ring;
    const auto root = base::base64_decode(json.at("MasterKey").get_ref<const std::string&>());
    if (!root || root->size() != 32) return std::nullopt;
    ring.root_key = *root;
    for (const auto& entry : json.at("Keys")) {
      const auto value = base::base64_decode(entry.at("Value").get_ref<const std::string&>());
      const auto installed = base::parse_iso8601(entry.at("InstallTime").get_ref<const std::string&>());
      if (!value || value->size() != 32 || !installed) return std::nullopt;
      ring.keys[entry.at("Term").get<std::uint32_t>()] = {*value, *installed,
                                                          entry.at("Encryptions").get<std::int64_t>()};
    }
    if (ring.keys.empty()) return std::nullopt;
    return ring;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace squall::vault
