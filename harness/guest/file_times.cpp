// See file_times.hpp.
#include "harness/guest/file_times.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

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

}  // namespace

// Stamps come from the coarse clock, or since Linux 6.13 from the fine one where somebody looks.
std::int64_t host_clock_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return nanoseconds(now);
}

struct FileTimes::Walk {
  int root_fd;
  std::int64_t since_ns, until_ns;  // a time ahead of the host's clock was set by somebody
  std::array<timespec, 2> instead;
  std::vector<std::string> files;

  // Whether it was stamped since.
  bool replace(const std::string& path, const struct stat& facts) const {
    const std::int64_t stamp = nanoseconds(facts.st_mtim);
    if (stamp < since_ns || stamp > until_ns) return false;
    ::utimensat(root_fd, path.c_str(), instead.data(), AT_SYMLINK_NOFOLLOW);
    return true;
  }

  void list(const std::string& path, Folder& folder) const {
    folder.files.clear();
    std::map<std::string, Folder> before = std::exchange(folder.folders, {});
    const int fd = ::openat(root_fd, path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR* listing = fd < 0 ? nullptr : ::fdopendir(fd);
    if (listing == nullptr) return;
    while (const dirent* entry = ::readdir(listing)) {
      const std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      struct stat facts {};
      if (::fstatat(fd, entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0) continue;
      if (S_ISDIR(facts.st_mode))
        folder.folders[name] = std::move(before[name]);
      else
        folder.files.push_back(name);
    }
    ::closedir(listing);
  }

  // Its stamp is replaced last, and as the kernel then says that it changed, so it is known by that.
  void look(const std::string& path, Folder& folder) {
    struct stat facts {};
    if (::fstatat(root_fd, path.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) return;
    if (!folder.settled || folder.changed_ns != nanoseconds(facts.st_ctim)) list(path, folder);
    for (const std::string& name : folder.files) {
      const std::string file = path + "/" + name;
      struct stat about {};
      if (::fstatat(root_fd, file.c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0 && replace(file, about) &&
          S_ISREG(about.st_mode))
        files.push_back(file.substr(1));
    }
    for (auto& [name, below] : folder.folders) look(path + "/" + name, below);
    if (replace(path, facts)) ::fstatat(root_fd, path.c_str(), &facts, AT_SYMLINK_NOFOLLOW);
    folder.changed_ns = nanoseconds(facts.st_ctim);
    folder.settled = folder.changed_ns < host_clock_ns();
  }
};

std::vector<std::string> FileTimes::replace(std::int64_t since_ns, Time when) {
  FileDescriptor root(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root) return {};
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  Walk walk{root.get(), since_ns, nanoseconds(now), both(when), {}};
  walk.look(".", root_);
  std::sort(walk.files.begin(), walk.files.end());
  return std::move(walk.files);
}

void set_time(int fd, Time when) { ::futimens(fd, both(when).data()); }

}  // namespace squall::guest
