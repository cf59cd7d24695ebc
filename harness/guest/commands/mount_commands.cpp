// mount and umount of attached volumes, by hand and from /etc/fstab.
#include <algorithm>
#include <cstring>
#include <set>
#include <sstream>

#include "harness/guest/commands/command_line.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/volumes.hpp"

namespace squall::guest {
namespace {

constexpr OptionSet mount_set{
    "a,all r,read-only t,types= o,options= B,bind L,label= U,uuid= source= target= m,mkdir? v,verbose "
    "w,rw read-write n,no-mtab c,no-canonicalize i,internal-only",
    "f,fake F,fork T,fstab= l,show-labels options-mode= options-source= options-source-force O,test-opts= "
    "target-prefix= N,namespace= M,move R,rbind make-shared make-slave make-private make-unbindable "
    "make-rshared make-rslave make-rprivate make-runbindable h,help V,version"};
constexpr OptionSet umount_set{
    "a,all l,lazy q,quiet v,verbose f,force c,no-canonicalize i,internal-only n,no-mtab d,detach-loop "
    "R,recursive A,all-targets",
    "fake O,test-opts= r,read-only t,types= N,namespace= h,help V,version"};

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

// Options of mount(8), ext4(5) and xfs(5) that make no difference to a folder in this world: times of access,
// how soon and in which order is written, what a boot does when the device is not there.
bool is_plain(const std::string& option) {
  static const std::set<std::string> plain = {
      "defaults",       "rw",           "ro",         "auto",     "noauto",
      "nofail",         "_netdev",      "async",      "relatime", "noatime",
      "strictatime",    "lazytime",     "nodiratime", "discard",  "user",
      "users",          "nouser",       "nouuid",     "inode64",  "barrier",
      "nobarrier",      "delalloc",     "dev",        "exec",     "noexec",
      "nosuid",         "suid",         "acl",        "noacl",    "nodiscard",
      "norelatime",     "nolazytime",   "nodev",      "noquota",  "user_xattr",
      "dioread_nolock", "dax",          "largeio",    "swalloc",  "journal_checksum",
      "nodelalloc",     "X-mount.mkdir"};
  for (const char* start :
       {"x-", "X-mount.mkdir=", "errors=", "data=", "commit=", "barrier=", "logbufs=", "logbsize=",
        "allocsize=", "comment=", "stripe=", "journal_ioprio=", "max_batch_time="})
    if (option.starts_with(start)) return true;
  return plain.contains(option);
}

// Of those that would change what is mounted where, or what may be done there.
bool is_refused(const std::string& option) {
  static const std::set<std::string> refused = {
      "remount",  "bind",  "rbind",    "loop",   "move",   "sync",   "dirsync",    "usrquota",
      "grpquota", "quota", "prjquota", "uquota", "gquota", "pquota", "norecovery", "noload"};
  for (const char* start :
       {"loop=", "offset=", "uid=", "gid=", "umask=", "context=", "usrjquota=", "grpjquota="})
    if (option.starts_with(start)) return true;
  return refused.contains(option);
}

constexpr char more[] = "       dmesg(1) may have more information after failed mount system call.\n";

// Kinds of file systems that the kernel has and this world has not.
bool is_refused_type(const std::string& type) {
  static const std::set<std::string> types = {
      "tmpfs", "nfs",     "nfs4",       "proc",      "sysfs",  "devtmpfs",    "efs",       "overlay",
      "vfat",  "iso9660", "btrfs",      "hugetlbfs", "cifs",   "squashfs",    "fuse",      "fuse.s3fs",
      "bpf",   "cgroup2", "securityfs", "debugfs",   "devpts", "binfmt_misc", "rpc_pipefs"};
  return types.contains(type);
}

// Answers what mount(8) would complain of; empty: it is mounted.
std::string mount_one(Guest& guest, const Wanted& wanted) {
  const auto& [source, target, asked_type, words] = wanted;
  const std::set<std::string> options = options_of(wanted);
  const std::string start = "mount: " + target + ": ";
  for (const std::string& option : options)
    if (is_refused(option)) return start + "the option " + option + " is not served by Squall's guests\n";
  if (is_refused_type(asked_type))
    return start + "the file system type " + asked_type + " is not served by Squall's guests\n";
  BlockDevice device = find_device(guest, source);
  if (device.volume == nullptr) return start + "special device " + source + " does not exist.\n" + more;
  const bool makes_folder = std::any_of(options.begin(), options.end(), [](const std::string& option) {
    return option.starts_with("X-mount.mkdir");
  });
  if (makes_folder) guest.disk().make_directories(target, 0755);
  if (!guest.disk().is_directory(target)) return start + "mount point does not exist.\n" + more;
  std::string type = file_system_of(guest, *device.volume).type;
  const bool other_type = !asked_type.empty() && asked_type != "auto" && asked_type != type;
  if (other_type && asked_type != "xfs" && !asked_type.starts_with("ext"))
    return start + "unknown filesystem type '" + asked_type + "'.\n" + more;
  if (type.empty() || other_type || !std::all_of(options.begin(), options.end(), is_plain))
    return start + "wrong fs type, bad option, bad superblock on /dev/" + device.name +
           ", missing codepage or helper program, or other error.\n" + more;
  const bool read_only = options.contains("ro");
  std::string line = "/dev/" + device.name + " " + target + " " + type;
  if (guest.disk().read(mounts_file).value_or("").find(line + " ") != std::string::npos) {
    return start + "/dev/" + device.name + " already mounted on " + target + ".\n" + more;
  }
  int error = guest.mount_folder(folder_of(guest, *device.volume), target,
                                 {read_only, options.contains("noexec"), options.contains("nosuid")});
  if (error != 0) return start + std::strerror(error) + ".\n" + more;
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

// "ext4,xfs", or "noext4,xfs" for all others; empty: every one.
bool is_of_types(const std::string& type, std::string list) {
  if (list.empty()) return true;
  const bool others = list.starts_with("no");
  if (others) list.erase(0, 2);
  return (("," + list + ",").find("," + type + ",") != std::string::npos) != others;
}

struct AllMounted {
  std::vector<std::string> complaints;
  int good = 0;
};

// Swap is no file system; `types` and the options of the command line as `mount -a` takes them.
AllMounted mount_all(Guest& guest, const Wanted& asked) {
  AllMounted all;
  std::string mounted = guest.disk().read(mounts_file).value_or("");
  for (Wanted line : read_fstab(guest)) {
    bool skip = line.target == "/" || line.target == "none" || options_of(line).contains("noauto") ||
                mounted.find(" " + line.target + " ") != std::string::npos || line.type == "swap" ||
                !is_of_types(line.type, asked.type);
    if (skip) continue;
    line.options += asked.options;
    std::string complaint = mount_one(guest, line);
    if (complaint.empty())
      ++all.good;
    else
      all.complaints.push_back(std::move(complaint));
  }
  return all;
}

// Of these types, or of all.
std::string listing(Guest& guest, const std::string& wanted) {
  std::string lines = is_of_types("ext4", wanted) ? "/dev/nvme0n1p1 on / type ext4 (rw,relatime)\n" : "";
  std::istringstream mounted(guest.disk().read(mounts_file).value_or(""));
  for (std::string source, target, type, access; mounted >> source >> target >> type >> access;)
    if (is_of_types(type, wanted))
      lines += source + " on " + target + " type " + type + " (" + access + ",relatime)\n";
  return lines;
}

std::string bad_usage(const char* name) {
  return std::string(name) + ": bad usage\nTry '" + name + " --help' for more information.\n";
}

// The device or the folder from /etc/fstab, the other with it; false when there is no such line.
bool complete_from_fstab(Guest& guest, const std::string& name, Wanted& wanted) {
  for (const Wanted& line : read_fstab(guest)) {
    if (line.target != name && line.source != name) continue;
    wanted.source = line.source;
    wanted.target = line.target;
    wanted.type = line.type;
    wanted.options = line.options + wanted.options;
    return true;
  }
  return false;
}

Wanted read_wanted(const CommandLine& line) {
  Wanted wanted;
  for (const std::string& options : line.values("options")) wanted.options += "," + options;
  if (line.has("read-only")) wanted.options += ",ro";
  if (line.has("bind")) wanted.options += ",bind";
  if (line.has("mkdir")) wanted.options += ",X-mount.mkdir";
  wanted.type = line.value("types");
  wanted.source = line.value("source");
  if (line.has("label")) wanted.source = "LABEL=" + line.value("label");
  if (line.has("uuid")) wanted.source = "UUID=" + line.value("uuid");
  wanted.target = line.value("target");
  return wanted;
}

world::Task<int> mount(Guest& guest, program::Context& context) {
  const CommandLine line = read_command_line(context.invocation().argv, mount_set);
  Wanted wanted = read_wanted(line);
  if (!line.complaint.empty()) {
    context.err(line.complaint);
    co_return 1;
  }
  const bool named = !line.operands.empty() || !wanted.source.empty() || !wanted.target.empty();
  if (!named && !line.has("all")) {
    context.out(listing(guest, wanted.type));
    co_return 0;
  }
  if (context.invocation().uid != 0) {
    context.err("mount: " +
                (line.operands.empty() ? "only root can do that"
                                       : line.operands.back() + ": must be superuser to use mount") +
                ".\n" + more);
    co_return line.operands.empty() ? 1 : 32;
  }
  if (line.has("all")) {
    const AllMounted all = mount_all(guest, wanted);
    for (const std::string& complaint : all.complaints) context.err(complaint);
    co_return all.complaints.empty() ? 0 : all.good > 0 ? 64 : 32;
  }
  Words operands = line.operands;
  for (std::string* place : {&wanted.source, &wanted.target})
    if (place->empty() && (operands.size() > 1 || !(wanted.source + wanted.target).empty()) &&
        !operands.empty()) {
      *place = operands.front();
      operands.erase(operands.begin());
    }
  const std::string lone = !operands.empty() ? operands[0] : wanted.source + wanted.target;
  if (wanted.source.empty() || wanted.target.empty()) {
    if (operands.size() > 1 || !complete_from_fstab(guest, lone, wanted)) {
      context.err(operands.size() > 1 ? bad_usage("mount")
                                      : "mount: " + lone + ": can't find in /etc/fstab.\n");
      co_return 1;
    }
  } else if (!operands.empty()) {
    context.err(bad_usage("mount"));
    co_return 1;
  }
  wanted.target = context.resolve(wanted.target);
  const std::string complaint = mount_one(guest, wanted);
  context.err(complaint);
  if (complaint.empty() && line.has("verbose"))
    context.out("mount: " + wanted.source + " mounted on " + wanted.target + ".\n");
  co_return complaint.empty() ? 0 : 32;
}

struct Mounted {
  std::string source, target, type, access;
};

std::vector<Mounted> read_mounted(Guest& guest) {
  std::vector<Mounted> all;
  std::istringstream text(guest.disk().read(mounts_file).value_or(""));
  for (Mounted one; text >> one.source >> one.target >> one.type >> one.access;) all.push_back(one);
  return all;
}

// Answers what umount(8) would complain of; empty: it is gone from `mounted` too.
std::string unmount_one(Guest& guest, program::Context& context, const std::string& name, bool lazy,
                        std::vector<Mounted>& mounted) {
  const std::string path = context.resolve(name);
  const BlockDevice device = find_device(guest, path);
  auto found = std::find_if(mounted.begin(), mounted.end(), [&](const Mounted& one) {
    return one.target == path || (device.volume != nullptr && one.source == "/dev/" + device.name);
  });
  const std::string start = "umount: " + name + ": ";
  if (found == mounted.end()) {
    const bool there = guest.disk().exists(path) || device.volume != nullptr;
    return start + (there ? "not mounted.\n" : "no mount point specified.\n");
  }
  if (context.invocation().uid != 0) return start + "must be superuser to unmount.\n";
  const int error = guest.unmount_folder(found->target);
  if (error != 0)
    return start +
           (lazy ? "--lazy of a volume in use is not served by Squall's guests\n" : "target is busy.\n");
  mounted.erase(found);
  return "";
}

world::Task<int> umount(Guest& guest, program::Context& context) {
  const CommandLine line = read_command_line(context.invocation().argv, umount_set);
  std::vector<Mounted> mounted = read_mounted(guest);
  Words names = line.operands;
  if (line.has("all"))
    for (const Mounted& one : mounted) names.insert(names.begin(), one.target);
  if (!line.complaint.empty() || (names.empty() && !line.has("all"))) {
    context.err(line.complaint.empty() ? bad_usage("umount") : line.complaint);
    co_return 1;
  }
  int status = 0;
  for (const std::string& name : names) {
    const std::string complaint = unmount_one(guest, context, name, line.has("lazy"), mounted);
    if (complaint.empty() && line.has("verbose")) context.out("umount: " + name + " unmounted\n");
    if (complaint.empty()) continue;
    status = 32;
    if (!line.has("quiet") || !complaint.ends_with("not mounted.\n")) context.err(complaint);
  }
  std::string kept;
  for (const Mounted& one : mounted)
    kept += one.source + " " + one.target + " " + one.type + " " + one.access + "\n";
  if (!kept.empty() || guest.disk().exists(mounts_file)) guest.disk().write(mounts_file, kept, 0644);
  co_return status;
}

}  // namespace

std::vector<std::string> mount_all_volumes(Guest& guest) { return mount_all(guest, {}).complaints; }

std::map<std::string, program::Program> mount_commands(Guest& guest) {
  return {{"mount", [&guest](program::Context& context) { return mount(guest, context); }},
          {"umount", [&guest](program::Context& context) { return umount(guest, context); }}};
}

}  // namespace squall::guest
