// See volumes.hpp.
#include "harness/guest/commands/volumes.hpp"

#include <fstream>
#include <sstream>

namespace squall::guest {
namespace fs = std::filesystem;
namespace {

std::string last_part(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

bool is_named(const BlockDevice& device, const std::string& last) {
  std::string asked = last_part(device.volume->device_name);
  std::string letter = asked.empty() ? "" : asked.substr(asked.size() - 1);
  bool has_letter = !letter.empty() && letter[0] >= 'a';
  return last == device.name || last == asked ||
         (has_letter && (last == "xvd" + letter || last == "sd" + letter));
}

}  // namespace

fs::path folder_of(Guest& guest, const world::VolumeSpec& volume) {
  return guest.site().folder() / "volumes" / volume.volume_id;
}

FileSystem file_system_of(Guest& guest, const world::VolumeSpec& volume) {
  std::ifstream in(folder_of(guest, volume).string() + ".format");
  FileSystem found;
  in >> found.type >> found.uuid;
  in.ignore();
  std::getline(in, found.label);
  return found;
}

void make_file_system(Guest& guest, const world::VolumeSpec& volume, const FileSystem& made) {
  fs::path folder = folder_of(guest, volume);
  fs::remove_all(folder);
  fs::create_directories(folder);
  std::ofstream(folder.string() + ".format") << made.type << " " << made.uuid << " " << made.label << "\n";
}

std::vector<BlockDevice> block_devices(Guest& guest) {
  std::vector<BlockDevice> found;
  for (const world::VolumeSpec& volume : guest.machine().volumes)
    found.push_back({&volume, "nvme" + std::to_string(guest.controller_number(volume)) + "n1"});
  return found;
}

BlockDevice find_device(Guest& guest, const std::string& name) {
  std::string path = name;
  for (int followed = 0; followed < 8 && path.starts_with('/'); ++followed) {
    auto target = guest.disk().read_link(path);
    if (!target) break;
    path = target->starts_with('/') ? *target : path.substr(0, path.find_last_of('/') + 1) + *target;
  }
  for (const BlockDevice& device : block_devices(guest)) {
    if (device.volume->root) continue;
    FileSystem format = file_system_of(guest, *device.volume);
    bool by_content = (!format.uuid.empty() && name == "UUID=" + format.uuid) ||
                      (!format.label.empty() && name == "LABEL=" + format.label);
    if (by_content || is_named(device, last_part(path)) || is_named(device, last_part(name))) return device;
  }
  return {};
}

BlockDevice find_any_device(Guest& guest, const std::string& name) {
  for (const BlockDevice& device : block_devices(guest))
    if (device.volume->root && is_named(device, last_part(name))) return device;
  return find_device(guest, name);
}

std::string mount_point_of(Guest& guest, const std::string& device_name) {
  std::istringstream mounted(guest.disk().read(mounts_file).value_or(""));
  for (std::string source, target, type, access; mounted >> source >> target >> type >> access;)
    if (source == "/dev/" + device_name) return target;
  return "";
}

}  // namespace squall::guest
