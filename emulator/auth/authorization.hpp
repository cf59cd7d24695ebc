// What a request says of its signature: the Authorization header or the X-Amz-* query parameters, taken apart
// but not yet believed.
#pragma once
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/auth/sigv4.hpp"
#include "emulator/http/message.hpp"

namespace squall::auth {

struct Claim {
  std::string access_key_id;
  Scope scope;
  std::string terminator;  // "aws4_request" in a sound scope
  std::vector<std::string> signed_headers;
  std::string signature;
  std::string amz_date;  // "20150830T123600Z"
  std::string session_token;
  bool presigned = false;
  std::int64_t expires_s = 0;  // presigned only
};

// A signature that cannot even be read; the text is AWS's message for IncompleteSignature.
struct IncompleteSignature : std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class Presence { none, header, query };
Presence signature_presence(const http::Request& request);

// Throws IncompleteSignature.
Claim parse_claim(const http::Request& request);

// The access key id and region of a request whose signature nobody checks (open mode); empty where
// unreadable.
struct Hint {
  std::string access_key_id, region;
};
Hint read_hint(const http::Request& request);

}  // namespace squall::auth
