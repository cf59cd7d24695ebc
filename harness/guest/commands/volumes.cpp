// Attached volumes as a script sees them: lsblk, blkid, mkfs.*, mount, umount. A volume is a folder of the
// site that outlives the guest's boots; "formatted" is the file beside it that holds its file system and
// UUID. Nitro instances show the volume asked for as /dev/sdf as /dev/nvme1n1, with /dev/sdf and /dev/xvdf as
// links to it (docs.aws.amazon.com/AWSEC2/latest/UserGuide/nvme-ebs-volumes.html).
#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "harness/guest/commands/commands.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace fs = std::filesystem;
namespace {

using Words = std::vector<std::string>;

struct Device {
  const world::VolumeSpec* volume = nullptr;
  std::string nvme_name;  // "nvme1n1"
};

fs::path folder_of(Guest& guest, const world::VolumeSpec& volume) {
  return guest.site().folder() / "volumes" / volume.volume_id;
}

// File system type and UUID; both empty before mkfs.
std::pair<std::string, std::string> format_of(Guest& guest, const world::VolumeSpec& volume) {
  std::ifstream in(folder_of(guest, volume).string() + ".format");
  std::pair<std::string, std::string> format;
  in >> format.first >> format.second;
  return format;
}

std::vector<Device> devices(Guest& guest) {
  std::vector<Device> found;
  int number = 1;
  for (const world::VolumeSpec& volume : guest.machine().volumes)
    found.push_back({&volume, "nvme" + std::to_string(volume.root ? 0 : number++) + "n1"});
  return found;
}

// By /dev/nvme1n1, /dev/sdf, /dev/xvdf, UUID=..., or a link to one of them.
Device find_device(Guest& guest, const std::string& name) {
  std::string last = name.substr(name.find_last_of('/') + 1);
  for (const Device& device : devices(guest)) {
    std::string asked = device.volume->device_name.substr(device.volume->device_name.find_last_of('/') + 1);
    std::string letter = asked.empty() ? "" : asked.substr(asked.size() - 1);
    bool same = last == device.nvme_name || last == asked ||
                (!letter.empty() && (last == "xvd" + letter || last == "sd" + letter)) ||
                name == "UUID=" + format_of(guest, *device.volume).second;
    if (same && !device.volume->root) return device;
  }
  return {};
}

// What is mounted: "source target type" lines, for this boot.
constexpr char mounts_file[] = "/run/squall-mounts";

world::Task<int> make_file_system(Guest& guest, program::Context& context) {
  const Words& argv = context.invocation().argv;
  std::string name = argv[0].substr(argv[0].find_last_of('/') + 1),
              type = name == "mkfs" ? "ext2" : name.substr(5), target;
  bool force = false;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    if (argv[i] == "-t" && i + 1 < argv.size())
      type = argv[++i];
    else if (argv[i] == "-L" || argv[i] == "-m" || argv[i] == "-O" || argv[i] == "-b" || argv[i] == "-E")
      ++i;
    else if (argv[i] == "-F" || argv[i] == "-f")
      force = true;
    else if (argv[i][0] != '-')
      target = argv[i];
  }
  Device device = find_device(guest, target);
  if (device.volume == nullptr) {
    context.err(type == "xfs" ? "Error accessing specified device " + target + ": No such file or directory\n"
                              : "mke2fs 1.47.0 (5-Feb-2023)\nThe file " + target +
                                    " does not exist and no size was specified.\n");
    co_return 1;
  }
  auto [old_type, old_uuid] = format_of(guest, *device.volume);
  if (!old_type.empty() && type == "xfs" && !force) {
    context.err("mkfs.xfs: " + target + " appears to contain an existing filesystem (" + old_type +
                ").\nmkfs.xfs: Use the -f option to force overwrite.\n");
    co_return 1;
  }
  std::string uuid = context.entropy().uuid();
  fs::path folder = folder_of(guest, *device.volume);
  fs::remove_all(folder);
  fs::create_directories(folder);
  std::ofstream(folder.string() + ".format") << type << " " << uuid << "\n";
  if (type == "xfs") {
    context.out("meta-data=" + target + "  isize=512    agcount=4\n");
  } else {
    context.err("mke2fs 1.47.0 (5-Feb-2023)\n");
    context.out("Creating filesystem with " + std::to_string(device.volume->size_gib * 262144) +
                " 4k blocks\nFilesystem UUID: " + uuid +
                "\n\nAllocating group tables: done\nWriting inode tables: done\n"
                "Writing superblocks and filesystem accounting information: done\n\n");
  }
  co_return 0;
}

