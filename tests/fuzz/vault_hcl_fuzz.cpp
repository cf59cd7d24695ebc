// Configurations and policies from anywhere: read, or refused with a message.
#include <cstdint>
#include <cstdlib>

#include "harness/vault/config/server_config.hpp"
#include "harness/vault/logical/acl.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  squall::vault::ServerConfig config;
  try {
    squall::vault::parse_config(text, "fuzz.hcl", config);
  } catch (const squall::vault::ConfigError& error) {
    if (std::string(error.what()).empty()) std::abort();
  }
  try {
    squall::vault::Policy::parse("fuzz", text);
  } catch (const squall::vault::LogicalError& error) {
    if (error.status != 400) std::abort();
  }
  return 0;
}
