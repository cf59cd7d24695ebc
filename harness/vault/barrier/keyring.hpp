// The barrier's keys by term, and the root key that wraps them (vault/keyring.go). Serialised as Vault does:
// JSON with base64 keys.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "emulator/base/time.hpp"

namespace squall::vault {

struct Keyring {
  struct Key {
    std::string value;  // 32 bytes
    Time installed;
    std::int64_t encryptions = 0;
  };
  std::string root_key;  // 32 bytes
  std::map<std::uint32_t, Key> keys;

  std::uint32_t active_term() const { return keys.empty() ? 0 : keys.rbegin()->first; }
  std::string serialise() const;
  // Nothing if the text is not a key ring.
  static std::optional<Keyring> parse(const std::string& text);
};

}  // namespace squall::vault
