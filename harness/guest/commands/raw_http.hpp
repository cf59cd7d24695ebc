// HTTP/1 as bytes, for a program in a guest that speaks it over a socket of its own (RFC 9112).
#pragma once
#include <optional>
#include <string>

#include "emulator/http/message.hpp"

namespace squall::guest {

struct RawRequest {
  enum class State { incomplete, complete, not_http };
  State state = State::incomplete;
  http::Request request;
  bool keeps_alive = false;
};

// Takes the first request off the front of `bytes`, if it is there whole. A body has a Content-Length; other
// codings are taken for something that is not HTTP.
RawRequest take_request(std::string& bytes);
std::string response_bytes(const http::Response& response, bool without_body);

}  // namespace squall::guest
