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

// The secret of that many shares; any text if they do not belong together. Nothing when they cannot be
// shares: fewer than two, of different or too short lengths, or two of one point.
std::optional<std::string> shamir_combine(const std::vector<std::string>& shares);

// A share as an operator types it: hexadecimal, else base64. Nothing for other texts.
std::optional<std::string> parse_share(std::string_view text);

}  // namespace squall::vault
