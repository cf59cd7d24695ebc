// supervisord and supervisorctl of supervisor 4.2.5 as programs of a guest.
#pragma once
#include "harness/guest/supervisor/supervisor.hpp"
#include "harness/program/program.hpp"

namespace squall::guest::supervisor {

// In the foreground (-n) only, as Debian's unit runs it. Its actor is the server; killing it leaves the
// children.
program::Program supervisord(Board& board);
program::Program supervisorctl(Board& board);

}  // namespace squall::guest::supervisor
