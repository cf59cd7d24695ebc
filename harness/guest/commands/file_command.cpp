// file(1) 5.44: what is on a device (-s), which is how AWS's guide tells a volume that has no file system
// yet. Of other files only the common kinds are told apart.
#include <algorithm>

#include "harness/guest/commands/command_line.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/volumes.hpp"

namespace squall::guest {
namespace {

// As the magic file "filesystems" has it.
std::string file_system_words(const FileSystem& format) {
  const std::string label = format.label.empty() ? "" : ", volume name \"" + format.label + "\"";
  if (format.type.empty()) return "data";
  if (format.type == "xfs") return "SGI XFS filesystem data (blksz 4096, inosz 512, v2 dirs)";
  return "Linux rev 1.0 " + format.type + " filesystem data, UUID=" + format.uuid + label +
         (format.type == "ext4" ? " (extents) (64bit) (large files) (huge files)" : " (large files)");
}

std::string words_for(Guest& guest, program::Context& context, const std::string& name, bool reads_devices,
                      bool follows) {
  const std::string path = context.resolve(name);
  auto link = context.disk().read_link(path);
  if (link && !follows) return "symbolic link to " + *link;
  if (BlockDevice device = find_device(guest, path); device.volume != nullptr)
    return reads_devices ? file_system_words(file_system_of(guest, *device.volume)) : "block special (259/0)";
  if (!context.disk().exists(path)) return "cannot open `" + name + "' (No such file or directory)";
  if (guest.disk().is_directory(path)) return "directory";
  const std::string content = context.disk().read(path).value_or("");
  if (content.empty()) return "empty";
  if (content.starts_with("\x7f"
                          "ELF"))
    return "ELF 64-bit LSB pie executable, x86-64, version 1 (SYSV)";
  if (content.starts_with("PK\x03\x04")) return "Zip archive data, at least v2.0 to extract";
  if (content.starts_with("\x1f\x8b")) return "gzip compressed data";
  bool text = content.find('\0') == std::string::npos;
  bool ascii = std::all_of(content.begin(), content.end(), [](char c) { return c > 0; });
  return !text ? "data" : ascii ? "ASCII text" : "Unicode text, UTF-8 text";
}

world::Task<int> file(Guest& guest, program::Context& context) {
  constexpr char usage[] = "Usage: file [-bcCdEhikLlNnprsSvzZ0] [--apple] [--extension] [--mime-encoding]\n";
  const CommandLine line = read_command_line(
      context.invocation().argv,
      {"b,brief s,special-files L,dereference h,no-dereference n,no-buffer N,no-pad p,preserve-date",
       "v,version m,magic-file= z,uncompress Z,uncompress-noreport c,checking-printout e,exclude= "
       "exclude-quiet= f,files-from= F,separator= i,mime apple extension mime-type mime-encoding "
       "k,keep-going "
       "l,list 0,print0 P,parameter= r,raw S,no-sandbox C,compile d,debug E help"},
      usage);
  if (!line.complaint.empty() || line.operands.empty()) {
    context.err(line.complaint.empty() ? usage : line.complaint);
    co_return 1;
  }
  for (const std::string& name : line.operands)
    context.out((line.has("brief") ? "" : name + ": ") +
                words_for(guest, context, name, line.has("special-files"), line.has("dereference")) + "\n");
  co_return 0;
}

}  // namespace

program::Program file_command(Guest& guest) { return bind(guest, file); }

}  // namespace squall::guest
