// sysctl of procps 4. Settings are the guest's own, of this boot: /proc/sys there is the host's, and
// read-only. What files ask for is applied at each boot, as systemd-sysctl does (sysctl.d(5)).
#include <algorithm>

#include "harness/guest/commands/command_line.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/package_tools.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

constexpr char settings_file[] = "/run/squall-sysctl";  // "name=value" lines, the last one counts

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// "net/ipv4/ip_forward" is the same setting.
std::string dotted(std::string name) {
  if (name.find('/') < name.find('.')) std::replace(name.begin(), name.end(), '/', '.');
  return name;
}

// br_netfilter brings these; without it there are no such files in /proc/sys.
bool is_missing(Guest& guest, const std::string& name) {
  return name.starts_with("net.bridge.") && !module_is_loaded(guest, "br_netfilter");
}

// procps 4, which ends with 1 where version 3 ends with 255.
bool is_new(Guest& guest) {
  return guest.system() == System::debian || guest.system() == System::ubuntu_24_04;
}

class Sysctl {
 public:
  Sysctl(Guest& guest, std::function<void(std::string_view)> out, std::function<void(std::string_view)> err)
      : guest_(guest), out_(std::move(out)), err_(std::move(err)) {}

  bool quiet = false, values_only = false, names_only = false, ignores_missing = false;
  int status = 0;

  // "name = value"; a dash before the name: no matter if there is none.
  void set(const std::string& text) {
    const std::size_t equals = text.find('=');
    std::string name = trimmed(text.substr(0, equals)), value = trimmed(text.substr(equals + 1));
    const bool may_fail = name.starts_with('-');
    if (may_fail) name.erase(0, 1);
    name = dotted(name);
    if (is_missing(guest_, name)) {
      if (!may_fail) tell_missing(name);
      return;
    }
    guest_.disk().append(settings_file, name + "=" + value + "\n", 0644);
    if (!quiet) show(name, value);
  }

  void apply_text(const std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      const std::string line = trimmed(text.substr(at, end - at));
      at = end + 1;
      if (line.empty() || line[0] == '#' || line[0] == ';' || line.find('=') == std::string::npos) continue;
      set(line);
    }
  }

  void apply_file(const std::string& path, const std::string& shown) {
    const std::optional<std::string> text = guest_.disk().read(path);
    if (text) return apply_text(*text);
    fail("sysctl: cannot open \"" + shown + "\": No such file or directory\n");
  }

  void fail(const std::string& text) {
    err_(text);
    status = is_new(guest_) ? 1 : 255;
  }

  void apply_system() {
    for (const char* folder : {"/usr/lib/sysctl.d", "/run/sysctl.d", "/etc/sysctl.d"})
      for (const std::string& name : guest_.disk().list(folder))
        if (name.ends_with(".conf")) apply_named(std::string(folder) + "/" + name);
    if (guest_.disk().exists("/etc/sysctl.conf")) apply_named("/etc/sysctl.conf");
  }

  void get(const std::string& asked) {
    const std::string name = dotted(asked);
    const std::string notes = "\n" + guest_.disk().read(settings_file).value_or("");
    const std::size_t at = notes.rfind("\n" + name + "=");
    std::string path = "/proc/sys/" + name, value;
    std::replace(path.begin() + 10, path.end(), '.', '/');
    if (at != std::string::npos) {
      const std::size_t begin = at + name.size() + 2;
      value = notes.substr(begin, notes.find('\n', begin) - begin);
    } else if (!is_missing(guest_, name)) {
      value = trimmed(guest_.disk().read(path).value_or(""));
    }
    if (value.empty()) return tell_missing(name);
    show(name, value);
  }

 private:
  void show(const std::string& name, const std::string& value) {
    out_(values_only ? value + "\n" : names_only ? name + "\n" : name + " = " + value + "\n");
  }
  void apply_named(const std::string& path) {
    if (!quiet) out_("* Applying " + path + " ...\n");
    apply_file(path, path);
  }
  void tell_missing(std::string name) {
    if (ignores_missing) return;
    std::replace(name.begin(), name.end(), '.', '/');
    fail("sysctl: cannot stat /proc/sys/" + name + ": No such file or directory\n");
  }

  Guest& guest_;
  std::function<void(std::string_view)> out_, err_;
};

constexpr OptionSet sysctl_set{"w,write q,quiet e,ignore n,values N,names system p,load? f o x",
                               "a,all A X deprecated dry-run b,binary r,pattern= d h,help V,version"};
constexpr char sysctl_usage[] = "\nUsage:\n sysctl [options] [variable[=value] ...]\n";

world::Task<int> sysctl(Guest& guest, program::Context& context) {
  const CommandLine line = read_command_line(context.invocation().argv, sysctl_set, sysctl_usage);
  Sysctl call(
      guest, [&](std::string_view text) { context.out(text); },
      [&](std::string_view text) { context.err(text); });
  call.quiet = line.has("quiet");
  call.values_only = line.has("values");
  call.names_only = line.has("names");
  call.ignores_missing = line.has("ignore");
  const bool from_files = line.has("load") || line.has("f"), whole_system = line.has("system");
  Words operands = line.operands;
  for (const std::string& file : line.values("load"))
    if (!file.empty()) operands.push_back(file);
  if (!line.complaint.empty()) {
    context.err(line.complaint);
    const bool usage = line.complaint.ends_with(sysctl_usage);
    co_return usage&& is_new(guest) ? 0 : 1;
  }
  if (operands.empty() && !from_files && !whole_system) {
    context.err(sysctl_usage);
    co_return 1;
  }
  const bool assigns = std::any_of(operands.begin(), operands.end(),
                                   [](const std::string& one) { return one.find('=') != std::string::npos; });
  const bool writes = from_files || whole_system || assigns;
  if (writes && context.invocation().uid != 0) {
    context.err("sysctl: permission denied: a setting of the kernel\n");
    co_return 255;
  }
  if (whole_system) call.apply_system();
  if (from_files && operands.empty()) call.apply_file("/etc/sysctl.conf", "/etc/sysctl.conf");
  for (const std::string& word : operands) {
    if (from_files && word == "-") {
      const std::string text = co_await context.read_input();
      call.apply_text(text);
    } else if (from_files) {
      call.apply_file(context.resolve(word), word);
    } else if (line.has("write") && word.find('=') == std::string::npos) {
      call.fail("sysctl: command line(0): invalid syntax, continuing...\n");
    } else if (word.find('=') != std::string::npos) {
      call.set(word);
    } else {
      call.get(word);
    }
  }
  co_return call.status;
}

}  // namespace

void apply_settings_at_boot(Guest& guest) {
  auto silent = [](std::string_view) {};
  Sysctl call(guest, silent, silent);
  call.quiet = true;
  call.apply_system();
}

std::map<std::string, program::Program> kernel_setting_commands(Guest& guest) {
  return {{"sysctl", bind(guest, sysctl)}};
}

}  // namespace squall::guest
