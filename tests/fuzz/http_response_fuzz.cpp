// Any bytes as what a server answers: the client's parser takes the same from them whole and in pieces, and
// stays within its limits.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "emulator/http/message_parser.hpp"

namespace {

using squall::http::ResponseParser;

constexpr std::uint32_t header_limit_bytes = 1024;
constexpr std::uint64_t body_limit_bytes = 4096;

struct Parsed {
  bool done = false;
  squall::http::Response response;
};

// Gives the parser `piece` bytes more at a time, as the client does: what it does not take comes again with
// more. Then the server closes.
Parsed parse(std::string_view bytes, std::size_t piece, bool to_head) {
  ResponseParser parser(header_limit_bytes, body_limit_bytes);
  if (to_head) parser.expect_no_body();
  auto result = ResponseParser::Result::more;
  std::size_t taken = 0, given = 0;
  while (result == ResponseParser::Result::head ||
         (result == ResponseParser::Result::more && given < bytes.size())) {
    if (result == ResponseParser::Result::more) given = std::min(bytes.size(), given + piece);
    std::size_t size = 0;
    result = parser.put(bytes.substr(taken, given - taken), size);
    taken += size;
  }
  if (result == ResponseParser::Result::more) result = parser.end();
  return {result == ResponseParser::Result::done, std::move(parser.message())};
}

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool to_head = data[0] == 'H';
  const Parsed whole = parse(bytes, bytes.size() + 1, to_head);
  if (whole.done) {
    require(whole.response.body.size() <= body_limit_bytes);
    require(whole.response.status >= 0 && whole.response.status <= 999);
    require(!to_head || whole.response.body.empty());
  }
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}}) {
    const Parsed pieces = parse(bytes, piece, to_head);
    if (!whole.done) continue;
    require(pieces.done && pieces.response.status == whole.response.status);
    require(pieces.response.reason == whole.response.reason && pieces.response.body == whole.response.body);
    require(pieces.response.headers.fields() == whole.response.headers.fields());
  }
  return 0;
}
