// mke2fs 1.47 under its names, mkfs.xfs 6.1 and mkfs(8): what scripts do to a volume before they mount it.
// A file system here is a type, an identity and a label; its layout (block and inode sizes, reserved blocks,
// features) nobody can look at.
#include <algorithm>

#include "harness/guest/commands/command_line.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/volumes.hpp"

namespace squall::guest {
namespace {

constexpr OptionSet ext_set{"L= U= F n q t= T= v b= c C= D E= e= g= G= i= I= j J= K m= M= N= O= o= r=",
                            "d= l= S V z="};
constexpr char ext_usage[] = "Usage: mkfs.ext4 [-c|-l filename] [-b block-size] [-C cluster-size]\n";
constexpr OptionSet xfs_set{"L= f N q m= K b= d= i= l= n= r= s=", "p= c= V"};
constexpr char xfs_usage[] = "Usage: mkfs.xfs\n";

struct Making {
  std::string complaint;  // whole lines; empty: none
  FileSystem made;
  std::string target;
  bool force = false, quiet = false, only_shows = false;
  bool xfs() const { return made.type == "xfs"; }
};

// "crc=1,uuid=UUID": of mkfs.xfs -m.
std::string uuid_of_metadata(const std::string& options) {
  const std::size_t at = ("," + options).find(",uuid=");
  return at == std::string::npos ? "" : options.substr(at + 5, options.find(',', at + 5) - at - 5);
}

bool is_uuid(const std::string& text) {
  return text.size() == 36 && text.find_first_not_of("0123456789abcdefABCDEF-") == std::string::npos;
}

Making read_making(const Words& argv, const std::string& type) {
  Making making;
  const bool xfs = type == "xfs";
  const CommandLine line = read_command_line(argv, xfs ? xfs_set : ext_set, xfs ? xfs_usage : ext_usage);
  making.complaint = line.complaint;
  making.made.type = line.has("j") && type == "ext2" ? "ext3" : type;
  if (!xfs) making.made.type = line.value("t", making.made.type);
  making.made.label = line.value("L");
  making.made.uuid = xfs ? uuid_of_metadata(line.value("m")) : line.value("U");
  if (making.made.uuid == "random" || making.made.uuid == "time") making.made.uuid.clear();
  making.force = line.has("f") || line.has("F");
  making.quiet = line.has("q");
  making.only_shows = line.has(xfs ? "N" : "n");
  if (!line.operands.empty()) making.target = line.operands[0];
  const std::string name = command_name(argv);
  if (!making.complaint.empty()) return making;
  if (making.target.empty())
    making.complaint = xfs ? "no device name given in argument list\n" + std::string(xfs_usage) : ext_usage;
  else if (line.operands.size() > 1)
    making.complaint = name + ": a size (" + line.operands[1] + ") is not served by Squall's guests\n";
  else if (!making.made.uuid.empty() && !is_uuid(making.made.uuid))
    making.complaint = xfs ? "invalid uuid: " + making.made.uuid + "\n"
                           : name + ": Could not parse UUID: " + making.made.uuid + "\n";
  else if (!xfs && making.made.type != "ext2" && making.made.type != "ext3" && making.made.type != "ext4")
    making.complaint = name + ": the type " + making.made.type + " is not served by Squall's guests\n";
  return making;
}

// Why not; empty: it may be made.
std::string refusal(Guest& guest, program::Context& context, const Making& making,
                    const BlockDevice& device) {
  const std::string name = command_name(context.invocation().argv);
  if (device.volume == nullptr)
    return making.xfs()
               ? "Error accessing specified device " + making.target + ": No such file or directory\n"
               : "The file " + making.target + " does not exist and no size was specified.\n";
  if (context.invocation().uid != 0)
    return making.xfs() ? "mkfs.xfs: cannot open " + making.target + ": Permission denied\n"
                        : name + ": Permission denied while trying to determine filesystem size\n";
  if (!mount_point_of(guest, device.name).empty())
    return making.xfs() ? "mkfs.xfs: " + making.target + " contains a mounted filesystem\n"
                        : making.target + " is mounted; will not make a filesystem here!\n";
  const std::string old = file_system_of(guest, *device.volume).type;
  if (making.xfs() && !old.empty() && !making.force)
    return "mkfs.xfs: " + making.target + " appears to contain an existing filesystem (" + old +
           ").\nmkfs.xfs: Use the -f option to force overwrite.\n";
  return "";
}

world::Task<int> make(Guest& guest, program::Context& context, Making making) {
  if (!making.complaint.empty()) {
    context.err(making.complaint);
    co_return 1;
  }
  const BlockDevice device = find_device(guest, making.target);
  const std::string why_not = refusal(guest, context, making, device);
  if (!making.xfs()) context.err("mke2fs 1.47.0 (5-Feb-2023)\n");
  if (!why_not.empty()) {
    context.err(why_not);
    co_return 1;
  }
  if (making.made.uuid.empty()) making.made.uuid = context.entropy().uuid();
  if (!making.only_shows) make_file_system(guest, *device.volume, making.made);
  if (making.quiet) co_return 0;
  if (making.xfs())
    context.out("meta-data=" + making.target + "  isize=512    agcount=4\n");
  else
    context.out("Creating filesystem with " + std::to_string(device.volume->size_gib * 262144) +
                " 4k blocks\nFilesystem UUID: " + making.made.uuid + "\n\n" +
                (making.only_shows ? ""
                                   : "Allocating group tables: done\nWriting inode tables: done\n"
                                     "Writing superblocks and filesystem accounting information: done\n\n"));
  co_return 0;
}

world::Task<int> mkfs_of_type(Guest& guest, program::Context& context) {
  const Words& argv = context.invocation().argv;
  return make(guest, context, read_making(argv, command_name(argv).substr(5)));
}

// mkfs [-V] [-t TYPE] and what mkfs.TYPE takes.
world::Task<int> mkfs(Guest& guest, program::Context& context) {
  static constexpr const char* others[] = {"btrfs", "vfat", "fat",    "msdos", "exfat",
                                           "minix", "ntfs", "cramfs", "f2fs",  "bfs"};
  std::string type = "ext2";
  Words rest{"mkfs"};
  const Words& argv = context.invocation().argv;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    if ((argv[i] == "-t" || argv[i] == "--type") && i + 1 < argv.size())
      type = argv[++i];
    else if (argv[i].starts_with("--type="))
      type = argv[i].substr(7);
    else if (argv[i] != "-V" && argv[i] != "--verbose")
      rest.push_back(argv[i]);
  }
  rest[0] = "mkfs." + type;
  if (type == "ext2" || type == "ext3" || type == "ext4" || type == "xfs") {
    Making making = read_making(rest, type);
    co_return co_await make(guest, context, std::move(making));
  }
  const bool real = std::find(std::begin(others), std::end(others), type) != std::end(others);
  if (rest.size() == 1)
    context.err("mkfs: no device specified\nTry 'mkfs --help' for more information.\n");
  else
    context.err(real ? "mkfs: the type " + type + " is not served by Squall's guests\n"
                     : "mkfs: failed to execute " + rest[0] + ": No such file or directory\n");
  co_return 1;
}

}  // namespace

std::map<std::string, program::Program> mkfs_commands(Guest& guest) {
  std::map<std::string, program::Program> commands = {{"mkfs", bind(guest, mkfs)}};
  for (const char* name : {"mkfs.ext2", "mkfs.ext3", "mkfs.ext4", "mkfs.xfs"})
    commands[name] = bind(guest, mkfs_of_type);
  return commands;
}

}  // namespace squall::guest
