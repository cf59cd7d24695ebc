// journalctl(1) of systemd 252 as a program of a guest.
#pragma once
#include <functional>

#include "harness/guest/journal/journal.hpp"
#include "harness/program/program.hpp"

namespace squall::guest::journal {

// What the program asks of the guest.
struct JournalSource {
  std::function<const Journal*()> journal;  // null: no journal files
  std::function<std::string()> hostname;
};

program::Program journalctl(JournalSource source);
// Root, and members of the groups adm and systemd-journal, see the system's journal.
bool may_read(program::Context& context);

}  // namespace squall::guest::journal
