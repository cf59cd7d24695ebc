#include "harness/guest/systemd/exit_status.hpp"

#include <algorithm>
#include <array>

#include "harness/guest/systemd/text.hpp"

namespace squall::guest::systemd {
namespace {

struct Named {
  int code;
  std::string_view name;
};

// LSB's, systemd's own and BSD's (sysexits.h).
constexpr std::array statuses{Named{0, "SUCCESS"},
                              Named{1, "FAILURE"},
                              Named{2, "INVALIDARGUMENT"},
                              Named{3, "NOTIMPLEMENTED"},
                              Named{4, "NOPERMISSION"},
                              Named{5, "NOTINSTALLED"},
                              Named{6, "NOTCONFIGURED"},
                              Named{7, "NOTRUNNING"},
                              Named{64, "USAGE"},
                              Named{65, "DATAERR"},
                              Named{66, "NOINPUT"},
                              Named{67, "NOUSER"},
                              Named{68, "NOHOST"},
                              Named{69, "UNAVAILABLE"},
                              Named{70, "SOFTWARE"},
                              Named{71, "OSERR"},
                              Named{72, "OSFILE"},
                              Named{73, "CANTCREAT"},
                              Named{74, "IOERR"},
                              Named{75, "TEMPFAIL"},
                              Named{76, "PROTOCOL"},
                              Named{77, "NOPERM"},
                              Named{78, "CONFIG"},
                              Named{200, "CHDIR"},
                              Named{201, "NICE"},
                              Named{202, "FDS"},
                              Named{203, "EXEC"},
                              Named{204, "MEMORY"},
                              Named{205, "LIMITS"},
                              Named{206, "OOM_ADJUST"},
                              Named{207, "SIGNAL_MASK"},
                              Named{208, "STDIN"},
                              Named{209, "STDOUT"},
                              Named{210, "CHROOT"},
                              Named{211, "IOPRIO"},
                              Named{212, "TIMERSLACK"},
                              Named{213, "SECUREBITS"},
                              Named{214, "SETSCHEDULER"},
                              Named{215, "CPUAFFINITY"},
                              Named{216, "GROUP"},
                              Named{217, "USER"},
                              Named{218, "CAPABILITIES"},
                              Named{219, "CGROUP"},
                              Named{220, "SETSID"},
                              Named{221, "CONFIRM"},
                              Named{222, "STDERR"},
                              Named{224, "PAM"},
                              Named{225, "NETWORK"},
                              Named{226, "NAMESPACE"},
                              Named{227, "NO_NEW_PRIVILEGES"},
                              Named{228, "SECCOMP"},
                              Named{229, "SELINUX_CONTEXT"},
                              Named{230, "PERSONALITY"},
                              Named{231, "APPARMOR_PROFILE"},
                              Named{232, "ADDRESS_FAMILIES"},
                              Named{233, "RUNTIME_DIRECTORY"},
                              Named{235, "CHOWN"},
                              Named{236, "SMACK_PROCESS_LABEL"},
                              Named{237, "KEYRING"},
                              Named{238, "STATE_DIRECTORY"},
                              Named{239, "CACHE_DIRECTORY"},
                              Named{240, "LOGS_DIRECTORY"},
                              Named{241, "CONFIGURATION_DIRECTORY"},
                              Named{242, "NUMA_POLICY"},
                              Named{243, "CREDENTIALS"},
                              Named{255, "EXCEPTION"}};

std::string_view name_of(int status) {
  auto found =
      std::find_if(statuses.begin(), statuses.end(), [&](const Named& n) { return n.code == status; });
  return found == statuses.end() ? "n/a" : found->name;
}

}  // namespace

std::string_view to_string(ExitCode code) {
  switch (code) {
    case ExitCode::exited:
      return "exited";
    case ExitCode::killed:
      return "killed";
    case ExitCode::dumped:
      return "dumped";
    case ExitCode::none:
      break;
  }
  return "(null)";
}

std::string journal_status(const Exit& exit) {
  const std::string number = std::to_string(exit.status) + "/";
  return exit.code == ExitCode::exited ? number + std::string(name_of(exit.status))
                                       : number + signal_name(exit.status);
}

std::string status_text(const Exit& exit) {
  if (exit.code != ExitCode::exited) return "signal=" + signal_name(exit.status);
  std::string text = "status=" + std::to_string(exit.status);
  const bool named = exit.status <= 1 || exit.status >= 200;
  if (named && name_of(exit.status) != "n/a") text += "/" + std::string(name_of(exit.status));
  return text;
}

std::optional<int> exit_status_by_name(std::string_view name) {
  if (!name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    if (name.size() > 3) return std::nullopt;
    const int code = std::stoi(std::string(name));
    return code <= 255 ? std::optional<int>(code) : std::nullopt;
  }
  auto found = std::find_if(statuses.begin(), statuses.end(), [&](const Named& n) { return n.name == name; });
  return found == statuses.end() ? std::nullopt : std::optional<int>(found->code);
}

bool ExitStatusSet::contains(const Exit& exit) const {
  return exit.code == ExitCode::exited ? codes.contains(exit.status)
                                       : exit.code != ExitCode::none && signals.contains(exit.status);
}

}  // namespace squall::guest::systemd
