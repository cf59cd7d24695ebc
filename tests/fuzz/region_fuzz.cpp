// Any requests as bytes against a whole region: none is a fault of the region itself. A region serves many
// inputs, since making one costs more than a request.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "emulator/gateway/emulator.hpp"
#include "tests/fuzz/requests.hpp"
#include "tests/support/manual_world.hpp"

namespace {

using namespace squall;

constexpr int inputs_per_region = 200;

struct Region {
  testing::ManualScheduler clock;
  testing::SeededEntropy entropy;
  world::NoMachines machines;
  gateway::Emulator emulator{clock, entropy, machines};
  int inputs = 0;
};

void ask(Region& region, const http::Request& request) {
  const auto answer = region.emulator.handle(request);
  if (answer.response && answer.response->status < 200) std::abort();
  if (region.emulator.internal_failures() > 0) {
    std::fprintf(stderr, "%s %s\n%s\n%s\n", request.method.c_str(), request.target.c_str(),
                 request.body.c_str(), answer.response ? answer.response->body.c_str() : "");
    std::abort();
  }
  region.clock.advance(1s);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static std::unique_ptr<Region> region;
  if (!region || ++region->inputs == inputs_per_region) region = std::make_unique<Region>();
  testing::each_request({reinterpret_cast<const char*>(data), size},
                        [](const http::Request& request) { ask(*region, request); });
  return 0;
}
