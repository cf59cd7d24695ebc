#include "harness/guest/systemd/exec_rights.hpp"

#include <linux/securebits.h>
#include <sys/resource.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "harness/guest/journal/timespan.hpp"

namespace squall::guest::systemd {
namespace {

constexpr std::array<int, limit_names.size()> resources{
    RLIMIT_CPU,      RLIMIT_FSIZE, RLIMIT_DATA,   RLIMIT_STACK,   RLIMIT_CORE,  RLIMIT_RSS,
    RLIMIT_NOFILE,   RLIMIT_AS,    RLIMIT_NPROC,  RLIMIT_MEMLOCK, RLIMIT_LOCKS, RLIMIT_SIGPENDING,
    RLIMIT_MSGQUEUE, RLIMIT_NICE,  RLIMIT_RTPRIO, RLIMIT_RTTIME};

// By number, from CAP_CHOWN on.
constexpr std::array<std::string_view, 41> capabilities{"cap_chown",
                                                        "cap_dac_override",
                                                        "cap_dac_read_search",
                                                        "cap_fowner",
                                                        "cap_fsetid",
                                                        "cap_kill",
                                                        "cap_setgid",
                                                        "cap_setuid",
                                                        "cap_setpcap",
                                                        "cap_linux_immutable",
                                                        "cap_net_bind_service",
                                                        "cap_net_broadcast",
                                                        "cap_net_admin",
                                                        "cap_net_raw",
                                                        "cap_ipc_lock",
                                                        "cap_ipc_owner",
                                                        "cap_sys_module",
                                                        "cap_sys_rawio",
                                                        "cap_sys_chroot",
                                                        "cap_sys_ptrace",
                                                        "cap_sys_pacct",
                                                        "cap_sys_admin",
                                                        "cap_sys_boot",
                                                        "cap_sys_nice",
                                                        "cap_sys_resource",
                                                        "cap_sys_time",
                                                        "cap_sys_tty_config",
                                                        "cap_mknod",
                                                        "cap_lease",
                                                        "cap_audit_write",
                                                        "cap_audit_control",
                                                        "cap_setfcap",
                                                        "cap_mac_override",
                                                        "cap_mac_admin",
                                                        "cap_syslog",
                                                        "cap_wake_alarm",
                                                        "cap_block_suspend",
                                                        "cap_audit_read",
                                                        "cap_perfmon",
                                                        "cap_bpf",
                                                        "cap_checkpoint_restore"};

bool same_name(std::string_view lower, std::string_view text) {
  return lower.size() == text.size() &&
         std::equal(lower.begin(), lower.end(), text.begin(), [](char a, char b) {
           return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b)));
         });
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// parse_size(): a number, a fraction allowed, and one of B K M G T P E to the base 1024.
std::optional<std::uint64_t> byte_size(std::string_view text) {
  constexpr std::string_view units = "BKMGTPE";
  std::uint64_t factor = 1;
  if (!text.empty()) {
    const std::size_t unit = units.find(text.back());
    if (unit != std::string_view::npos) {
      factor = std::uint64_t{1} << (10 * unit);
      text.remove_suffix(1);
    }
  }
  const std::size_t dot = text.find('.');
  auto whole = whole_number(text.substr(0, dot));
  if (!whole || *whole > LimitValue::infinity / factor) return std::nullopt;
  std::uint64_t value = *whole * factor;
  if (dot == std::string_view::npos) return value;
  std::uint64_t scale = 1, fraction = 0;
  for (char digit : text.substr(dot + 1).substr(0, 15)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    scale *= 10;
    fraction = fraction * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  value += static_cast<std::uint64_t>(static_cast<long double>(fraction) * static_cast<long double>(factor) /
                                      static_cast<long double>(scale));
  return value;
}

std::optional<std::uint64_t> one_limit(std::string_view name, std::string_view text) {
  if (text == "infinity") return LimitValue::infinity;
  if (name == "CPU" || name == "RTTIME") {
    // A number without a unit is in seconds or in microseconds.
    if (auto plain = whole_number(text)) return plain;
    auto span = journal::parse_timespan(text);
    if (!span) return std::nullopt;
    const Duration unit = name == "CPU" ? Duration(1s) : Duration(1us);
    return static_cast<std::uint64_t>((*span + unit - 1ns) / unit);
  }
  if (name == "NICE" && !text.empty() && (text[0] == '+' || text[0] == '-')) {
    // A nice value: the kernel counts 20 minus that.
    auto level = whole_number(text.substr(1));
    if (!level || *level > (text[0] == '+' ? 19u : 20u)) return std::nullopt;
    return text[0] == '+' ? 20 - *level : 20 + *level;
  }
  const bool plain = name == "NOFILE" || name == "NPROC" || name == "LOCKS" || name == "SIGPENDING" ||
                     name == "NICE" || name == "RTPRIO";
  return plain ? whole_number(text) : byte_size(text);
}

}  // namespace

int limit_resource(std::string_view name) {
  for (std::size_t i = 0; i < limit_names.size(); ++i)
    if (limit_names[i] == name) return resources[i];
  return -1;
}

LimitValue default_limit(std::string_view name) {
  constexpr std::uint64_t mebibyte = 1 << 20;
  if (name == "STACK") return {8 * mebibyte, LimitValue::infinity};
  if (name == "CORE") return {0, LimitValue::infinity};
  if (name == "NOFILE") return {1024, 524'288};
  if (name == "NPROC" || name == "SIGPENDING") return {7544, 7544};
  if (name == "MEMLOCK") return {8 * mebibyte, 8 * mebibyte};
  if (name == "MSGQUEUE") return {819'200, 819'200};
  if (name == "NICE" || name == "RTPRIO") return {0, 0};
  return {};
}

std::optional<LimitValue> parse_limit(std::string_view name, std::string_view text) {
  const std::size_t colon = text.find(':');
  auto soft = one_limit(name, text.substr(0, colon));
  auto hard = colon == std::string_view::npos ? soft : one_limit(name, text.substr(colon + 1));
  if (!soft || !hard) return std::nullopt;
  return LimitValue{*soft, *hard};
}

std::string limit_text(std::uint64_t value) {
  return value == LimitValue::infinity ? "infinity" : std::to_string(value);
}

std::optional<int> capability_by_name(std::string_view name) {
  for (std::size_t number = 0; number < capabilities.size(); ++number)
    if (same_name(capabilities[number], name)) return static_cast<int>(number);
  return std::nullopt;
}

std::string capability_names(std::uint64_t set) {
  std::string names;
  for (std::size_t number = 0; number < capabilities.size(); ++number)
    if ((set >> number & 1) != 0) names += (names.empty() ? "" : " ") + std::string(capabilities[number]);
  return names;
}

std::uint32_t secure_bit(std::string_view name) {
  constexpr std::pair<std::string_view, std::uint32_t> bits[]{
      {"keep-caps", SECBIT_KEEP_CAPS},
      {"keep-caps-locked", SECBIT_KEEP_CAPS_LOCKED},
      {"no-setuid-fixup", SECBIT_NO_SETUID_FIXUP},
      {"no-setuid-fixup-locked", SECBIT_NO_SETUID_FIXUP_LOCKED},
      {"noroot", SECBIT_NOROOT},
      {"noroot-locked", SECBIT_NOROOT_LOCKED}};
  for (const auto& [known, bit] : bits)
    if (known == name) return bit;
  return 0;
}

}  // namespace squall::guest::systemd