// Answers what mount(8) would complain of; empty: it is mounted.
std::string mount_one(Guest& guest, const std::string& source, const std::string& target) {
  Device device = find_device(guest, source);
  if (device.volume == nullptr) {
    return "mount: " + target + ": special device " + source + " does not exist.\n";
  }
  if (!guest.disk().is_directory(target)) {
    return "mount: " + target + ": mount point does not exist.\n";
  }
  auto [type, uuid] = format_of(guest, *device.volume);
  if (type.empty()) {
    return "mount: " + target + ": wrong fs type, bad option, bad superblock on /dev/" + device.nvme_name +
           ", missing codepage or helper program, or other error.\n";
  }
  std::string line = "/dev/" + device.nvme_name + " " + target + " " + type + "\n";
  if (guest.disk().read(mounts_file).value_or("").find(line) != std::string::npos) {
    return "mount: " + target + ": /dev/" + device.nvme_name + " already mounted on " + target + ".\n";
  }
  int error = guest.mount_folder(folder_of(guest, *device.volume), target);
  if (error != 0) {
    return "mount: " + target + ": " + std::strerror(error) + ".\n";
  }
  guest.disk().append(mounts_file, line, 0644);
  return "";
}

struct FstabLine {
  std::string source, target, type, options;
};

std::vector<FstabLine> read_fstab(Guest& guest) {
  std::vector<FstabLine> lines;
  std::string text = guest.disk().read("/etc/fstab").value_or("");
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.find('\n', at), text.size());
    FstabLine line;
    std::istringstream words(text.substr(at, end - at));
    if (words >> line.source >> line.target >> line.type && line.source[0] != '#') {
      words >> line.options;
      lines.push_back(line);
    }
    at = end + 1;
  }
  return lines;
}

std::vector<std::string> mount_all(Guest& guest) {
  std::vector<std::string> complaints;
  std::string mounted = guest.disk().read(mounts_file).value_or("");
  for (const FstabLine& line : read_fstab(guest)) {
    bool skip = line.target == "/" || line.target == "none" ||
                line.options.find("noauto") != std::string::npos ||
                mounted.find(" " + line.target + " ") != std::string::npos || line.type == "tmpfs" ||
                line.type == "swap";
    if (skip) continue;
    std::string complaint = mount_one(guest, line.source, line.target);
    if (!complaint.empty()) complaints.push_back(complaint);
  }
  return complaints;
}

world::Task<int> mount(Guest& guest, program::Context& context) {
  const Words& argv = context.invocation().argv;
  Words words;
  bool all = false, bind = false;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    if (argv[i] == "-a")
      all = true;
    else if (argv[i] == "--bind")
      bind = true;
    else if (argv[i] == "-t" || argv[i] == "-o")
      ++i;
    else if (argv[i][0] != '-')
      words.push_back(argv[i]);
  }
  if (bind) {
    context.err("mount: --bind is not served by Squall's guests\n");
    co_return 1;
  }
  if (all) {
    std::vector<std::string> complaints = mount_all(guest);
    for (const std::string& complaint : complaints) context.err(complaint);
    co_return complaints.empty() ? 0 : 64;
  }
  if (words.empty()) {
    context.out("/dev/nvme0n1p1 on / type ext4 (rw,relatime)\n");
    std::istringstream mounted(guest.disk().read(mounts_file).value_or(""));
    for (std::string source, target, type; mounted >> source >> target >> type;)
      context.out(source + " on " + target + " type " + type + " (rw,relatime)\n");
    co_return 0;
  }
  if (words.size() == 1) {
    for (const FstabLine& line : read_fstab(guest))
      if (line.target == words[0] || line.source == words[0]) words = {line.source, line.target};
    if (words.size() == 1) {
      context.err("mount: " + words[0] + ": can't find in /etc/fstab.\n");
      co_return 1;
    }
  }
  std::string complaint = mount_one(guest, words[0], context.resolve(words[1]));
  context.err(complaint);
  co_return complaint.empty() ? 0 : 32;
}

