// modprobe, rmmod, lsmod and modinfo (kmod 30): which of the kernel's modules a boot has loaded. Guests
// share the host's kernel, so that nothing is loaded for real; what scripts look at is: the list in
// /proc/modules' form, and the settings that a module brings (sysctl.cpp). /etc/modules-load.d
// and /etc/modules are read at each boot (modules-load.d(5)).
#include <algorithm>
#include <iterator>
#include <sstream>
#include <string_view>

#include "harness/guest/commands/command_line.hpp"
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

// What a module's parameters, its signature and its version would change nobody can look at here.
constexpr OptionSet modprobe_set{
    "a,all r,remove q,quiet n,dry-run show first-time v,verbose s,syslog b,use-blacklist f,force "
    "force-modversion force-vermagic i,ignore-install ignore-remove",
    "remove-dependencies R,resolve-alias show-config showconfig c show-modversions dump-modversions "
    "D,show-depends d,dirname= C,config= S,set-version= w,wait= V,version h,help"};
constexpr OptionSet rmmod_set{"v,verbose s,syslog", "f,force w,wait V,version h,help"};
constexpr OptionSet modinfo_set{
    "F,field=",
    "a,author d,description l,license p,parameters n,filename 0,null m,modname k,set-version= "
    "b,basedir= V,version h,help"};

world::Task<int> modprobe(Guest& guest, program::Context& context) {
  const CommandLine line = read_command_line(context.invocation().argv, modprobe_set, "");
  const bool removes = line.has("remove"), quiet = line.has("quiet");
  Words names = line.operands;
  // Without -a or -r the first word is the module, and the others are its parameters.
  if (!line.has("all") && !removes && names.size() > 1) names.resize(1);
  if (!line.complaint.empty() || names.empty()) {
    context.err(line.complaint.empty() ? "modprobe: ERROR: missing parameters. See -h.\n" : line.complaint);
    co_return 1;
  }
  std::vector<Loaded> all = read_loaded(guest);
  int status = 0;
  auto fail = [&](const std::string& text) {
    if (!quiet) context.err("modprobe: " + text + "\n");
    status = 1;
  };
  for (const std::string& word : names) {
    const std::string name = canonical(word);
    const Module* module = find_module(name);
    std::string complaint;
    if (module == nullptr)
      fail("FATAL: Module " + name + " not found in directory /lib/modules/" +
           facts_of(guest.system()).kernel);
    else if (line.has("dry-run") || line.has("show"))
      continue;
    else if (context.invocation().uid != 0)
      fail("ERROR: could not " + std::string(removes ? "remove" : "insert") + " '" + name +
           "': Operation not permitted");
    else if (!removes)
      load(all, *module);
    else if (!unload(all, name, complaint) &&
             (line.has("first-time") || complaint.find("in use") != std::string::npos))
      fail("FATAL: " + complaint + ".");
  }
  if (status == 0) write_loaded(guest, all);
  co_return status;
}

world::Task<int> rmmod(Guest& guest, program::Context& context) {
  const CommandLine line = read_command_line(context.invocation().argv, rmmod_set, "");
  if (!line.complaint.empty() || line.operands.empty()) {
    context.err(line.complaint.empty() ? "rmmod: ERROR: missing module name.\n" : line.complaint);
    co_return 1;
  }
  std::vector<Loaded> all = read_loaded(guest);
  int status = 0;
  for (const std::string& word : line.operands) {
    std::string complaint = "Operation not permitted";
    if (context.invocation().uid == 0 && unload(all, canonical(word), complaint)) continue;
    context.err("rmmod: ERROR: " + complaint + "\n");
    status = 1;
  }
  write_loaded(guest, all);
  co_return status;
}

world::Task<int> lsmod(Guest& guest, program::Context& context) {
  if (context.invocation().argv.size() > 1) {
    context.err("Usage: lsmod\n");
    co_return 1;
  }
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

// -F NAME answers the bare value; of a module's file only these fields are known here.
world::Task<int> modinfo(Guest& guest, program::Context& context) {
  const CommandLine line = read_command_line(context.invocation().argv, modinfo_set, "");
  const std::string field = line.value("field");
  std::string complaint = line.complaint;
  if (complaint.empty() && line.operands.empty())
    complaint = "modinfo: ERROR: missing module or filename.\n";
  else if (complaint.empty() && !field.empty() && field != "name" && field != "vermagic" &&
           field != "depends")
    complaint = "modinfo: the field " + field + " is not served by Squall's guests\n";
  if (!complaint.empty()) {
    context.err(complaint);
    co_return 1;
  }
  int status = 0;
  for (const std::string& word : line.operands) {
    const Module* module = find_module(canonical(word));
    if (module == nullptr) {
      context.err("modinfo: ERROR: Module " + word + " not found.\n");
      status = 1;
      continue;
    }
    const std::string vermagic =
        std::string(facts_of(guest.system()).kernel) + " SMP mod_unload modversions ";
    for (const auto& [name, value] : {std::pair<std::string, std::string>{"name", std::string(module->name)},
                                      {"vermagic", vermagic},
                                      {"depends", std::string(module->needs)}}) {
      const std::string label = name + ":" + std::string(15 - name.size(), ' ');
      if (field.empty()) context.out(label + value + "\n");
      if (field == name) context.out(value + "\n");
    }
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
