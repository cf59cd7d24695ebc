// What comes of a request at the AWS side.
#pragma once
#include <optional>

#include "emulator/base/time.hpp"
#include "emulator/http/message.hpp"

namespace squall::gateway {

struct Answer {
  std::optional<http::Response> response;  // none: nothing ever comes back, the connection stays open
  Duration delay{0};                       // before the response leaves
};

}  // namespace squall::gateway
