// What a unit says about its processes' rights: resource limits (systemd.exec(5), "Process Properties") and
// capabilities ("Capabilities"), from their words to numbers and back.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace squall::guest::systemd {

struct LimitValue {
  static constexpr std::uint64_t infinity = ~std::uint64_t{0};
  std::uint64_t soft = infinity, hard = infinity;
  bool operator==(const LimitValue&) const = default;
};

// In the order in which `systemctl show` lists them: "CPU", "FSIZE", ...
inline constexpr std::array<std::string_view, 16> limit_names{
    "CPU",   "FSIZE",   "DATA",  "STACK",      "CORE",     "RSS",  "NOFILE", "AS",
    "NPROC", "MEMLOCK", "LOCKS", "SIGPENDING", "MSGQUEUE", "NICE", "RTPRIO", "RTTIME"};
// RLIMIT_NOFILE for "NOFILE"; -1 for a name that is none.
int limit_resource(std::string_view name);
// What a service has without a setting: soft and hard, of a 2 GiB machine.
LimitValue default_limit(std::string_view name);
// "65536", "64K" (bytes only), "1min" (CPU, RTTIME), "-5" (NICE), "infinity", each alone or as soft:hard.
// Nothing for what is none of these; a soft limit above the hard one comes out as it was written.
std::optional<LimitValue> parse_limit(std::string_view name, std::string_view text);
std::string limit_text(std::uint64_t value);  // "infinity", "65536"

// Capabilities by their number (capabilities(7)), as a set of bits.
inline constexpr std::uint64_t all_capabilities = (std::uint64_t{1} << 41) - 1;
std::optional<int> capability_by_name(std::string_view name);  // "CAP_IPC_LOCK", "cap_ipc_lock"
std::string capability_names(std::uint64_t set);               // "cap_ipc_lock cap_syslog"
// One bit of SecureBits=: "keep-caps", "noroot-locked"; 0 for a name that is none.
std::uint32_t secure_bit(std::string_view name);

}  // namespace squall::guest::systemd
