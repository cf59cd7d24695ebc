#include "harness/guest/systemd/show_defaults.hpp"

namespace squall::guest::systemd {

const NamedValues& exec_defaults() {
  static const NamedValues values{{"OOMScoreAdjust", "0"},
                                  {"Nice", "0"},
                                  {"IOSchedulingClass", "2"},
                                  {"IOSchedulingPriority", "4"},
                                  {"CPUSchedulingPolicy", "0"},
                                  {"CPUSchedulingPriority", "0"},
                                  {"TimerSlackNSec", "50000"},
                                  {"CPUSchedulingResetOnFork", "no"},
                                  {"NonBlocking", "no"},
                                  {"StandardInput", "null"},
                                  {"StandardOutput", "journal"},
                                  {"StandardError", "inherit"},
                                  {"TTYReset", "no"},
                                  {"TTYVHangup", "no"},
                                  {"TTYVTDisallocate", "no"},
                                  {"DynamicUser", "no"},
                                  {"RemoveIPC", "no"},
                                  {"PrivateTmp", "no"},
                                  {"PrivateDevices", "no"},
                                  {"ProtectClock", "no"},
                                  {"ProtectKernelTunables", "no"},
                                  {"ProtectKernelModules", "no"},
                                  {"ProtectKernelLogs", "no"},
                                  {"ProtectControlGroups", "no"},
                                  {"PrivateNetwork", "no"},
                                  {"PrivateUsers", "no"},
                                  {"PrivateMounts", "no"},
                                  {"PrivateIPC", "no"},
                                  {"ProtectHome", "no"},
                                  {"ProtectSystem", "no"},
                                  {"IgnoreSIGPIPE", "yes"},
                                  {"NoNewPrivileges", "no"},
                                  {"LockPersonality", "no"},
                                  {"MemoryDenyWriteExecute", "no"},
                                  {"RestrictRealtime", "no"},
                                  {"RestrictSUIDSGID", "no"},
                                  {"RestrictNamespaces", "no"},
                                  {"MountAPIVFS", "no"},
                                  {"KeyringMode", "private"},
                                  {"ProtectProc", "default"},
                                  {"ProcSubset", "all"},
                                  {"ProtectHostname", "no"},
                                  {"TasksMax", "1741"},
                                  {"MemoryMax", "infinity"},
                                  {"Delegate", "no"}};
  return values;
}

}  // namespace squall::guest::systemd
