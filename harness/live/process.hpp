// This process and another of itself: how long real time has passed, and a second run to compare with.
#pragma once
#include <string>
#include <vector>

#include "emulator/base/time.hpp"

namespace squall::live {

// Real time since it was made.
class Stopwatch {
 public:
  Stopwatch();
  Duration elapsed() const;

 private:
  std::int64_t started_ns_;
};

// Runs this very program again with `arguments`, its output thrown away; answers its exit status, 128 +
// signal if it was killed. Throws std::system_error when it can not be started.
int run_self(const std::vector<std::string>& arguments);

// The folder for temporary files: TMPDIR, or /tmp.
std::string temporary_folder();
// A new, empty file that only this user can read.
std::string temporary_file();

}  // namespace squall::live
