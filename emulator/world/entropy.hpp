// Where unpredictable bytes come from: the seed's generator in the simulated world, the operating system's in
// the live one. Keys, nonces, ids and tokens are drawn from it.
#pragma once
#include <string>
#include <string_view>

namespace squall::world {

class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual std::string bytes(std::size_t count) = 0;

  // "3f6a..." : 2 * count lower-case hexadecimal digits.
  std::string hex(std::size_t count);
  // A version 4 UUID (RFC 9562), "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx".
  std::string uuid();
  // `count` characters, each drawn from `alphabet` without bias.
  std::string text(std::size_t count, std::string_view alphabet);
};

}  // namespace squall::world
