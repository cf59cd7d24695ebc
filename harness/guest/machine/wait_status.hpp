// wait(2)'s status as the service managers speak of it.
#pragma once
#include <sys/wait.h>

#include "harness/guest/systemd/exit_status.hpp"

namespace squall::guest {

inline systemd::Exit exit_of(int wait_status) {
  if (WIFEXITED(wait_status)) return {systemd::ExitCode::exited, WEXITSTATUS(wait_status)};
  return {WCOREDUMP(wait_status) ? systemd::ExitCode::dumped : systemd::ExitCode::killed,
          WTERMSIG(wait_status)};
}

}  // namespace squall::guest
