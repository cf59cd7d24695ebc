// Any lines typed at supervisorctl, and any command line of it, with a server that runs: each ends, with an
// exit code.
#include <cstdint>
#include <cstdlib>

#include "tests/supervisor/supervised_guest.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string line = "supervisorctl " + std::string(reinterpret_cast<const char*>(data), size);
  auto words = squall::guest::systemd::split_words(line);
  if (!words || words->empty()) return 0;
  // These wait for ever, as they should.
  for (const std::string& word : *words)
    if (word == "-f" || word == "fg") return 0;
  squall::testing::SupervisedGuest guest;
  guest.program("vault", "command=/usr/bin/vault server\n");
  guest.program("pair", "command=/bin/sleep 9\nprocess_name=%(process_num)d\nnumprocs=2\n");
  guest.start();
  const auto result = guest.run(line);
  if (result.code < 0 || result.code > 255) std::abort();
  return 0;
}
