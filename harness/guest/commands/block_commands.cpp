// mkfs.*, lsblk, blkid: what scripts do to a volume before they mount it.
#include <algorithm>

#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/volumes.hpp"

namespace squall::guest {
namespace {

using Words = std::vector<std::string>;

struct MkfsOptions {
  std::string type, label, target, odd;
  bool force = false, quiet = false;
};

MkfsOptions read_mkfs(const Words& argv) {
  MkfsOptions options;
  std::string name = argv[0].substr(argv[0].find_last_of('/') + 1);
  options.type = name == "mkfs" ? "ext2" : name.substr(5);
  bool xfs = options.type == "xfs";
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string& word = argv[i];
    bool has_value = i + 1 < argv.size();
    if ((word == "-t" || word == "--type") && has_value)
      options.type = argv[++i];
    else if (word == "-L" && has_value)
      options.label = argv[++i];
    else if (word.size() == 2 && word[0] == '-' &&
             std::string_view(xfs ? "bdilmnprsK" : "bCEgGiIJmNOU").find(word[1]) != std::string_view::npos &&
             has_value)
      ++i;
    else if (word == "-F" || word == "-f")
      options.force = true;
    else if (word == "-q")
      options.quiet = true;
    else if (word == "-v" || word == "-c")
      continue;
    else if (word[0] == '-')
      options.odd = word;
    else if (options.target.empty())
      options.target = word;
  }
  return options;
}

// Why not; empty: it may be made.
std::string refusal(Guest& guest, const MkfsOptions& options, const BlockDevice& device) {
  bool xfs = options.type == "xfs";
  if (device.volume == nullptr)
    return xfs ? "Error accessing specified device " + options.target + ": No such file or directory\n"
               : "The file " + options.target + " does not exist and no size was specified.\n";
  if (!mount_point_of(guest, device.name).empty())
    return xfs ? "mkfs.xfs: " + options.target + " contains a mounted filesystem\n"
               : options.target + " is mounted; will not make a filesystem here!\n";
  std::string old = file_system_of(guest, *device.volume).type;
  if (xfs && !old.empty() && !options.force)
    return "mkfs.xfs: " + options.target + " appears to contain an existing filesystem (" + old +
           ").\nmkfs.xfs: Use the -f option to force overwrite.\n";
  return "";
}

world::Task<int> mkfs(Guest& guest, program::Context& context) {
  MkfsOptions options = read_mkfs(context.invocation().argv);
  bool xfs = options.type == "xfs";
  if (!options.odd.empty()) {
    context.err("mkfs." + options.type + ": invalid option -- '" + options.odd.substr(1) + "'\n");
    co_return 1;
  }
  BlockDevice device = find_device(guest, options.target);
  std::string why_not = refusal(guest, options, device);
  if (!xfs) context.err("mke2fs 1.47.0 (5-Feb-2023)\n");
  if (!why_not.empty()) {
    context.err(why_not);
    co_return 1;
  }
  FileSystem made{options.type, context.entropy().uuid(), options.label};
  make_file_system(guest, *device.volume, made);
  if (options.quiet) co_return 0;
  if (xfs)
    context.out("meta-data=" + options.target + "  isize=512    agcount=4\n");
  else
    context.out("Creating filesystem with " + std::to_string(device.volume->size_gib * 262144) +
                " 4k blocks\nFilesystem UUID: " + made.uuid +
                "\n\nAllocating group tables: done\nWriting inode tables: done\n"
                "Writing superblocks and filesystem accounting information: done\n\n");
  co_return 0;
}

// A line of lsblk: a value per column that scripts ask for.
std::map<std::string, std::string> columns_of(Guest& guest, const BlockDevice& device, int minor) {
  FileSystem format = file_system_of(guest, *device.volume);
  std::string serial = device.volume->volume_id;
  std::erase(serial, '-');
  std::string mounted = device.volume->root ? "/" : mount_point_of(guest, device.name);
  return {{"NAME", device.name},
          {"KNAME", device.name},
          {"PATH", "/dev/" + device.name},
          {"MAJ:MIN", "259:" + std::to_string(minor)},
          {"RM", "0"},
          {"SIZE", std::to_string(device.volume->size_gib) + "G"},
          {"RO", "0"},
          {"TYPE", "disk"},
          {"FSTYPE", device.volume->root ? "ext4" : format.type},
          {"LABEL", format.label},
          {"UUID", format.uuid},
          {"SERIAL", serial},
          {"MODEL", "Amazon Elastic Block Store"},
          {"MOUNTPOINT", mounted},
          {"MOUNTPOINTS", mounted}};
}

struct LsblkOptions {
  Words columns = {"NAME", "MAJ:MIN", "RM", "SIZE", "RO", "TYPE", "MOUNTPOINTS"};
  bool headings = true, path = false;
  std::string device, odd;
};

Words split_columns(const std::string& text) {
  Words names(1);
  for (char letter : text) {
    if (letter == ',')
      names.emplace_back();
    else
      names.back() += letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  }
  return names;
}

LsblkOptions read_lsblk(const Words& argv) {
  LsblkOptions options;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string& word = argv[i];
    if (word.empty() || word[0] != '-') {
      options.device = word;
    } else if (word == "--output" && i + 1 < argv.size()) {
      options.columns = split_columns(argv[++i]);
    } else if (word == "--noheadings") {
      options.headings = false;
    } else if (word == "--nodeps" || word == "--list" || word == "--raw" || word == "--all") {
      continue;
    } else if (word.starts_with("--")) {
      options.odd = word;
    } else {
      for (std::size_t at = 1; at < word.size(); ++at) {
        if (word[at] == 'o') {
          std::string rest = word.substr(at + 1);
          if (rest.empty() && i + 1 < argv.size()) rest = argv[++i];
          options.columns = split_columns(rest);
          break;
        }
        if (word[at] == 'n') options.headings = false;
        if (word[at] == 'p') options.path = true;
        if (word[at] == 'f') options.columns = {"NAME", "FSTYPE", "LABEL", "UUID", "MOUNTPOINTS"};
        if (std::string_view("ndlrapfi").find(word[at]) == std::string_view::npos) options.odd = word;
      }
    }
  }
  return options;
}

