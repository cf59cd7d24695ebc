// A file tree with a real disk's crash semantics: what sync() confirmed survives a power loss; what was not
// may survive, or not, each file by itself. harness/sim backs it by the instance's disk (so that scripts in
// the guest see the same files), harness/live by the file system.
//
// Paths are absolute in the host's own tree. Failures throw DiskError with an errno value.
#pragma once
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace squall::world {

struct DiskError : std::runtime_error {
  DiskError(int error_number, const std::string& operation, const std::string& path);
  int errno_value;  // ENOSPC, EACCES, ENOTDIR, EISDIR, EIO...
};

class Disk {
 public:
  virtual ~Disk() = default;

  // Nothing if there is no such file.
  virtual std::optional<std::string> read(const std::string& path) = 0;
  // Replaces the whole file; makes no directories. Not durable before sync().
  virtual void write(const std::string& path, std::string_view content, int mode) = 0;
  virtual void append(const std::string& path, std::string_view content, int mode) = 0;
  virtual void rename(const std::string& from, const std::string& to) = 0;
  virtual bool remove(const std::string& path) = 0;  // a file or an empty directory; false if absent
  virtual void make_directories(const std::string& path, int mode) = 0;
  // Names in the directory, sorted; directories end in '/'. Empty if absent.
  virtual std::vector<std::string> list(const std::string& path) = 0;
  virtual bool exists(const std::string& path) = 0;
  // Symbolic links, as `systemctl enable` makes them. The text of the link, or nothing if it is not one. A
  // disk without links throws ENOSYS on symlink(). The other calls follow links; remove() and rename() do
  // not.
  virtual std::optional<std::string> read_link(const std::string& path);
  virtual void symlink(const std::string& target, const std::string& path);
  // Makes the file's content and its name durable: fsync of it and of its directory.
  virtual void sync(const std::string& path) = 0;
};

}  // namespace squall::world
