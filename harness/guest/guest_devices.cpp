// Guest: the block devices of attached volumes in the guest's /dev, with the links that udev makes there. A
// node is a bind mount from the site with `nodev`: it is a block device to test(1) and stat(1), and nobody
// can open it, since the world answers for what would.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <fstream>

#include "harness/guest/commands/volumes.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace fs = std::filesystem;
namespace {

constexpr unsigned block_extended_major = 259;

// The names below /dev that lead to the volume, beside its own.
std::vector<std::string> links_of(const world::VolumeSpec& volume) {
  std::string asked = volume.device_name.substr(volume.device_name.find_last_of('/') + 1),
              serial = volume.volume_id;
  std::erase(serial, '-');
  std::vector<std::string> links = {"disk/by-id/nvme-Amazon_Elastic_Block_Store_" + serial};
  if (asked.empty()) return links;
  links.push_back(asked);
  bool has_letter = asked.back() >= 'a' && asked.back() <= 'z';
  if (has_letter && asked.starts_with("sd")) links.push_back("xvd" + asked.substr(2));
  if (has_letter && asked.starts_with("xvd")) links.push_back("sd" + asked.substr(3));
  return links;
}

// A block device where this process may make one (not in a user namespace), else an empty file.
void make_node(const fs::path& node, unsigned minor) {
  std::error_code error;
  fs::create_directories(node.parent_path(), error);
  if (fs::exists(node, error)) return;
  if (::mknod(node.c_str(), S_IFBLK | 0660, makedev(block_extended_major, minor)) != 0) std::ofstream{node};
}

void link_below_dev(int root, const std::string& link, const std::string& name) {
  ::mkdirat(root, "dev/disk", 0755);
  ::mkdirat(root, "dev/disk/by-id", 0755);
  std::string up = link.starts_with("disk/") ? "../../" : "";
  ::unlinkat(root, ("dev/" + link).c_str(), 0);
  if (::symlinkat((up + name).c_str(), root, ("dev/" + link).c_str()) != 0) return;
}

}  // namespace

int Guest::controller_number(const world::VolumeSpec& volume) {
  if (volume.root) return 0;
  if (auto known = controllers_.find(volume.volume_id); known != controllers_.end()) return known->second;
  int number = 1;
  auto taken = [&](const auto& entry) { return entry.second == number; };
  while (std::any_of(controllers_.begin(), controllers_.end(), taken)) ++number;
  return controllers_[volume.volume_id] = number;
}

// A machine with its root volume alone gets none: nothing asks, and each costs a mount.
void Guest::show_devices() {
  if (!sandbox_ || options_.machine.volumes.size() < 2) return;
  int root = sandbox_->root_fd();
  for (const BlockDevice& device : block_devices(*this)) {
    fs::path node = folder_.parent_path().parent_path() / "devices" / device.name;
    make_node(node, static_cast<unsigned>(controller_number(*device.volume)));
    std::string target = "/dev/" + device.name;
    FileDescriptor place(::openat(root, target.c_str() + 1, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0660));
    if (!place) continue;  // it is shown already
    sandbox_->mount_folder(node, target);
    for (const std::string& link : links_of(*device.volume)) link_below_dev(root, link, device.name);
  }
}

void Guest::attach_volume(const world::VolumeSpec& volume) {
  options_.machine.volumes.push_back(volume);
  show_devices();
}

void Guest::detach_volume(const std::string& volume_id) {
  for (const BlockDevice& device : block_devices(*this)) {
    if (device.volume->volume_id != volume_id || !sandbox_) continue;
    sandbox_->unmount("/dev/" + device.name);
    for (const std::string& link : links_of(*device.volume))
      ::unlinkat(sandbox_->root_fd(), ("dev/" + link).c_str(), 0);
    ::unlinkat(sandbox_->root_fd(), ("dev/" + device.name).c_str(), 0);
  }
  controllers_.erase(volume_id);
  std::erase_if(options_.machine.volumes,
                [&](const world::VolumeSpec& volume) { return volume.volume_id == volume_id; });
}

}  // namespace squall::guest
