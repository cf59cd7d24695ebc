// Any command line of systemctl, journalctl, service and systemd-run against a booted guest: it ends, with an
// exit code.
#include <cstdint>
#include <cstdlib>

#include "harness/guest/systemd/text.hpp"
#include "tests/systemd/fake_guest.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string line(reinterpret_cast<const char*>(data), size);
  auto words = squall::guest::systemd::split_words(line);
  if (!words || words->empty()) return 0;
  // These wait for ever, as they should.
  for (const std::string& word : *words)
    if (word.starts_with("--fo") || word.starts_with("--wa") ||
        (word.starts_with("-") && word.find('f') != std::string::npos))
      return 0;
  squall::testing::FakeGuest guest;
  guest.boot();
  try {
    const auto result = guest.run(line);
    if (result.code < 0 || result.code > 255) std::abort();
  } catch (const squall::testing::NoSuchProgram&) {  // systemd-run came as far as starting it
  }
  return 0;
}
