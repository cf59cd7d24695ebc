// Any bytes that a guest's program writes to a connection of its own: requests, something else, or too little
// yet.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "harness/guest/commands/raw_http.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using squall::guest::RawRequest;
  std::string bytes(reinterpret_cast<const char*>(data), size);
  while (true) {
    const std::size_t before = bytes.size();
    const RawRequest raw = squall::guest::take_request(bytes);
    if (raw.state != RawRequest::State::complete) return 0;
    if (bytes.size() >= before || raw.request.method.empty()) std::abort();
  }
}
