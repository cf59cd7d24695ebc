#include "emulator/base/random.hpp"

#include <bit>
#include <cassert>

namespace squall::base {
namespace {
std::uint64_t splitmix(std::uint64_t& x) {
  std::uint64_t z = (x += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}
}  // namespace

Random::Random(std::uint64_t seed) : seed_(seed) {
  for (auto& word : state_) word = splitmix(seed);
}

Random Random::stream(std::string_view name) const {
  std::uint64_t mixed = seed_;
  return Random{hash64(name, splitmix(mixed))};
}

std::uint64_t Random::next() {
  std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  std::uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t Random::below(std::uint64_t bound) {
  assert(bound > 0);
  std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
  for (;;)
    if (std::uint64_t draw = next(); draw < limit) return draw % bound;
}

std::int64_t Random::between(std::int64_t low, std::int64_t high) {
  assert(low <= high);
  std::uint64_t span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  std::uint64_t draw = span == UINT64_MAX ? next() : below(span + 1);
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + draw);
}

bool Random::chance(std::uint32_t numerator, std::uint32_t denominator) {
  return below(denominator) < numerator;
}

std::string Random::bytes(std::size_t count) {
  std::string out;
  out.reserve(count + 8);
  while (out.size() < count) {
    std::uint64_t word = next();
    for (int i = 0; i < 8; ++i) out.push_back(static_cast<char>(word >> (8 * i)));
  }
  out.resize(count);
  return out;
}

std::uint64_t hash64(std::string_view text, std::uint64_t start) {
  std::uint64_t hash = start;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return splitmix(hash);
}

}  // namespace squall::base
