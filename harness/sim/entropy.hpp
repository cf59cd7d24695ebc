// Unpredictable bytes of a simulated world: a named stream of its seed.
#pragma once
#include "emulator/base/random.hpp"
#include "emulator/world/entropy.hpp"

namespace squall::sim {

class SimEntropy final : public world::Entropy {
 public:
  explicit SimEntropy(base::Random stream) : stream_(stream) {}
  std::string bytes(std::size_t count) override { return stream_.bytes(count); }

 private:
  base::Random stream_;
};

}  // namespace squall::sim
