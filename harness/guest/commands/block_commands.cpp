// lsblk and blkid of util-linux 2.38: which volumes there are, and what is on them.
#include <algorithm>
#include <set>

#include "emulator/base/ascii.hpp"
#include "harness/guest/commands/command_line.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/volumes.hpp"

namespace squall::guest {
namespace {

constexpr OptionSet lsblk_set{
    "o,output= n,noheadings p,paths f,fs b,bytes J,json P,pairs r,raw e,exclude= I,include= "
    "a,all d,nodeps l,list i,ascii",
    "A,noempty D,discard E,dedup= M,merge O,output-all S,scsi T,tree? m,perms s,inverse t,topology w,width= "
    "x,sort= y,shell z,zoned sysroot= h,help V,version"};
constexpr OptionSet blkid_set{
    "s,match-tag= o,output= L,label= U,uuid= t,match-token= l,list-one n,match-types= "
    "c,cache-file= g,garbage-collect p,probe d,no-encoding D,no-part-details",
    "k,list-filesystems i,info H,hint= S,size= O,offset= u,usages= h,help V,version v"};

// Of lsblk's columns those that describe what volumes here do not have.
constexpr std::string_view other_columns[] = {
    "ALIGNMENT", "DISC-ALN", "DAX",    "DISC-GRAN", "DISC-MAX",  "DISC-ZERO",  "FSAVAIL",  "FSROOTS",
    "FSSIZE",    "FSUSED",   "FSUSE%", "FSVER",     "GROUP",     "HCTL",       "HOTPLUG",  "LOG-SEC",
    "MIN-IO",    "MODE",     "OPT-IO", "OWNER",     "PARTFLAGS", "PARTLABEL",  "PARTTYPE", "PARTTYPENAME",
    "PARTUUID",  "PHY-SEC",  "PKNAME", "PTTYPE",    "PTUUID",    "RA",         "RAND",     "REV",
    "ROTA",      "RQ-SIZE",  "SCHED",  "START",     "STATE",     "SUBSYSTEMS", "TRAN",     "VENDOR",
    "WSAME",     "WWN",      "ZONED"};

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

// "+UUID" adds to the usual ones.
Words columns_asked(const CommandLine& line) {
  Words usual = {"NAME", "MAJ:MIN", "RM", "SIZE", "RO", "TYPE", "MOUNTPOINTS"};
  if (line.has("fs")) usual = {"NAME", "FSTYPE", "LABEL", "UUID", "MOUNTPOINTS"};
  const std::string asked = line.value("output");
  if (asked.empty()) return usual;
  if (asked[0] != '+') return split_columns(asked);
  for (std::string& name : split_columns(asked.substr(1))) usual.push_back(std::move(name));
  return usual;
}

// "7,11,259": numbers of kinds of devices; all of ours are 259.
bool lists_ours(const std::string& majors) { return ("," + majors + ",").find(",259,") != std::string::npos; }

std::string in_columns(const std::vector<Words>& lines) {
  std::string text;
  for (const Words& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      std::size_t width = 0;
      for (const Words& other : lines) width = std::max(width, other[i].size());
      const bool last = i + 1 == line.size();
      text += line[i] + (last ? "" : std::string(width - line[i].size() + 1, ' '));
    }
    text += "\n";
  }
  return text;
}

std::string in_json(const Words& columns, const std::vector<Words>& lines) {
  std::string text = "{\n   \"blockdevices\": [\n      ";
  for (const Words& line : lines) {
    text += &line == &lines.front() ? "{" : ",{";
    for (std::size_t i = 0; i < columns.size(); ++i) {
      std::string name = base::ascii_lower(columns[i]), value = line[i];
      if (name == "rm" || name == "ro")
        value = value == "1" ? "true" : "false";
      else
        value = value.empty() ? "null" : "\"" + value + "\"";
      if (name == "mountpoints") value = "[\n             " + value + "\n         ]";
      text += std::string(i == 0 ? "" : ",") + "\n         \"" + name + "\": " + value;
    }
    text += "\n      }";
  }
  return text + "\n   ]\n}\n";
}

std::string joined_by(const Words& columns, const Words& line, bool pairs) {
  std::string text;
  for (std::size_t i = 0; i < line.size(); ++i)
    text += (i == 0 ? "" : " ") + (pairs ? columns[i] + "=\"" + line[i] + "\"" : line[i]);
  return text + "\n";
}

// False, and told: a column that is not there.
bool add_line(program::Context& context, const Words& columns, std::map<std::string, std::string> values,
              std::vector<Words>& lines) {
  Words line;
  for (const std::string& name : columns) {
    if (!values.contains(name)) {
      const bool real =
          std::find(std::begin(other_columns), std::end(other_columns), name) != std::end(other_columns);
      context.err(real ? "lsblk: the column " + name + " is not served by Squall's guests\n"
                       : "lsblk: unknown column: " + name + "\n");
      return false;
    }
    line.push_back(values[name]);
  }
  lines.push_back(std::move(line));
  return true;
}

world::Task<int> lsblk(Guest& guest, program::Context& context) {
  const CommandLine line = read_command_line(context.invocation().argv, lsblk_set);
  if (!line.complaint.empty()) {
    context.err(line.complaint);
    co_return 1;
  }
  const Words columns = columns_asked(line);
  int status = 0;
  std::set<const world::VolumeSpec*> wanted;
  for (const std::string& name : line.operands) {
    const BlockDevice device = find_any_device(guest, name);
    if (device.volume == nullptr) {
      context.err("lsblk: " + name + ": not a block device\n");
      status = 32;
    }
    wanted.insert(device.volume);
  }
  const bool hidden =
      lists_ours(line.value("exclude")) || (line.has("include") && !lists_ours(line.value("include")));
  std::vector<Words> lines;
  int minor = 0;
  for (const BlockDevice& device : block_devices(guest)) {
    auto values = columns_of(guest, device, minor++);
    if (hidden || (!line.operands.empty() && !wanted.contains(device.volume))) continue;
    if (line.has("paths")) values["NAME"] = values["PATH"];
    if (line.has("bytes")) values["SIZE"] = std::to_string(device.volume->size_gib * (1LL << 30));
    if (!add_line(context, columns, std::move(values), lines)) co_return 1;
  }
  if (lines.empty() && status != 0) co_return status;
  if (line.has("json")) {
    context.out(in_json(columns, lines));
    co_return status;
  }
  const bool pairs = line.has("pairs");
  if (!line.has("noheadings") && !pairs) lines.insert(lines.begin(), columns);
  if (!pairs && !line.has("raw")) {
    context.out(in_columns(lines));
    co_return status;
  }
  for (const Words& one : lines) context.out(joined_by(columns, one, pairs));
  co_return status;
}

// Of one device, as -o wants it; `tags`: those of -s, all if there are none.
std::string tell_blkid(const BlockDevice& device, const FileSystem& format, const std::string& how,
                       const Words& tags) {
  std::string line = "/dev/" + device.name + ":", text;
  if (how == "device") return "/dev/" + device.name + "\n";
  if (how == "export") text = "DEVNAME=/dev/" + device.name + "\n";
  for (const auto& [name, value] : {std::pair{"LABEL", format.label},
                                    {"UUID", format.uuid},
                                    {"BLOCK_SIZE", std::string("4096")},
                                    {"TYPE", format.type}}) {
    const bool asked = tags.empty() || std::find(tags.begin(), tags.end(), name) != tags.end();
    if (value.empty() || !asked) continue;
    if (how == "value") text += value + "\n";
    if (how == "export") text += std::string(name) + "=" + value + "\n";
    line += std::string(" ") + name + "=\"" + value + "\"";
  }
  return how == "full" ? line + "\n" : text;
}

world::Task<int> blkid(Guest& guest, program::Context& context) {
  const CommandLine line = read_command_line(context.invocation().argv, blkid_set);
  const std::string how = line.value("output", line.has("label") || line.has("uuid") ? "device" : "full");
  std::string complaint = line.complaint;
  const std::string token = line.value("match-token"), cache = line.value("cache-file", "/dev/null");
  if (complaint.empty() && cache != "/dev/null")
    complaint = "blkid: a cache (" + cache + ") is not served by Squall's guests\n";
  if (complaint.empty() && how != "full" && how != "value" && how != "device" && how != "export")
    complaint = "blkid: unsupported output format " + how + "\n";
  if (!complaint.empty()) {
    context.err(complaint);
    co_return 4;
  }
  Words names = line.operands;
  std::erase(names, "/dev/null");
  bool found = false;
  for (const BlockDevice& device : block_devices(guest)) {
    const FileSystem format = file_system_of(guest, *device.volume);
    auto named = [&](const std::string& name) { return find_device(guest, name).volume == device.volume; };
    if (format.type.empty() || (line.has("label") && format.label != line.value("label")) ||
        (line.has("uuid") && format.uuid != line.value("uuid")) ||
        (line.has("match-types") && format.type != line.value("match-types")) ||
        (!token.empty() && token != "LABEL=" + format.label && token != "UUID=" + format.uuid &&
         token != "TYPE=" + format.type) ||
        (!names.empty() && std::none_of(names.begin(), names.end(), named)))
      continue;
    context.out(tell_blkid(device, format, how, line.values("match-tag")));
    found = true;
    if (line.has("list-one")) break;
  }
  const bool asked = !names.empty() || line.has("label") || line.has("uuid") || !token.empty();
  co_return found || !asked ? 0 : 2;
}

}  // namespace

std::map<std::string, program::Program> block_commands(Guest& guest) {
  return {{"lsblk", bind(guest, lsblk)}, {"blkid", bind(guest, blkid)}};
}

}  // namespace squall::guest
