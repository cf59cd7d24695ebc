// Any command line of `vault`, one word a line, then what it reads, then what every request is answered with
// ("200 {...}"): it ends with an exit status of a process.
#include <cstdint>
#include <cstdlib>

#include "tests/fuzz/sections.hpp"
#include "tests/vault_cli/fake_node.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace squall;
  const auto parts = testing::sections({reinterpret_cast<const char*>(data), size}, 3);
  std::vector<std::string> words = testing::lines(parts[0]);
  // The server runs until it is stopped.
  if (!words.empty() && words[0] == "server") return 0;
  vault::testing::FakeNode node;
  node.input = parts[1];
  node.disk().files["/work/file"].content = parts[1];
  node.disk().files["/root/.vault-token"].content = "hvs.token";
  if (auto answer = testing::answer(parts[2])) node.network().otherwise = std::move(*answer);
  const auto ran = node.run(std::move(words));
  if (ran.exit_status < 0 || ran.exit_status > 255) std::abort();
  return 0;
}
