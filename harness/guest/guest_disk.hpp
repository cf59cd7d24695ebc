// An instance's disk as programs of the world use it: the same tree that the guest's processes see. What was
// written, here or by a process of the guest, and not synced may be lost when the power fails, each file by
// itself; after 30 seconds the kernel has written it back by itself (vm.dirty_expire_centisecs).
#pragma once
#include <functional>
#include <map>
#include <string>

#include "emulator/base/random.hpp"
#include "emulator/base/time.hpp"
#include "emulator/world/disk.hpp"

namespace squall::guest {

class GuestDisk final : public world::Disk {
 public:
  static constexpr Duration write_back_delay = 30s;

  // `root` answers a descriptor of the tree's root, opened with O_PATH; paths never leave it, whatever links
  // say.
  // `original` answers what the image has under a path.
  GuestDisk(std::function<int()> root, std::function<Time()> now,
            std::function<std::optional<std::string>(const std::string&)> original)
      : root_(std::move(root)), now_(std::move(now)), original_(std::move(original)) {}

  std::optional<std::string> read(const std::string& path) override;
  void write(const std::string& path, std::string_view content, int mode) override;
  void append(const std::string& path, std::string_view content, int mode) override;
  void rename(const std::string& from, const std::string& to) override;
  bool remove(const std::string& path) override;
  void make_directories(const std::string& path, int mode) override;
  std::vector<std::string> list(const std::string& path) override;
  bool exists(const std::string& path) override;
  std::optional<std::string> read_link(const std::string& path) override;
  void symlink(const std::string& target, const std::string& path) override;
  void sync(const std::string& path) override;

  // Beyond the contract of Disk, for what a machine's own parts do. These throw DiskError too.
  void link(const std::string& target, const std::string& path);  // a symbolic link; replaces what is there
  void change_owner(const std::string& path, int uid, int gid);
  void change_mode(const std::string& path, int mode);
  bool is_directory(const std::string& path);
  bool is_executable(const std::string& path);  // a file with an x bit
  void remove_tree(const std::string& path);

  // Until told otherwise, paths are those of a process with this root (process_disk.hpp); -1: the guest's
  // own.
  void seen_from(int root) { other_root_ = root; }
  // A process of the guest wrote this file at `when`, the guest is at rest.
  void written_by_process(const std::string& path, Time when);
  void sync_all() { unsynced_.clear(); }
  // The power failed: of each file that was not synced it is drawn whether its last state survives. Answers
  // the paths that went back to what was durable.
  std::vector<std::string> lose_power(base::Random& random);

 private:
  struct Durable {
    std::optional<std::string> content;  // nothing: there was no such file
    int mode = 0644;
    Time changed{};
  };
  // What a file held when it was last looked at; nothing: it is too large to be kept, and never lost.
  struct Seen {
    std::optional<std::string> content;
    int mode = 0644;
  };
  Seen look(const std::string& path);
  void remember(const std::string& path, std::string_view content, int mode, bool at_end);
  int root() const { return other_root_ >= 0 ? other_root_ : root_(); }
  bool is_private(const std::string& path) const;
  bool changed_lately(const std::string& path, Time when) const;
  void before_change(const std::string& path);
  void put(const std::string& path, std::string_view content, int mode, bool at_end);

  std::function<int()> root_;
  int other_root_ = -1;
  std::function<Time()> now_;
  std::function<std::optional<std::string>(const std::string&)> original_;
  std::map<std::string, Durable> unsynced_;
  std::map<std::string, std::string> renamed_from_;  // synced together with its new name
  std::map<std::string, Seen> seen_;                 // of the files that were written since the disk was new
};

}  // namespace squall::guest
