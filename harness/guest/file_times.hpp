// The times of a guest's files. The kernel stamps a file with the host's clock; here the stamps are found and
// replaced by the world's time. What a process sees of a file that was written since is the preload library's
// (agent/preload_times.c).
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "emulator/base/time.hpp"

namespace squall::guest {

// The host's clock in nanoseconds since 1970, no later than a stamp that the kernel gives from now on. For
// telling stamps apart only.
std::int64_t host_clock_ns();

// The stamps in one folder. It is looked through again and again, so what is in each folder below is kept for
// as long as that folder does not change.
class FileTimes {
 public:
  explicit FileTimes(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Gives everything in the folder that was stamped since `since_ns` the time `when`. Answers the paths of
  // the regular files among it, below the folder ("/etc/hosts"), in order. Nobody may write meanwhile.
  std::vector<std::string> replace(std::int64_t since_ns, Time when);

 private:
  struct Folder {
    std::int64_t changed_ns = 0;  // as the kernel says (st_ctime), when it was listed
    bool settled = false;         // it was listed later than that: another change would have another time
    std::vector<std::string> files;
    std::map<std::string, Folder> folders;
  };
  struct Walk;

  std::filesystem::path folder_;
  Folder root_;
};

// An open file gets the time `when`.
void set_time(int fd, Time when);

}  // namespace squall::guest
