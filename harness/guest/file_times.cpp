// See file_times.hpp.
#include "harness/guest/file_times.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "harness/guest/file_descriptor.hpp"

namespace squall::guest {
namespace {

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

std::array<timespec, 2> both(Time when) {
  const std::int64_t ns = when.time_since_epoch().count();
  const timespec time{ns / 1'000'000'000, ns % 1'000'000'000};
  return {time, time};
}

struct Walk {
  std::int64_t since_ns, until_ns;  // a time ahead of the host's clock was set by somebody
  std::array<timespec, 2> instead;
  std::vector<std::string> files;

  void look(int folder_fd, const std::string& path) {
    DIR* folder = ::fdopendir(folder_fd);
    if (folder == nullptr) return;
    while (const dirent* entry = ::readdir(folder)) {
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      struct stat facts {};
      if (::fstatat(folder_fd, entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0) continue;
      const std::int64_t stamp = nanoseconds(facts.st_mtim);
      if (stamp >= since_ns && stamp <= until_ns) {
        ::utimensat(folder_fd, entry->d_name, instead.data(), AT_SYMLINK_NOFOLLOW);
        if (S_ISREG(facts.st_mode)) files.push_back(path + "/" + entry->d_name);
      }
      if (!S_ISDIR(facts.st_mode)) continue;
      const int below = ::openat(folder_fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      if (below >= 0) look(below, path + "/" + entry->d_name);
    }
    ::closedir(folder);
  }
};

}  // namespace

// Stamps come from the coarse clock, or since Linux 6.13 from the fine one where somebody looks.
std::int64_t host_clock_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return nanoseconds(now);
}

std::vector<std::string> replace_stamps(const std::filesystem::path& folder, std::int64_t since_ns,
                                        Time when) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  Walk walk{since_ns, nanoseconds(now), both(when), {}};
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return {};
  struct stat facts {};
  if (::fstat(fd, &facts) == 0 && nanoseconds(facts.st_mtim) >= since_ns) ::futimens(fd, walk.instead.data());
  walk.look(fd, "");
  std::sort(walk.files.begin(), walk.files.end());
  return std::move(walk.files);
}

void set_time(int fd, Time when) { ::futimens(fd, both(when).data()); }

}  // namespace squall::guest
