#include "harness/guest/systemd/vendor_units.hpp"

#include <array>

namespace squall::guest::systemd {
namespace {

struct Target {
  std::string_view name, description, unit;  // `unit`: further lines of [Unit]
};

constexpr std::array targets{
    Target{"sysinit.target", "System Initialization",
           "Wants=local-fs.target swap.target\nAfter=local-fs.target swap.target\n"},
    Target{"basic.target", "Basic System",
           "Requires=sysinit.target\nWants=sockets.target timers.target paths.target slices.target\n"
           "After=sysinit.target sockets.target paths.target slices.target\n"},
    Target{"multi-user.target", "Multi-User System",
           "Requires=basic.target\nAfter=basic.target\nAllowIsolate=yes\n"},
    Target{"graphical.target", "Graphical Interface",
           "Requires=multi-user.target\nAfter=multi-user.target\nAllowIsolate=yes\n"},
    Target{"local-fs-pre.target", "Preparation for Local File Systems", ""},
    Target{"local-fs.target", "Local File Systems", "Wants=local-fs-pre.target\nAfter=local-fs-pre.target\n"},
    Target{"remote-fs-pre.target", "Preparation for Remote File Systems", ""},
    Target{"remote-fs.target", "Remote File Systems", "After=remote-fs-pre.target\n"},
    Target{"swap.target", "Swaps", ""},
    Target{"sockets.target", "Socket Units", ""},
    Target{"paths.target", "Path Units", ""},
    Target{"slices.target", "Slice Units", ""},
    Target{"timers.target", "Timer Units", ""},
    Target{"getty.target", "Login Prompts", ""},
    Target{"network-pre.target", "Preparation for Network", ""},
    Target{"network.target", "Network", "After=network-pre.target\n"},
    Target{"network-online.target", "Network is Online", "After=network.target\n"},
    Target{"nss-lookup.target", "Host and Network Name Lookups", ""},
    Target{"nss-user-lookup.target", "User and Group Name Lookups", ""},
    Target{"time-set.target", "System Time Set", ""},
    Target{"time-sync.target", "System Time Synchronized", "After=time-set.target\nWants=time-set.target\n"},
    Target{"rpcbind.target", "RPC Port Mapper", ""},
    Target{"cloud-config.target", "Cloud-config availability", ""},
    Target{"cloud-init.target", "Cloud-init target", ""},
    Target{"rescue.target", "Rescue Mode",
           "Requires=sysinit.target\nAfter=sysinit.target\nAllowIsolate=yes\n"},
    Target{"shutdown.target", "System Shutdown", "RefuseManualStart=yes\n"},
    Target{"umount.target", "Unmount All Filesystems", "RefuseManualStart=yes\n"},
    Target{"final.target", "Late Shutdown Services",
           "Requires=shutdown.target umount.target\nAfter=shutdown.target "
           "umount.target\nRefuseManualStart=yes\n"},
    Target{"reboot.target", "System Reboot", "Requires=final.target\nAfter=final.target\nAllowIsolate=yes\n"},
    Target{"poweroff.target", "System Power Off",
           "Requires=final.target\nAfter=final.target\nAllowIsolate=yes\n"},
    Target{"halt.target", "System Halt", "Requires=final.target\nAfter=final.target\nAllowIsolate=yes\n"},
};

// Those that take part in shutting down have no default dependency on it.
bool shuts_down(std::string_view name) {
  return name == "shutdown.target" || name == "umount.target" || name == "final.target" ||
         name == "reboot.target" || name == "poweroff.target" || name == "halt.target";
}

}  // namespace

std::optional<std::string> vendor_unit(std::string_view name) {
  if (name == "default.target") name = "graphical.target";
  for (const Target& target : targets) {
    if (target.name != name) continue;
    std::string text =
        "[Unit]\nDescription=" + std::string(target.description) + "\n" + std::string(target.unit);
    if (shuts_down(name)) text += "DefaultDependencies=no\n";
    return text;
  }
  return std::nullopt;
}

std::vector<std::string> vendor_unit_names() {
  std::vector<std::string> names;
  for (const Target& target : targets) names.emplace_back(target.name);
  return names;
}

}  // namespace squall::guest::systemd
