// Shamir's secret sharing over GF(2^8) (vault/shamir/shamir.go): a share is the polynomial's value for each
// byte of the secret, and last the point it was taken at.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "emulator/world/entropy.hpp"

namespace squall::vault {

// 2 <= threshold <= shares <= 255. Points are distinct and drawn from `entropy`, as are the polynomials.
std::vector<std::string> shamir_split(const std::string& secret, int shares, int threshold,
                                      world::Entropy& entropy);

struct CombinedKey {
  std::string key;      // any text if the shares do not belong together
  std::string problem;  // in Vault's words, when they cannot be shares of anything; else empty
};
CombinedKey shamir_combine(const std::vector<std::string>& shares);

// What a key or a share of one can measure: AES-128's key to AES-256's and the point.
inline constexpr std::size_t minimum_share_bytes = 16, maximum_share_bytes = 33;

// A share as an operator types it: hexadecimal if that gives a share's length, else base64. Nothing for
// other texts.
std::optional<std::string> parse_share(std::string_view text);

}  // namespace squall::vault
