// How long EC2 takes. Each duration is drawn evenly from its range, in milliseconds, by the world's entropy.
// Sources: EC2's instance life cycle page, "Simplified automatic recovery based on instance configuration"
// (system status check fails, then recovery) and the usual experience with small Linux instances.
#pragma once
#include "emulator/base/time.hpp"
#include "emulator/world/entropy.hpp"

namespace squall::services::ec2 {

struct DurationRange {
  Duration least, most;
};

inline constexpr DurationRange pending_time{10s, 20s};        // pending -> running, at launch and at start
inline constexpr DurationRange stop_tear_down_time{5s, 15s};  // machine off -> stopped
inline constexpr DurationRange terminate_tear_down_time{5s, 20s};
inline constexpr Duration terminated_visible_time = 1h;        // a terminated instance stays listed
inline constexpr DurationRange status_check_time{110s, 150s};  // running -> both status checks "ok"
inline constexpr DurationRange host_failure_detection_time{60s,
                                                           120s};  // host gone -> system check "impaired"
inline constexpr DurationRange recovery_time{120s, 240s};          // impaired -> powered on on another host
inline constexpr DurationRange volume_create_time{1s, 4s};
inline constexpr DurationRange volume_attach_time{1s, 5s};
inline constexpr DurationRange volume_detach_time{2s, 8s};
inline constexpr DurationRange volume_delete_time{1s, 5s};

inline Duration draw(world::Entropy& entropy, const DurationRange& range) {
  std::string raw = entropy.bytes(8);
  std::uint64_t number = 0;
  for (char byte : raw) number = number << 8 | static_cast<unsigned char>(byte);
  auto span_ms = static_cast<std::uint64_t>((range.most - range.least) / 1ms) + 1;
  return range.least + std::chrono::milliseconds(number % span_ms);
}

}  // namespace squall::services::ec2
