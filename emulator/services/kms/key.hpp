// A KMS key as the service keeps it (https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/time.hpp"

namespace squall::services::kms {

inline constexpr std::string_view symmetric_default = "SYMMETRIC_DEFAULT";

enum class KeyState { enabled, disabled, pending_deletion };

// As the API and the store write it: "Enabled", "Disabled", "PendingDeletion".
std::string_view state_text(KeyState state);
KeyState state_from_text(std::string_view text);

// The secret of one version of a key. Older ones stay, so that what they sealed can be opened.
struct Material {
  std::uint32_t version = 1;
  std::string id;     // KeyMaterialId: 64 hexadecimal digits
  std::string bytes;  // an AES-256 key
};

struct Tag {
  std::string key, value;
};

struct Key {
  std::string id;  // a UUID
  std::string account, region;
  std::string description;
  KeyState state = KeyState::enabled;
  Time created;
  std::optional<Time> deletion;      // while pending deletion
  std::string policy;                // JSON
  std::vector<Material> materials;   // by version; the last one seals
  std::vector<Tag> tags;             // by key
  std::vector<std::string> aliases;  // their names, in order

  std::string arn() const { return "arn:aws:kms:" + region + ":" + account + ":key/" + id; }
  const Material& current() const { return materials.back(); }
  const Material* material(std::uint32_t version) const {
    for (const Material& material : materials)
      if (material.version == version) return &material;
    return nullptr;
  }
};

struct Alias {
  std::string account, region;
  std::string name;  // "alias/vault"
  std::string key_id;
  Time created, updated;

  std::string arn() const { return "arn:aws:kms:" + region + ":" + account + ":" + name; }
};

}  // namespace squall::services::kms
