// The settings of systemd 252 that Squall reads and does not act on: sandboxing, resource control, what needs
// a kernel (systemd.exec(5), systemd.resource-control(5), systemd.unit(5), systemd.service(5)).
#include <algorithm>
#include <array>

#include "harness/guest/systemd/directives.hpp"

namespace squall::guest::systemd {
namespace {

using namespace std::string_view_literals;

constexpr std::array unit_keys{"RequiresMountsFor"sv,
                               "PropagatesStopTo"sv,
                               "StopWhenUnneeded"sv,
                               "RequiresOverridable"sv,
                               "RequisiteOverridable"sv,
                               "Upholds"sv,
                               "PropagatesReloadTo"sv,
                               "ReloadPropagatedFrom"sv,
                               "PropagateReloadTo"sv,
                               "PropagateReloadFrom"sv,
                               "StopPropagatedFrom"sv,
                               "JoinsNamespaceOf"sv,
                               "OnFailureIsolate"sv,
                               "OnFailureJobMode"sv,
                               "OnSuccessJobMode"sv,
                               "IgnoreOnIsolate"sv,
                               "IgnoreOnSnapshot"sv,
                               "JobTimeoutSec"sv,
                               "JobRunningTimeoutSec"sv,
                               "JobTimeoutAction"sv,
                               "JobTimeoutRebootArgument"sv,
                               "StartLimitAction"sv,
                               "FailureAction"sv,
                               "SuccessAction"sv,
                               "FailureActionExitStatus"sv,
                               "SuccessActionExitStatus"sv,
                               "RebootArgument"sv,
                               "CollectMode"sv,
                               "SourcePath"sv,
                               "SurviveFinalKillSignal"sv};

constexpr std::array service_keys{
    "BusName"sv, "BusPolicy"sv, "ExitType"sv, "OOMPolicy"sv, "RootDirectoryStartOnly"sv, "NonBlocking"sv,
    "Sockets"sv, "FileDescriptorStoreMax"sv, "OpenFile"sv, "USBFunctionDescriptors"sv, "USBFunctionStrings"sv,
    "StartLimitAction"sv, "FailureAction"sv, "RebootArgument"sv, "SysVStartPriority"sv,
    "RuntimeRandomizedExtraSec"sv, "ReloadPropagatedFrom"sv,
    // systemd.exec(5)
    "RootDirectory"sv, "RootImage"sv, "RootImageOptions"sv, "RootHash"sv, "RootHashSignature"sv,
    "RootVerity"sv, "MountAPIVFS"sv, "ProtectProc"sv, "ProcSubset"sv, "BindPaths"sv, "BindReadOnlyPaths"sv,
    "MountImages"sv, "ExtensionImages"sv, "ExtensionDirectories"sv, "DynamicUser"sv, "SetLoginEnvironment"sv,
    "PAMName"sv, "Capabilities"sv, "SELinuxContext"sv, "AppArmorProfile"sv, "SmackProcessLabel"sv,
    "CoredumpFilter"sv, "KeyringMode"sv, "OOMScoreAdjust"sv, "TimerSlackNSec"sv, "Personality"sv,
    "IgnoreSIGPIPE"sv, "Nice"sv, "CPUSchedulingPolicy"sv, "CPUSchedulingPriority"sv,
    "CPUSchedulingResetOnFork"sv, "CPUAffinity"sv, "NUMAPolicy"sv, "NUMAMask"sv, "IOSchedulingClass"sv,
    "IOSchedulingPriority"sv, "TimeoutCleanSec"sv, "ExecPaths"sv, "NoExecPaths"sv, "TemporaryFileSystem"sv,
    "PrivateNetwork"sv, "NetworkNamespacePath"sv, "PrivateIPC"sv, "IPCNamespacePath"sv, "PrivateUsers"sv,
    "PrivateMounts"sv, "ProtectHostname"sv, "ProtectClock"sv, "ProtectKernelTunables"sv,
    "ProtectKernelModules"sv, "ProtectKernelLogs"sv, "ProtectControlGroups"sv, "RestrictAddressFamilies"sv,
    "RestrictFileSystems"sv, "RestrictNamespaces"sv, "LockPersonality"sv, "MemoryDenyWriteExecute"sv,
    "RestrictRealtime"sv, "RestrictSUIDSGID"sv, "RemoveIPC"sv, "MountFlags"sv, "SystemCallFilter"sv,
    "SystemCallErrorNumber"sv, "SystemCallArchitectures"sv, "SystemCallLog"sv, "StandardInputText"sv,
    "StandardInputData"sv, "LogLevelMax"sv, "LogExtraFields"sv, "LogRateLimitIntervalSec"sv,
    "LogRateLimitBurst"sv, "LogFilterPatterns"sv, "LogNamespace"sv, "SyslogFacility"sv, "SyslogLevel"sv,
    "TTYPath"sv, "TTYReset"sv, "TTYVHangup"sv, "TTYRows"sv, "TTYColumns"sv, "TTYVTDisallocate"sv,
    "LoadCredential"sv, "LoadCredentialEncrypted"sv, "SetCredential"sv, "SetCredentialEncrypted"sv,
    "UtmpIdentifier"sv, "UtmpMode"sv,
    // systemd.resource-control(5)
    "Slice"sv, "Delegate"sv, "CPUAccounting"sv, "CPUWeight"sv, "StartupCPUWeight"sv, "CPUShares"sv,
    "StartupCPUShares"sv, "CPUQuota"sv, "CPUQuotaPeriodSec"sv, "AllowedCPUs"sv, "AllowedMemoryNodes"sv,
    "MemoryAccounting"sv, "MemoryMin"sv, "MemoryLow"sv, "MemoryHigh"sv, "MemoryMax"sv, "MemorySwapMax"sv,
    "MemoryLimit"sv, "TasksAccounting"sv, "TasksMax"sv, "IOAccounting"sv, "IOWeight"sv, "StartupIOWeight"sv,
    "IODeviceWeight"sv, "IOReadBandwidthMax"sv, "IOWriteBandwidthMax"sv, "IOReadIOPSMax"sv,
    "IOWriteIOPSMax"sv, "BlockIOAccounting"sv, "BlockIOWeight"sv, "IPAccounting"sv, "IPAddressAllow"sv,
    "IPAddressDeny"sv, "SocketBindAllow"sv, "SocketBindDeny"sv, "DeviceAllow"sv, "DevicePolicy"sv,
    "ManagedOOMSwap"sv, "ManagedOOMMemoryPressure"sv, "ManagedOOMPreference"sv, "DisableControllers"sv,
    "DefaultMemoryLow"sv, "DefaultMemoryMin"sv};

constexpr std::array timer_keys{"OnClockChange"sv, "OnTimezoneChange"sv, "FixedRandomDelay"sv, "WakeSystem"sv,
                                "OnTimezoneChange"sv};

template <class Keys>
bool contains(const Keys& keys, std::string_view key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

}  // namespace

bool known_unserved(std::string_view section, std::string_view key) {
  if (section == "Unit") return contains(unit_keys, key);
  if (section == "Service") return contains(service_keys, key);
  return section == "Timer" && contains(timer_keys, key);
}

}  // namespace squall::guest::systemd
