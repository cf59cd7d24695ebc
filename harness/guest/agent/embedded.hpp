// The bytes of squall-guest and libsquall-guest.so (embedded.c).
#pragma once
#include <string_view>

extern "C" {
extern const char squall_guest_program_begin[];
extern const char squall_guest_program_end[];
extern const char squall_guest_preload_begin[];
extern const char squall_guest_preload_end[];
}

namespace squall::guest {

inline std::string_view guest_program_bytes() {
  return {squall_guest_program_begin,
          static_cast<std::size_t>(squall_guest_program_end - squall_guest_program_begin)};
}
inline std::string_view guest_preload_bytes() {
  return {squall_guest_preload_begin,
          static_cast<std::size_t>(squall_guest_preload_end - squall_guest_preload_begin)};
}

}  // namespace squall::guest
