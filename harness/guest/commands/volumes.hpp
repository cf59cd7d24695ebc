// Attached volumes as a guest's tools see them. A volume is a folder of the site that outlives the guest's
// boots; the file beside it holds its file system once there is one. Nitro instances show the volume asked
// for as /dev/sdf as /dev/nvme1n1, with /dev/sdf and /dev/xvdf as links to it
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/nvme-ebs-volumes.html).
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "harness/guest/guest.hpp"

namespace squall::guest {

struct FileSystem {
  std::string type, uuid, label;  // all empty before mkfs
};

struct BlockDevice {
  const world::VolumeSpec* volume = nullptr;
  std::string name;  // "nvme1n1"
};

std::vector<BlockDevice> block_devices(Guest& guest);
// By /dev/nvme1n1, /dev/sdf, /dev/xvdf, its link in /dev/disk/by-id, UUID=..., LABEL=..., or a symbolic link
// to one of them; the root volume is not found. No volume when there is none.
BlockDevice find_device(Guest& guest, const std::string& name);
// The root volume too, by its device's name.
BlockDevice find_any_device(Guest& guest, const std::string& name);

std::filesystem::path folder_of(Guest& guest, const world::VolumeSpec& volume);
FileSystem file_system_of(Guest& guest, const world::VolumeSpec& volume);
// Replaces whatever was on it.
void make_file_system(Guest& guest, const world::VolumeSpec& volume, const FileSystem& made);

// Where the device is mounted in this boot; empty: nowhere.
std::string mount_point_of(Guest& guest, const std::string& device_name);
// What is mounted: "source target type rw" lines (or ro), for this boot.
inline constexpr char mounts_file[] = "/run/squall-mounts";

}  // namespace squall::guest
