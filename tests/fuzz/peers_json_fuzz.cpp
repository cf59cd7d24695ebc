// peers.json, which an operator writes by hand: what is taken is a configuration that raft takes.
#include <cstdint>
#include <cstdlib>

#include "harness/vault/raft/configuration.hpp"
#include "harness/vault/raft/peers_json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace squall::vault::raft;
  const PeersJson read = parse_peers_json(std::string(reinterpret_cast<const char*>(data), size));
  if (read.error.empty() == configuration_error(read.configuration).has_value()) std::abort();
  if (!read.error.empty() && !read.configuration.servers.empty()) std::abort();
  return 0;
}
