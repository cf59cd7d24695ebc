// The delays between tries of aws-sdk-go version 1 (aws/client/default_retryer.go): exponential from 30 ms,
// from 500 ms when throttled, each drawn between once and twice the base.
#pragma once
#include "emulator/base/time.hpp"
#include "emulator/world/entropy.hpp"

namespace squall::vault {

inline Duration aws_retry_delay(int retries_so_far, bool throttled, world::Entropy& entropy) {
  const std::string bytes = entropy.bytes(4);
  std::uint32_t draw = 0;
  for (const char byte : bytes) draw = draw << 8 | static_cast<unsigned char>(byte);
  const Duration base = throttled ? Duration{500ms} : Duration{30ms};
  const Duration drawn =
      base + Duration{static_cast<std::int64_t>(draw) * base.count() / (std::int64_t{1} << 32)};
  return std::min<Duration>(drawn * (1 << retries_so_far), 300s);
}

}  // namespace squall::vault
