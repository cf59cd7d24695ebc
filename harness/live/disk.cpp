#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "harness/live/system.hpp"

namespace squall::live {
namespace {

using world::DiskError;

class File {
 public:
  File(const std::string& path, int flags, int mode = 0)
      : path_(path), fd_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {
    if (fd_ < 0) throw DiskError(errno, "open", path);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { ::close(fd_); }

  void write_all(std::string_view content) const {
    while (!content.empty()) {
      ssize_t wrote = ::write(fd_, content.data(), content.size());
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote < 0) throw DiskError(errno, "write", path_);
      content.remove_prefix(static_cast<std::size_t>(wrote));
    }
  }
  std::string read_all() const {
    std::string content;
    char buffer[65536];
    for (;;) {
      ssize_t got = ::read(fd_, buffer, sizeof buffer);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw DiskError(errno, "read", path_);
      if (got == 0) return content;
      content.append(buffer, static_cast<std::size_t>(got));
    }
  }
  void flush() const {
    if (::fsync(fd_) != 0) throw DiskError(errno, "sync", path_);
  }

 private:
  const std::string& path_;
  int fd_;
};

}  // namespace

std::optional<std::string> LiveDisk::read(const std::string& path) {
  if (!exists(path)) return {};
  return File(path, O_RDONLY).read_all();
}

void LiveDisk::write(const std::string& path, std::string_view content, int mode) {
  File(path, O_WRONLY | O_CREAT | O_TRUNC, mode).write_all(content);
}

void LiveDisk::append(const std::string& path, std::string_view content, int mode) {
  File(path, O_WRONLY | O_CREAT | O_APPEND, mode).write_all(content);
}

void LiveDisk::rename(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) throw DiskError(errno, "rename", from);
}

bool LiveDisk::remove(const std::string& path) {
  if (::remove(path.c_str()) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  throw DiskError(errno, "remove", path);
}

void LiveDisk::make_directories(const std::string& path, int mode) {
  for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    std::string part = path.substr(0, slash);
    if (::mkdir(part.c_str(), static_cast<mode_t>(mode)) != 0 && errno != EEXIST)
      throw DiskError(errno, "mkdir", part);
    if (slash == path.npos) break;
  }
  if (!std::filesystem::is_directory(path)) throw DiskError(ENOTDIR, "mkdir", path);
}

std::vector<std::string> LiveDisk::list(const std::string& path) {
  std::vector<std::string> names;
  std::unique_ptr<DIR, int (*)(DIR*)> directory{::opendir(path.c_str()), ::closedir};
  if (!directory) {
    if (errno == ENOENT) return names;
    throw DiskError(errno, "open", path);
  }
  while (dirent* entry = ::readdir(directory.get())) {
    std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    struct stat facts;
    if (::stat((path + "/" + name).c_str(), &facts) == 0 && S_ISDIR(facts.st_mode)) name += '/';
    names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool LiveDisk::exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

std::optional<std::string> LiveDisk::read_link(const std::string& path) {
  std::error_code error;
  std::string target = std::filesystem::read_symlink(path, error);
  return error ? std::nullopt : std::optional{target};
}

void LiveDisk::symlink(const std::string& target, const std::string& path) {
  if (::symlink(target.c_str(), path.c_str()) != 0) throw DiskError(errno, "symlink", path);
}

void LiveDisk::sync(const std::string& path) {
  if (exists(path)) File(path, O_RDONLY).flush();
  std::string parent = path.substr(0, path.rfind('/'));
  std::string directory = parent.empty() ? "/" : parent;
  File(directory, O_RDONLY | O_DIRECTORY).flush();
}

}  // namespace squall::live
