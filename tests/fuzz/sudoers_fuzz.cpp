// Any line of a sudoers file: it keeps to the grammar, or the mistake lies within it.
#include <cstdint>
#include <cstdlib>

#include "harness/guest/commands/sudoers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string line(reinterpret_cast<const char*>(data), size);
  const auto mistake = squall::guest::sudoers_mistake(line);
  if (mistake && mistake->column + mistake->text.size() > line.size()) std::abort();
  return 0;
}
