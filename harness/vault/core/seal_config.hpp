// What is stored, in clear, about a seal: core/seal-config, and core/recovery-config of an automatic one
// (vault/seal.go SealConfig).
#pragma once
#include <optional>
#include <string>

namespace squall::vault {

struct SealConfig {
  std::string type;  // "shamir", "awskms"
  int shares = 0, threshold = 0, stored_shares = 0;

  std::string serialise() const;
  static std::optional<SealConfig> parse(const std::string& text);
};

}  // namespace squall::vault
