// Any bytes as what a client sends: the server's parser takes the same from them whole and in pieces, and
// stays within its limits.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "emulator/http/message_parser.hpp"

namespace {

using squall::http::RequestParser;

constexpr std::uint32_t header_limit_bytes = 1024;
constexpr std::uint64_t body_limit_bytes = 4096;

struct Parsed {
  bool done = false;
  squall::http::Request request;
};

// Gives the parser `piece` bytes more at a time, as a session does: what it does not take comes again with
// more.
Parsed parse(std::string_view bytes, std::size_t piece) {
  RequestParser parser(header_limit_bytes, body_limit_bytes);
  auto result = RequestParser::Result::more;
  std::size_t taken = 0, given = 0;
  while (result == RequestParser::Result::head ||
         (result == RequestParser::Result::more && given < bytes.size())) {
    if (result == RequestParser::Result::more) given = std::min(bytes.size(), given + piece);
    std::size_t size = 0;
    result = parser.put(bytes.substr(taken, given - taken), size);
    taken += size;
  }
  return {result == RequestParser::Result::done, std::move(parser.message())};
}

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Parsed whole = parse(bytes, bytes.size() + 1);
  if (!whole.done) return 0;
  require(whole.request.body.size() <= body_limit_bytes);
  require(!whole.request.method.empty() && !whole.request.target.empty());
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}}) {
    const Parsed pieces = parse(bytes, piece);
    require(pieces.done && pieces.request.method == whole.request.method);
    require(pieces.request.target == whole.request.target && pieces.request.body == whole.request.body);
    require(pieces.request.headers.fields() == whole.request.headers.fields());
  }
  // What the gateway reads of every request.
  require(whole.request.path().size() + whole.request.query().size() <= whole.request.target.size());
  return 0;
}
