// modprobe, rmmod, lsmod and modinfo -n (kmod 30): which of the kernel's modules a boot has loaded. Guests
// share the host's kernel, so that nothing is loaded for real; what scripts look at is: the list in
// /proc/modules' form, and the settings that a module brings (sysctl, in identity.cpp). /etc/modules-load.d
// and /etc/modules are read at each boot (modules-load.d(5)).
#include <algorithm>
#include <iterator>
#include <sstream>
#include <string_view>

#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/package_tools.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

constexpr char loaded_file[] = "/run/squall-modules";  // "name size uses needs" lines, the newest first

// Of the kernels that EC2's images boot; `needs` are loaded with it.
struct Module {
  std::string_view name;
  int size;
  std::string_view needs;
};
constexpr Module modules[] = {{"8021q", 45056, ""},
                              {"aes_x86_64", 20480, ""},
                              {"aesni_intel", 356352, ""},
                              {"bonding", 196608, ""},
                              {"br_netfilter", 32768, "bridge"},
                              {"bridge", 413696, ""},
                              {"cdc_acm", 45056, ""},
                              {"configfs", 57344, ""},
                              {"cramfs", 36864, ""},
                              {"dccp", 102400, ""},
                              {"dm_crypt", 65536, ""},
                              {"dm_mirror", 28672, ""},
                              {"dm_snapshot", 49152, ""},
                              {"dm_thin_pool", 90112, ""},
                              {"drbd", 450560, ""},
                              {"dummy", 16384, ""},
                              {"fuse", 180224, ""},
                              {"ip6_tables", 36864, ""},
                              {"ip6table_filter", 16384, "ip6_tables"},
                              {"ip_conntrack", 180224, ""},
                              {"ip_tables", 36864, ""},
                              {"ip_vs", 221184, "nf_conntrack"},
                              {"ip_vs_rr", 16384, "ip_vs"},
                              {"iptable_filter", 16384, "ip_tables"},
                              {"iptable_nat", 16384, "ip_tables"},
                              {"kvm", 1409024, ""},
                              {"loop", 40960, ""},
                              {"msr", 16384, ""},
                              {"nbd", 65536, ""},
                              {"nf_conntrack", 204800, ""},
                              {"nfs", 569344, ""},
                              {"nfsd", 847872, ""},
                              {"nvme", 57344, ""},
                              {"overlay", 196608, ""},
                              {"raid0", 24576, ""},
                              {"rds", 155648, ""},
                              {"sctp", 466944, ""},
                              {"softdog", 16384, ""},
                              {"squashfs", 86016, ""},
                              {"tcp_bbr", 20480, ""},
                              {"tipc", 421888, ""},
                              {"tun", 61440, ""},
                              {"udf", 126976, ""},
                              {"usb_storage", 81920, ""},
                              {"veth", 40960, ""},
                              {"vfat", 24576, ""},
                              {"vxlan", 143360, ""},
                              {"wireguard", 114688, ""},
                              {"xfs", 1978368, ""},
                              {"xt_conntrack", 16384, "nf_conntrack"}};

// Dashes and underscores are the same in a module's name.
std::string canonical(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

const Module* find_module(const std::string& name) {
  auto found = std::find_if(std::begin(modules), std::end(modules),
                            [&](const Module& one) { return one.name == name; });
  return found == std::end(modules) ? nullptr : found;
}

struct Loaded {
  std::string name;
  int size = 0;
  std::string needs;
};

std::vector<Loaded> read_loaded(Guest& guest) {
  std::vector<Loaded> all;
  std::istringstream lines(guest.disk().read(loaded_file).value_or(""));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    Loaded one;
    words >> one.name >> one.size >> one.needs;
    all.push_back(std::move(one));
  }
  return all;
}

void write_loaded(Guest& guest, const std::vector<Loaded>& all) {
  std::string text;
  for (const Loaded& one : all) text += one.name + " " + std::to_string(one.size) + " " + one.needs + "\n";
  guest.disk().write(loaded_file, text, 0644);
}

std::string users_of(const std::vector<Loaded>& all, const std::string& name) {
  std::string users;
  for (const Loaded& one : all)
    if (one.needs == name) users += (users.empty() ? "" : ",") + one.name;
  return users;
}

void load(std::vector<Loaded>& all, const Module& module) {
  for (const Loaded& one : all)
    if (one.name == module.name) return;
  if (!module.needs.empty()) load(all, *find_module(std::string(module.needs)));
  all.insert(all.begin(), {std::string(module.name), module.size, std::string(module.needs)});
}

// False: it is not loaded, or another one uses it; `complaint` says so.
bool unload(std::vector<Loaded>& all, const std::string& name, std::string& complaint) {
  auto found = std::find_if(all.begin(), all.end(), [&](const Loaded& one) { return one.name == name; });
  if (found == all.end()) {
    complaint = "Module " + name + " is not currently loaded";
    return false;
  }
  if (!users_of(all, name).empty()) {
    complaint = "Module " + name + " is in use by: " + users_of(all, name);
    return false;
  }
  all.erase(found);
  return true;
}

struct ModprobeOptions {
  bool removes = false, all = false, quiet = false, dry = false, first_time = false;
  Words names;
  std::string odd;
};

