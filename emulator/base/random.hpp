// Chance, always passed in: a small generator whose draws depend on its seed alone, the same on every
// machine. std:: distributions are not used anywhere: their results differ between standard libraries.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace squall::base {

// xoshiro256** 1.0 (Blackman and Vigna, public domain), seeded through splitmix64. Not for secrets that must
// resist an attacker: in the real world, key material comes from world::Entropy.
class Random {
 public:
  explicit Random(std::uint64_t seed);
  // An independent stream: the same name of the same seed gives the same draws, whatever others drew before.
  Random stream(std::string_view name) const;

  std::uint64_t next();
  // Uniform in [0, bound), without modulo bias; bound must be > 0.
  std::uint64_t below(std::uint64_t bound);
  // Uniform in [low, high], both included.
  std::int64_t between(std::int64_t low, std::int64_t high);
  // True in `numerator` of `denominator` cases.
  bool chance(std::uint32_t numerator, std::uint32_t denominator);
  std::string bytes(std::size_t count);

 private:
  std::uint64_t seed_;
  std::uint64_t state_[4];
};

// FNV-1a with a final mix; stable across machines and builds, for seeds and event hashes, not for security.
std::uint64_t hash64(std::string_view text, std::uint64_t start = 0xcbf29ce484222325ULL);

}  // namespace squall::base