world::Task<int> umount(Guest& guest, program::Context& context) {
  int status = 0;
  const Words& argv = context.invocation().argv;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    if (argv[i][0] == '-') continue;
    std::string kept, target = context.resolve(argv[i]);
    bool found = false;
    std::istringstream mounted(guest.disk().read(mounts_file).value_or(""));
    for (std::string source, where, type; mounted >> source >> where >> type;) {
      if (where == target || source == target)
        found = true, target = where;
      else
        kept += source + " " + where + " " + type + "\n";
    }
    int error = found ? guest.unmount_folder(target) : 0;
    if (!found || error != 0) {
      context.err("umount: " + argv[i] + ": " + (found ? "target is busy" : "not mounted") + ".\n");
      status = 32;
      continue;
    }
    guest.disk().write(mounts_file, kept, 0644);
  }
  co_return status;
}

world::Task<int> lsblk(Guest& guest, program::Context& context) {
  const Words& argv = context.invocation().argv;
  bool bare = std::any_of(argv.begin(), argv.end(), [](const std::string& word) {
    return word.size() > 1 && word[0] == '-' && word[1] != '-' && word.find('n') != std::string::npos;
  });
  if (!bare) context.out("NAME        MAJ:MIN RM SIZE RO TYPE MOUNTPOINTS\n");
  std::string mounted = guest.disk().read(mounts_file).value_or("");
  int minor = 0;
  for (const Device& device : devices(guest)) {
    std::size_t at = mounted.find("/dev/" + device.nvme_name + " ");
    std::string where = device.volume->root ? "/" : "";
    if (at != std::string::npos) {
      std::size_t begin = mounted.find(' ', at) + 1;
      where = mounted.substr(begin, mounted.find(' ', begin) - begin);
    }
    context.out(device.nvme_name + "     259:" + std::to_string(minor++) + "    0   " +
                std::to_string(device.volume->size_gib) + "G  0 disk " + where + "\n");
  }
  co_return 0;
}

world::Task<int> blkid(Guest& guest, program::Context& context) {
  const Words& argv = context.invocation().argv;
  bool found = false, only_value = false;
  std::string tag = "", wanted;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    if (argv[i] == "-s" && i + 1 < argv.size())
      tag = argv[++i];
    else if (argv[i] == "-o" && i + 1 < argv.size())
      only_value = argv[++i] == "value";
    else if (argv[i][0] != '-')
      wanted = argv[i];
  }
  for (const Device& device : devices(guest)) {
    if (!wanted.empty() && find_device(guest, wanted).volume != device.volume) continue;
    auto [type, uuid] = format_of(guest, *device.volume);
    if (type.empty()) continue;
    found = true;
    if (only_value) {
      if (tag != "TYPE") context.out(uuid + "\n");
      if (tag != "UUID") context.out(type + "\n");
    } else {
      context.out("/dev/" + device.nvme_name + ": UUID=\"" + uuid + "\" BLOCK_SIZE=\"4096\" TYPE=\"" + type +
                  "\"\n");
    }
  }
  co_return found || wanted.empty() ? 0 : 2;
}

program::Program bind_to(Guest& guest, world::Task<int> (*run)(Guest&, program::Context&)) {
  return [&guest, run](program::Context& context) { return run(guest, context); };
}

}  // namespace

std::vector<std::string> mount_all_volumes(Guest& guest) { return mount_all(guest); }

std::map<std::string, program::Program> volume_commands(Guest& guest) {
  std::map<std::string, program::Program> commands = {{"mount", bind_to(guest, mount)},
                                                      {"umount", bind_to(guest, umount)},
                                                      {"lsblk", bind_to(guest, lsblk)},
                                                      {"blkid", bind_to(guest, blkid)}};
  for (const char* name : {"mkfs", "mkfs.ext3", "mkfs.ext4", "mkfs.xfs"})
    commands[name] = bind_to(guest, make_file_system);
  return commands;
}

}  // namespace squall::guest
