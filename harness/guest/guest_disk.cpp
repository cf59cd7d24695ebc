// See guest_disk.hpp. Every path is resolved by openat2(2) with RESOLVE_IN_ROOT.
#include "harness/guest/guest_disk.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "harness/guest/file_descriptor.hpp"
#include "harness/guest/file_times.hpp"

namespace squall::guest {
namespace {

constexpr std::size_t seen_limit = 1 << 20;  // bytes

FileDescriptor open_in(int root, const std::string& path, int flags, int mode = 0) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.mode = static_cast<std::uint64_t>(mode);
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  // EAGAIN: something on this machine was renamed or mounted while a ".." was followed (openat2(2)).
  int descriptor;
  do {
    descriptor = static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how));
  } while (descriptor < 0 && errno == EAGAIN);
  return FileDescriptor(descriptor);
}

std::string parent_of(const std::string& path) {
  std::size_t slash = path.find_last_of('/');
  return slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
}

std::string name_of(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

FileDescriptor open_parent(int root, const std::string& path, const char* operation) {
  FileDescriptor parent = open_in(root, parent_of(path), O_PATH | O_DIRECTORY);
  if (!parent) throw world::DiskError(errno, operation, path);
  return parent;
}

std::string read_to_end(int fd, const std::string& path) {
  std::string content;
  char buffer[65536];
  for (;;) {
    ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw world::DiskError(errno, "read", path);
    if (n == 0) return content;
    content.append(buffer, static_cast<std::size_t>(n));
  }
}

}  // namespace

std::optional<std::string> GuestDisk::read(const std::string& path) {
  FileDescriptor file = open_in(root(), path, O_RDONLY | O_NONBLOCK);
  if (!file && (errno == ENOENT || errno == ENOTDIR)) return {};
  if (!file) throw world::DiskError(errno, "open", path);
  return read_to_end(file.get(), path);
}

bool GuestDisk::changed_lately(const std::string& path, Time when) const {
  auto known = unsynced_.find(path);
  return known != unsynced_.end() && when - known->second.changed < write_back_delay;
}

// A service's own /tmp goes with the service, and does not outlive a power failure either way.
bool GuestDisk::is_private(const std::string& path) const {
  return other_root_ >= 0 && (path.starts_with("/tmp/") || path.starts_with("/var/tmp/"));
}

