// The disk as one process sees it that has mounts of its own (agent/sandboxing.c): a service with PrivateTmp=
// or ProtectSystem=. What is durable of it is the guest's business, as of every other file.
#pragma once
#include "harness/guest/file_descriptor.hpp"
#include "harness/guest/guest_disk.hpp"

namespace squall::guest {

class ProcessDisk final : public world::Disk {
 public:
  // `root`: the process's, opened with O_PATH.
  ProcessDisk(GuestDisk& disk, FileDescriptor root) : disk_(disk), root_(std::move(root)) {}

  std::optional<std::string> read(const std::string& path) override { return here()->read(path); }
  void write(const std::string& path, std::string_view content, int mode) override {
    here()->write(path, content, mode);
  }
  void append(const std::string& path, std::string_view content, int mode) override {
    here()->append(path, content, mode);
  }
  void rename(const std::string& from, const std::string& to) override { here()->rename(from, to); }
  bool remove(const std::string& path) override { return here()->remove(path); }
  void make_directories(const std::string& path, int mode) override { here()->make_directories(path, mode); }
  std::vector<std::string> list(const std::string& path) override { return here()->list(path); }
  bool exists(const std::string& path) override { return here()->exists(path); }
  std::optional<std::string> read_link(const std::string& path) override { return here()->read_link(path); }
  void symlink(const std::string& target, const std::string& path) override { here()->symlink(target, path); }
  void sync(const std::string& path) override { disk_.sync(path); }

 private:
  // The guest's disk from this root, for one call.
  class Here {
   public:
    Here(GuestDisk& disk, int root) : disk_(disk) { disk_.seen_from(root); }
    ~Here() { disk_.seen_from(-1); }
    Here(const Here&) = delete;
    Here& operator=(const Here&) = delete;
    GuestDisk* operator->() { return &disk_; }

   private:
    GuestDisk& disk_;
  };
  Here here() { return Here(disk_, root_.get()); }

  GuestDisk& disk_;
  FileDescriptor root_;
};

}  // namespace squall::guest
