// How a process ended, and the names that systemd gives to exit codes (systemd.exec(5), "Process Exit
// Codes").
#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace squall::guest::systemd {

enum class ExitCode { none, exited, killed, dumped };  // 0 to 3, as ExecMainCode= shows them (CLD_*)

struct Exit {
  ExitCode code = ExitCode::exited;
  int status = 0;  // the exit code, or the signal
};

std::string_view to_string(ExitCode code);  // "exited", "killed", "dumped", "(null)"
// The journal's form, with every name: "1/FAILURE", "143/n/a", "9/KILL".
std::string journal_status(const Exit& exit);
// `systemctl status`'s: "status=0/SUCCESS", "status=3", "signal=KILL".
std::string status_text(const Exit& exit);
std::optional<int> exit_status_by_name(std::string_view name);  // "FAILURE", "203", "EXEC"

// SuccessExitStatus=, RestartPreventExitStatus= and their like: codes and signals.
struct ExitStatusSet {
  std::set<int> codes, signals;
  bool contains(const Exit& exit) const;
};

}  // namespace squall::guest::systemd
