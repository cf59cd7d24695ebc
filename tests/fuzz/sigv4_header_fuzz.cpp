// Any bytes as an Authorization header and as a presigned query: taken apart or refused, never more.
#include <cstdint>
#include <string>

#include "emulator/auth/authorization.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace squall;
  std::string text(reinterpret_cast<const char*>(data), size);
  http::Request in_header, in_query;
  in_header.headers.add("Authorization", text);
  in_header.headers.add("X-Amz-Date", "20240101T120000Z");
  in_query.target = "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&" + text;
  for (const http::Request* request : {&in_header, &in_query}) {
    auth::read_hint(*request);
    try {
      auth::parse_claim(*request);
    } catch (const auth::IncompleteSignature&) {
    }
  }
  return 0;
}
