// Histories from a file of tests/checkers/porcupine (see README.md for the format), and their models.
#pragma once
#include <string>
#include <vector>

#include "harness/checkers/check.hpp"

namespace squall::checkers {

struct Judged {
  std::string kind;
  bool linearizable;  // porcupine's verdict
  History history;
};

// Plain or gzip. Throws std::runtime_error for a file that cannot be read as such.
std::vector<Judged> read_histories(const std::string& path);

// By the name of a kind: register, versioned, set, lock, and list (which only porcupine's own histories use).
NewModel model_of(const std::string& kind);

}  // namespace squall::checkers
