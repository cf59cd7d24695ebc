// The requests that stand one behind the other in a fuzz target's input, as a client would send them.
#pragma once
#include <string_view>
#include <utility>

#include "emulator/http/message_parser.hpp"

namespace squall::testing {

// Calls `take` with each; what can not be read ends it.
template <class Take>
void each_request(std::string_view bytes, Take take) {
  while (!bytes.empty()) {
    http::RequestParser parser(1 << 14, 1 << 20);
    auto result = http::RequestParser::Result::head;
    while (result == http::RequestParser::Result::head) {
      std::size_t taken = 0;
      result = parser.put(bytes, taken);
      bytes.remove_prefix(taken);
    }
    if (result != http::RequestParser::Result::done) return;
    take(std::as_const(parser.message()));
  }
}

}  // namespace squall::testing
