// `vault server` with any options, environment and configuration, a line each for the first two: it starts
// and stops when asked, or ends with status 1 and says why.
#include <csignal>
#include <cstdint>
#include <cstdlib>

#include "tests/fuzz/sections.hpp"
#include "tests/vault/vault_world.hpp"

namespace {

using namespace squall;

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    result.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return result;
}

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> parts = testing::sections(input, 3);
  vault::testing::Machine machine(parts[2]);
  for (const std::string& variable : lines(parts[1]))
    if (const std::size_t equals = variable.find('='); equals != std::string::npos)
      machine.environment[variable.substr(0, equals)] = variable.substr(equals + 1);
  machine.start(lines(parts[0]));
  machine.scheduler.advance(std::chrono::seconds{1});
  if (!machine.exit_status) {
    machine.context->signal(SIGTERM);
    machine.scheduler.advance(std::chrono::minutes{2});
  }
  require(machine.exit_status && (*machine.exit_status == 0 || *machine.exit_status == 1));
  require(!(machine.context->standard_output + machine.context->standard_error).empty());
  return 0;
}
