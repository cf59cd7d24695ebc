// The cheap oracle: what was confirmed must still be there when all is well again. It needs no search, so it
// judges histories of any length; it sees less than the search, and never more.
#pragma once
#include <string>
#include <vector>

#include "harness/checkers/history.hpp"

namespace squall::checkers {

struct Loss {
  std::string key;
  std::string what;  // "read 3, but 5 was confirmed after it"
};

// Registers (read and write): a read that began after `healed` must show the initial `nothing`, or a written
// value over which no write was confirmed from beginning to end before the read began.
std::vector<Loss> lost_writes(const History& history, Time healed);

// Sets (add, remove, contains, read): an element whose add was confirmed, and whose removal never began, must
// be in every read that began after `healed` and after that confirmation.
std::vector<Loss> lost_elements(const History& history, Time healed);

}  // namespace squall::checkers