void GuestDisk::before_change(const std::string& path) {
  if (is_private(path) || changed_lately(path, now_())) return;
  Durable durable{.changed = now_()};
  struct stat facts {};
  FileDescriptor file = open_in(root(), path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  if (file && ::fstat(file.get(), &facts) == 0 && S_ISREG(facts.st_mode)) {
    durable.content = read_to_end(file.get(), path);
    durable.mode = static_cast<int>(facts.st_mode & 07777);
  }
  unsynced_[path] = std::move(durable);
}

GuestDisk::Seen GuestDisk::look(const std::string& path) {
  struct stat facts {};
  FileDescriptor file = open_in(root(), path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  if (!file || ::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode) ||
      static_cast<std::size_t>(facts.st_size) > seen_limit)
    return {};
  return {read_to_end(file.get(), path), static_cast<int>(facts.st_mode & 07777)};
}

// The process is told of too late to look at what was there before: that is what was seen last.
void GuestDisk::written_by_process(const std::string& path, Time when) {
  auto before = seen_.find(path);
  Seen now = look(path);
  if (!changed_lately(path, when)) {
    std::optional<std::string> content = before == seen_.end() ? original_(path) : before->second.content;
    int mode = before == seen_.end() ? now.mode : before->second.mode;
    bool can_be_lost = now.content && (before == seen_.end() || content);
    if (can_be_lost)
      unsynced_[path] = {std::move(content), mode, when};
    else
      unsynced_.erase(path);
  }
  seen_[path] = std::move(now);
}

void GuestDisk::put(const std::string& path, std::string_view content, int mode, bool at_end) {
  before_change(path);
  remember(path, content, mode, at_end);
  FileDescriptor file = open_in(root(), path, O_WRONLY | O_CREAT | (at_end ? O_APPEND : O_TRUNC), mode);
  if (!file) throw world::DiskError(errno, "open", path);
  while (!content.empty()) {
    ssize_t n = ::write(file.get(), content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw world::DiskError(errno, "write", path);
    content.remove_prefix(static_cast<std::size_t>(n));
  }
  set_time(file.get(), now_());
}

void GuestDisk::remember(const std::string& path, std::string_view content, int mode, bool at_end) {
  if (is_private(path)) return;
  Seen& seen = seen_[path];
  if (!at_end) seen = {std::string{}, mode};
  if (seen.content && seen.content->size() + content.size() <= seen_limit)
    *seen.content += content;
  else
    seen.content.reset();
}

void GuestDisk::write(const std::string& path, std::string_view content, int mode) {
  put(path, content, mode, false);
}

void GuestDisk::append(const std::string& path, std::string_view content, int mode) {
  put(path, content, mode, true);
}

void GuestDisk::rename(const std::string& from, const std::string& to) {
  before_change(from);
  before_change(to);
  FileDescriptor from_folder = open_parent(root(), from, "rename"),
                 to_folder = open_parent(root(), to, "rename");
  if (::renameat(from_folder.get(), name_of(from).c_str(), to_folder.get(), name_of(to).c_str()) != 0)
    throw world::DiskError(errno, "rename", from);
  renamed_from_[to] = from;
  if (auto moved = seen_.extract(from)) seen_[to] = std::move(moved.mapped());
}

bool GuestDisk::remove(const std::string& path) {
  FileDescriptor folder = open_in(root(), parent_of(path), O_PATH | O_DIRECTORY);
  if (!folder) return false;
  struct stat facts {};
  std::string name = name_of(path);
  if (::fstatat(folder.get(), name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) return false;
  bool directory = S_ISDIR(facts.st_mode);
  if (S_ISREG(facts.st_mode)) before_change(path);
  if (::unlinkat(folder.get(), name.c_str(), directory ? AT_REMOVEDIR : 0) != 0)
    throw world::DiskError(errno, "remove", path);
  seen_.erase(path);
  return true;
}

void GuestDisk::make_directories(const std::string& path, int mode) {
  for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    std::string part = path.substr(0, slash);
    if (!is_directory(part)) {
      FileDescriptor folder = open_parent(root(), part, "mkdir");
      if (::mkdirat(folder.get(), name_of(part).c_str(), static_cast<mode_t>(mode)) != 0 && errno != EEXIST)
        throw world::DiskError(errno, "mkdir", part);
    }
    if (slash == std::string::npos) return;
  }
}

std::vector<std::string> GuestDisk::list(const std::string& path) {
  FileDescriptor folder = open_in(root(), path, O_RDONLY | O_DIRECTORY);
  std::vector<std::string> names;
  if (!folder) return names;
  DIR* stream = ::fdopendir(::dup(folder.get()));
  while (const dirent* entry = ::readdir(stream)) {
    std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    struct stat facts {};
    bool directory = ::fstatat(folder.get(), name.c_str(), &facts, 0) == 0 && S_ISDIR(facts.st_mode);
    names.push_back(directory ? name + "/" : name);
  }
  ::closedir(stream);
  std::sort(names.begin(), names.end());
  return names;
}

bool GuestDisk::exists(const std::string& path) { return bool(open_in(root(), path, O_PATH)); }

bool GuestDisk::is_directory(const std::string& path) {
  return bool(open_in(root(), path, O_PATH | O_DIRECTORY));
}

bool GuestDisk::is_executable(const std::string& path) {
  FileDescriptor file = open_in(root(), path, O_PATH);
  struct stat about {};
  return file && ::fstat(file.get(), &about) == 0 && S_ISREG(about.st_mode) && (about.st_mode & 0111) != 0;
}

void GuestDisk::sync(const std::string& path) {
  unsynced_.erase(path);
  auto renamed = renamed_from_.find(path);
  if (renamed == renamed_from_.end()) return;
  unsynced_.erase(renamed->second);
  renamed_from_.erase(renamed);
}

std::optional<std::string> GuestDisk::read_link(const std::string& path) {
  FileDescriptor folder = open_in(root(), parent_of(path), O_PATH | O_DIRECTORY);
  char target[4096];
  ssize_t size = folder ? ::readlinkat(folder.get(), name_of(path).c_str(), target, sizeof target) : -1;
  if (size < 0) return {};
  return std::string(target, static_cast<std::size_t>(size));
}

void GuestDisk::symlink(const std::string& target, const std::string& path) {
  FileDescriptor folder = open_parent(root(), path, "symlink");
  if (::symlinkat(target.c_str(), folder.get(), name_of(path).c_str()) != 0)
    throw world::DiskError(errno, "symlink", path);
}

void GuestDisk::link(const std::string& target, const std::string& path) {
  FileDescriptor folder = open_parent(root(), path, "symlink");
  ::unlinkat(folder.get(), name_of(path).c_str(), 0);
  symlink(target, path);
}

void GuestDisk::change_owner(const std::string& path, int uid, int gid) {
  FileDescriptor file = open_in(root(), path, O_PATH);
  if (!file ||
      ::fchownat(file.get(), "", static_cast<uid_t>(uid), static_cast<gid_t>(gid), AT_EMPTY_PATH) != 0)
    throw world::DiskError(errno, "chown", path);
}

void GuestDisk::change_mode(const std::string& path, int mode) {
  FileDescriptor folder = open_parent(root(), path, "chmod");
  if (::fchmodat(folder.get(), name_of(path).c_str(), static_cast<mode_t>(mode), 0) != 0)
    throw world::DiskError(errno, "chmod", path);
}

void GuestDisk::remove_tree(const std::string& path) {
  for (const std::string& name : list(path)) {
    std::string below = path + "/" + (name.ends_with('/') ? name.substr(0, name.size() - 1) : name);
    if (name.ends_with('/'))
      remove_tree(below);
    else
      remove(below);
  }
  remove(path);
}

std::vector<std::string> GuestDisk::lose_power(base::Random& random) {
  std::vector<std::string> lost;
  for (auto& [path, durable] : std::exchange(unsynced_, {})) {
    if (now_() - durable.changed >= write_back_delay || !random.chance(1, 2)) continue;
    // What became of its folder, or stands there instead by now, is durable.
    if (is_directory(path) || !is_directory(parent_of(path))) continue;
    if (!durable.content && !exists(path)) continue;
    lost.push_back(path);
    if (durable.content)
      put(path, *durable.content, durable.mode, false);
    else
      remove(path);
  }
  unsynced_.clear();
  renamed_from_.clear();
  return lost;
}

}  // namespace squall::guest