ModprobeOptions read_modprobe(const Words& argv) {
  ModprobeOptions options;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string& word = argv[i];
    if (word == "-r" || word == "--remove")
      options.removes = true;
    else if (word == "-a" || word == "--all")
      options.all = true;
    else if (word == "-q" || word == "--quiet")
      options.quiet = true;
    else if (word == "-n" || word == "--dry-run" || word == "--show")
      options.dry = true;
    else if (word == "--first-time")
      options.first_time = true;
    else if (word.starts_with("-") && word != "-v" && word != "--verbose" && word != "-s" &&
             word != "--syslog" && word != "-b" && word != "--use-blacklist")
      options.odd = word;
    else if (!word.starts_with("-"))
      options.names.push_back(canonical(word));
  }
  // Without -a or -r the first word is the module, and the others are its parameters.
  if (!options.all && !options.removes && options.names.size() > 1) options.names.resize(1);
  return options;
}

world::Task<int> modprobe(Guest& guest, program::Context& context) {
  const ModprobeOptions options = read_modprobe(context.invocation().argv);
  if (!options.odd.empty()) {
    context.err("modprobe: " + options.odd + " is not served by Squall's guests\n");
    co_return 1;
  }
  if (options.names.empty()) {
    context.err("modprobe: ERROR: missing parameters. See -h.\n");
    co_return 1;
  }
  std::vector<Loaded> all = read_loaded(guest);
  int status = 0;
  auto fail = [&](const std::string& text) {
    if (!options.quiet) context.err("modprobe: " + text + "\n");
    status = 1;
  };
  for (const std::string& name : options.names) {
    const Module* module = find_module(name);
    std::string complaint;
    if (module == nullptr)
      fail("FATAL: Module " + name + " not found in directory /lib/modules/" +
           facts_of(guest.system()).kernel);
    else if (options.dry)
      continue;
    else if (context.invocation().uid != 0)
      fail("ERROR: could not " + std::string(options.removes ? "remove" : "insert") + " '" + name +
           "': Operation not permitted");
    else if (!options.removes)
      load(all, *module);
    else if (!unload(all, name, complaint) &&
             (options.first_time || complaint.find("in use") != std::string::npos))
      fail("FATAL: " + complaint + ".");
  }
  if (status == 0) write_loaded(guest, all);
  co_return status;
}

world::Task<int> rmmod(Guest& guest, program::Context& context) {
  std::vector<Loaded> all = read_loaded(guest);
  int status = 0;
  for (const std::string& word : package_operands(context.invocation().argv)) {
    std::string complaint = "Operation not permitted";
    if (context.invocation().uid == 0 && unload(all, canonical(word), complaint)) continue;
    context.err("rmmod: ERROR: " + complaint + "\n");
    status = 1;
  }
  write_loaded(guest, all);
  co_return status;
}

world::Task<int> lsmod(Guest& guest, program::Context& context) {
  const std::vector<Loaded> all = read_loaded(guest);
  context.out("Module                  Size  Used by\n");
  for (const Loaded& one : all) {
    const std::string users = users_of(all, one.name);
    const auto count = users.empty() ? 0 : std::count(users.begin(), users.end(), ',') + 1;
    char line[128];
    std::snprintf(line, sizeof line, "%-19s %8d  %d%s%s\n", one.name.c_str(), one.size,
                  static_cast<int>(count), users.empty() ? "" : " ", users.c_str());
    context.out(line);
  }
  co_return 0;
}

world::Task<int> modinfo(Guest& guest, program::Context& context) {
  const Words words = package_operands(context.invocation().argv);
  const std::string kernel = facts_of(guest.system()).kernel;
  int status = words.empty() ? 1 : 0;
  if (words.empty()) context.err("modinfo: ERROR: missing module or filename.\n");
  for (const std::string& word : words) {
    const Module* module = find_module(canonical(word));
    if (module == nullptr) {
      context.err("modinfo: ERROR: Module " + word + " not found.\n");
      status = 1;
      continue;
    }
    context.out("name:           " + std::string(module->name) + "\nvermagic:       " + kernel +
                " SMP mod_unload modversions \ndepends:        " + std::string(module->needs) + "\n");
  }
  co_return status;
}

}  // namespace

void load_modules_at_boot(Guest& guest) {
  std::vector<Loaded> all;
  GuestDisk& disk = guest.disk();
  for (const char* name : {"aesni_intel", "nvme", "configfs"}) load(all, *find_module(name));
  std::string listed = disk.read("/etc/modules").value_or("") + "\n";
  for (const char* folder : {"/etc/modules-load.d", "/run/modules-load.d", "/usr/lib/modules-load.d"})
    listed += read_folder(disk, folder);
  std::istringstream lines(listed);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    if (!(words >> name) || name[0] == '#' || name[0] == ';') continue;
    if (const Module* module = find_module(canonical(name))) load(all, *module);
  }
  write_loaded(guest, all);
}

bool module_is_loaded(Guest& guest, const std::string& name) {
  const std::vector<Loaded> all = read_loaded(guest);
  return std::any_of(all.begin(), all.end(), [&](const Loaded& one) { return one.name == name; });
}

std::map<std::string, program::Program> module_commands(Guest& guest) {
  return {{"modprobe", bind(guest, modprobe)},
          {"rmmod", bind(guest, rmmod)},
          {"lsmod", bind(guest, lsmod)},
          {"modinfo", bind(guest, modinfo)}};
}

}  // namespace squall::guest
