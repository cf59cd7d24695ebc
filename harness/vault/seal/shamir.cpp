#include "harness/vault/seal/shamir.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "emulator/base/encoding.hpp"

namespace squall::vault {
namespace {

using Byte = std::uint8_t;

// The field of AES: x^8 + x^4 + x^3 + x + 1. Without tables or branches on secret bits.
Byte multiply(Byte a, Byte b) {
  unsigned product = 0, left = a;
  for (int bit = 0; bit < 8; ++bit) {
    product ^= left & (0U - (static_cast<unsigned>(b) >> bit & 1U));
    left = (left << 1 ^ (0x11BU & (0U - (left >> 7 & 1U)))) & 0xFF;
  }
  return static_cast<Byte>(product);
}

Byte inverse(Byte a) {  // a^254
  Byte result = 1, power = a;
  for (int exponent = 254; exponent > 0; exponent >>= 1) {
    if ((exponent & 1) != 0) result = multiply(result, power);
    power = multiply(power, power);
  }
  return result;
}

Byte byte_at(const std::string& text, std::size_t index) { return static_cast<Byte>(text[index]); }

// Lagrange interpolation at 0; in this field, minus is plus.
Byte value_at_zero(const std::vector<Byte>& points, const std::vector<Byte>& values) {
  Byte sum = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    Byte basis = 1;
    for (std::size_t j = 0; j < points.size(); ++j)
      if (i != j) basis = multiply(basis, multiply(points[j], inverse(points[i] ^ points[j])));
    sum ^= multiply(values[i], basis);
  }
  return sum;
}

}  // namespace

std::vector<std::string> shamir_split(const std::string& secret, int shares, int threshold,
                                      world::Entropy& entropy) {
  // The points: a shuffle of 1..255.
  std::array<Byte, 255> points{};
  for (std::size_t i = 0; i < points.size(); ++i) points[i] = static_cast<Byte>(i + 1);
  const std::string draws = entropy.bytes(points.size() * 2);
  for (std::size_t i = points.size() - 1; i > 0; --i) {
    const std::size_t draw = static_cast<std::size_t>(byte_at(draws, 2 * i)) << 8 | byte_at(draws, 2 * i + 1);
    std::swap(points[i], points[draw % (i + 1)]);
  }
  std::vector<std::string> result(static_cast<std::size_t>(shares));
  for (std::size_t at = 0; at < secret.size(); ++at) {
    const std::string coefficients = entropy.bytes(static_cast<std::size_t>(threshold - 1));
    for (std::size_t share = 0; share < result.size(); ++share) {
      Byte value = 0;  // Horner's rule, highest power first
      for (std::size_t k = coefficients.size(); k-- > 0;)
        value = multiply(value ^ byte_at(coefficients, k), points[share]);
      result[share] += static_cast<char>(value ^ byte_at(secret, at));
    }
  }
  for (std::size_t share = 0; share < result.size(); ++share)
    result[share] += static_cast<char>(points[share]);
  return result;
}

CombinedKey shamir_combine(const std::vector<std::string>& shares) {
  if (shares.size() < 2) return {{}, "less than two parts cannot be used to reconstruct the secret"};
  if (shares[0].size() < 2) return {{}, "parts must be at least two bytes"};
  const std::size_t length = shares[0].size() - 1;
  for (const std::string& share : shares)
    if (share.size() != length + 1) return {{}, "all parts must be the same length"};
  std::vector<Byte> points;
  for (const std::string& share : shares) {
    const Byte point = byte_at(share, length);
    if (std::find(points.begin(), points.end(), point) != points.end())
      return {{}, "duplicate part detected"};
    points.push_back(point);
  }
  std::string secret;
  std::vector<Byte> values(shares.size());
  for (std::size_t at = 0; at < length; ++at) {
    for (std::size_t i = 0; i < shares.size(); ++i) values[i] = byte_at(shares[i], at);
    secret += static_cast<char>(value_at_zero(points, values));
  }
  return {secret, {}};
}

std::optional<std::string> parse_share(std::string_view text) {
  const std::optional<std::string> bytes = base::hex_decode(text);
  if (bytes && bytes->size() >= minimum_share_bytes && bytes->size() <= maximum_share_bytes) return bytes;
  return base::base64_decode(text);
}

}  // namespace squall::vault
