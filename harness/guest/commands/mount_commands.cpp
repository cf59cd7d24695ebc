// mount and umount of attached volumes, by hand and from /etc/fstab.
#include <cstring>
#include <set>
#include <sstream>

#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/volumes.hpp"

namespace squall::guest {
namespace {

using Words = std::vector<std::string>;

// What an entry of /etc/fstab says, and a command line.
struct Wanted {
  std::string source, target, type, options;
};

std::set<std::string> options_of(const Wanted& wanted) {
  std::set<std::string> options;
  std::istringstream words(wanted.options);
  for (std::string word; std::getline(words, word, ',');)
    if (!word.empty()) options.insert(word);
  return options;
}

// Of those that would change what is mounted where; what they ask for is not done in another way.
std::string unserved_option(const std::set<std::string>& options) {
  for (const char* name : {"remount", "bind", "rbind", "loop", "move"})
    if (options.contains(name)) return name;
  return "";
}

// Answers what mount(8) would complain of; empty: it is mounted.
std::string mount_one(Guest& guest, const Wanted& wanted) {
  const auto& [source, target, asked_type, words] = wanted;
  const std::set<std::string> options = options_of(wanted);
  if (const std::string name = unserved_option(options); !name.empty())
    return "mount: " + target + ": the option " + name + " is not served by Squall's guests\n";
  BlockDevice device = find_device(guest, source);
  if (device.volume == nullptr) {
    return "mount: " + target + ": special device " + source + " does not exist.\n";
  }
  if (!guest.disk().is_directory(target)) {
    return "mount: " + target + ": mount point does not exist.\n";
  }
  std::string type = file_system_of(guest, *device.volume).type;
  const bool other_type = !asked_type.empty() && asked_type != "auto" && asked_type != type;
  if (type.empty() || other_type) {
    return "mount: " + target + ": wrong fs type, bad option, bad superblock on /dev/" + device.name +
           ", missing codepage or helper program, or other error.\n";
  }
  const bool read_only = options.contains("ro");
  std::string line = "/dev/" + device.name + " " + target + " " + type;
  if (guest.disk().read(mounts_file).value_or("").find(line + " ") != std::string::npos) {
    return "mount: " + target + ": /dev/" + device.name + " already mounted on " + target + ".\n";
  }
  int error = guest.mount_folder(folder_of(guest, *device.volume), target, read_only);
  if (error != 0) {
    return "mount: " + target + ": " + std::strerror(error) + ".\n";
  }
  guest.disk().append(mounts_file, line + (read_only ? " ro" : " rw") + "\n", 0644);
  return "";
}

std::vector<Wanted> read_fstab(Guest& guest) {
  std::vector<Wanted> lines;
  std::string text = guest.disk().read("/etc/fstab").value_or("");
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.find('\n', at), text.size());
    Wanted line;
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
  for (const Wanted& line : read_fstab(guest)) {
    bool skip = line.target == "/" || line.target == "none" || options_of(line).contains("noauto") ||
                mounted.find(" " + line.target + " ") != std::string::npos || line.type == "tmpfs" ||
                line.type == "swap";
    if (skip) continue;
    std::string complaint = mount_one(guest, line);
    if (!complaint.empty()) complaints.push_back(complaint);
  }
  return complaints;
}

std::string listing(Guest& guest) {
  std::string lines = "/dev/nvme0n1p1 on / type ext4 (rw,relatime)\n";
  std::istringstream mounted(guest.disk().read(mounts_file).value_or(""));
  for (std::string source, target, type, access; mounted >> source >> target >> type >> access;)
    lines += source + " on " + target + " type " + type + " (" + access + ",relatime)\n";
  return lines;
}

world::Task<int> mount(Guest& guest, program::Context& context) {
  const Words& argv = context.invocation().argv;
  Words words;
  Wanted wanted;
  bool all = false;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const bool has_next = i + 1 < argv.size();
    if (argv[i] == "-a")
      all = true;
    else if (argv[i] == "--bind" || argv[i] == "-B")
      wanted.options += ",bind";
    else if (argv[i] == "-r" || argv[i] == "--read-only")
      wanted.options += ",ro";
    else if (argv[i] == "-t" && has_next)
      wanted.type = argv[++i];
    else if (argv[i] == "-o" && has_next)
      wanted.options += "," + argv[++i];
    else if (argv[i][0] != '-')
      words.push_back(argv[i]);
  }
  if (all) {
    std::vector<std::string> complaints = mount_all(guest);
    for (const std::string& complaint : complaints) context.err(complaint);
    co_return complaints.empty() ? 0 : 64;
  }
  if (words.empty()) {
    context.out(listing(guest));
    co_return 0;
  }
  if (words.size() == 1) {
    for (const Wanted& line : read_fstab(guest))
      if (line.target == words[0] || line.source == words[0])
        wanted = {line.source, line.target, line.type, line.options + wanted.options};
    if (wanted.source.empty()) {
      context.err("mount: " + words[0] + ": can't find in /etc/fstab.\n");
      co_return 1;
    }
  } else {
    wanted.source = words[0];
    wanted.target = context.resolve(words[1]);
  }
  std::string complaint = mount_one(guest, wanted);
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
    for (std::string source, where, type, access; mounted >> source >> where >> type >> access;) {
      if (where == target || source == target)
        found = true, target = where;
      else
        kept += source + " " + where + " " + type + " " + access + "\n";
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

}  // namespace

std::vector<std::string> mount_all_volumes(Guest& guest) { return mount_all(guest); }

std::map<std::string, program::Program> mount_commands(Guest& guest) {
  return {{"mount", [&guest](program::Context& context) { return mount(guest, context); }},
          {"umount", [&guest](program::Context& context) { return umount(guest, context); }}};
}

}  // namespace squall::guest