world::Task<int> lsblk(Guest& guest, program::Context& context) {
  LsblkOptions options = read_lsblk(context.invocation().argv);
  if (!options.odd.empty()) {
    context.err("lsblk: option '" + options.odd + "' is not served by Squall's guests\n");
    co_return 1;
  }
  std::vector<Words> lines;
  if (options.headings) lines.push_back(options.columns);
  int minor = 0;
  BlockDevice wanted = options.device.empty() ? BlockDevice{} : find_device(guest, options.device);
  if (!options.device.empty() && wanted.volume == nullptr) {
    context.err("lsblk: " + options.device + ": not a block device\n");
    co_return 32;
  }
  for (const BlockDevice& device : block_devices(guest)) {
    auto columns = columns_of(guest, device, minor++);
    if (wanted.volume != nullptr && wanted.volume != device.volume) continue;
    if (options.path) columns["NAME"] = columns["PATH"];
    Words line;
    for (const std::string& name : options.columns) {
      if (!columns.contains(name)) {
        context.err("lsblk: unknown column: " + name + "\n");
        co_return 1;
      }
      line.push_back(columns[name]);
    }
    lines.push_back(std::move(line));
  }
  for (const Words& line : lines) {
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i) {
      std::size_t width = 0;
      for (const Words& other : lines) width = std::max(width, other[i].size());
      bool last = i + 1 == line.size();
      text += line[i] + (last ? "" : std::string(width - line[i].size() + 1, ' '));
    }
    context.out(text + "\n");
  }
  co_return 0;
}

world::Task<int> blkid(Guest& guest, program::Context& context) {
  const Words& argv = context.invocation().argv;
  bool found = false;
  std::string tag, format_name = "full", wanted, label;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    if (argv[i] == "-s" && i + 1 < argv.size())
      tag = argv[++i];
    else if (argv[i] == "-o" && i + 1 < argv.size())
      format_name = argv[++i];
    else if (argv[i] == "-L" && i + 1 < argv.size())
      label = argv[++i];
    else if (argv[i] == "-p" || argv[i] == "-c" || argv[i] == "/dev/null")
      continue;
    else if (argv[i][0] == '-') {
      context.err("blkid: option '" + argv[i] + "' is not served by Squall's guests\n");
      co_return 4;
    } else
      wanted = argv[i];
  }
  for (const BlockDevice& device : block_devices(guest)) {
    FileSystem format = file_system_of(guest, *device.volume);
    if (format.type.empty() || (!label.empty() && format.label != label)) continue;
    if (!wanted.empty() && find_device(guest, wanted).volume != device.volume) continue;
    found = true;
    if (!label.empty() || format_name == "device") {
      context.out("/dev/" + device.name + "\n");
      continue;
    }
    std::string line = "/dev/" + device.name + ":";
    for (const auto& [name, value] : {std::pair{"LABEL", format.label},
                                      {"UUID", format.uuid},
                                      {"BLOCK_SIZE", std::string("4096")},
                                      {"TYPE", format.type}}) {
      if (value.empty() || (!tag.empty() && tag != name)) continue;
      if (format_name == "value") context.out(value + "\n");
      if (format_name == "export") context.out(std::string(name) + "=" + value + "\n");
      line += std::string(" ") + name + "=\"" + value + "\"";
    }
    if (format_name == "full") context.out(line + "\n");
  }
  bool asked = !wanted.empty() || !label.empty();
  co_return found || !asked ? 0 : 2;
}

}  // namespace

std::map<std::string, program::Program> block_commands(Guest& guest) {
  std::map<std::string, program::Program> commands = {{"lsblk", bind(guest, lsblk)},
                                                      {"blkid", bind(guest, blkid)}};
  for (const char* name : {"mkfs", "mkfs.ext3", "mkfs.ext4", "mkfs.xfs"}) commands[name] = bind(guest, mkfs);
  return commands;
}

}  // namespace squall::guest
