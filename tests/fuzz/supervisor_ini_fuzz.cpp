// supervisord.conf of any text: a configuration or a ConfigError with a text.
#include <cstdint>
#include <cstdlib>

#include "harness/guest/supervisor/config.hpp"
#include "tests/systemd/fake_guest.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace squall::guest::supervisor;
  const std::string text(reinterpret_cast<const char*>(data), size);
  squall::testing::MemoryDisk disk;
  disk.write("/etc/supervisord.conf", text, 0644);
  try {
    const ServerConfig config = load_config(disk, "/etc/supervisord.conf", {"host", {{"LANG", "C.UTF-8"}}});
    for (const GroupConfig& group : config.groups)
      for (const ProgramConfig& program : group.programs) shlex_split(program.command);
  } catch (const ConfigError& error) {
    if (std::string(error.what()).empty()) std::abort();
  }
  return 0;
}
