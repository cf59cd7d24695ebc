// Who the machine is: hostname, hostnamectl, timedatectl, and setcap, getcap as far as scripts that set up
// machines ask.
#include <algorithm>

#include "emulator/base/time.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/guest.hpp"
#include "harness/guest/time_zone.hpp"

namespace squall::guest {
namespace {

using Words = std::vector<std::string>;

// The words that are not options; an option that is not in `known` is answered through `odd`.
Words operands(const Words& argv, const Words& known, std::string& odd) {
  Words found;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    if (argv[i].size() < 2 || argv[i][0] != '-')
      found.push_back(argv[i]);
    else if (std::find(known.begin(), known.end(), argv[i]) == known.end())
      odd = argv[i];
  }
  return found;
}

std::string short_name(const std::string& name) { return name.substr(0, name.find('.')); }

world::Task<int> hostname(Guest& guest, program::Context& context) {
  const Words& argv = context.invocation().argv;
  std::string odd;
  Words words = operands(argv,
                         {"-f", "--fqdn", "--long", "-s", "--short", "-i", "-I", "--ip-address",
                          "--all-ip-addresses", "-d", "--domain", "-A"},
                         odd);
  if (!odd.empty()) {
    context.err("hostname: invalid option -- '" + odd.substr(odd.find_first_not_of('-')) + "'\n");
    co_return 4;
  }
  if (!words.empty()) {
    if (context.invocation().uid != 0) {
      context.err("hostname: you must be root to change the host name\n");
      co_return 1;
    }
    guest.set_hostname(words[0]);
    co_return 0;
  }
  std::string option = argv.size() > 1 ? argv[1] : "";
  const std::string& name = guest.hostname();
  bool address =
      option == "-i" || option == "-I" || option == "--ip-address" || option == "--all-ip-addresses";
  bool whole = option == "-f" || option == "--fqdn" || option == "--long" || option == "-A";
  if (address)
    context.out(guest.machine().private_ip + (option == "-I" ? " \n" : "\n"));
  else if (option == "-d" || option == "--domain")
    context.out((name.find('.') == std::string::npos ? "" : name.substr(name.find('.') + 1)) + "\n");
  else
    context.out((whole || !has_apt(guest.system()) ? name : short_name(name)) + "\n");
  co_return 0;
}

world::Task<int> hostnamectl(Guest& guest, program::Context& context) {
  std::string odd;
  Words words =
      operands(context.invocation().argv, {"--static", "--transient", "--pretty", "--no-ask-password"}, odd);
  if (!odd.empty()) {
    context.err("hostnamectl: unrecognized option '" + odd + "'\n");
    co_return 1;
  }
  if (words.empty() || words[0] == "status") {
    context.out(" Static hostname: " + guest.hostname() +
                "\n       Icon name: computer-vm\n         Chassis: vm\n"
                "  Virtualization: amazon\n          Kernel: Linux\n    Architecture: x86-64\n");
    co_return 0;
  }
  bool sets = words[0] == "set-hostname" || (words[0] == "hostname" && words.size() > 1);
  if (words[0] == "hostname" && !sets) {
    context.out(guest.hostname() + "\n");
    co_return 0;
  }
  if (!sets || words.size() < 2) {
    context.err(words.size() < 2 && sets ? "Too few arguments.\n"
                                         : "Unknown command verb " + words[0] + ".\n");
    co_return 1;
  }
  guest.set_hostname(words[1]);
  guest.disk().write("/etc/hostname", words[1] + "\n", 0644);
  guest.disk().sync("/etc/hostname");
  co_return 0;
}

// "+0200".
std::string distance_to_utc(std::chrono::seconds offset) {
  const auto minutes = std::chrono::abs(std::chrono::duration_cast<std::chrono::minutes>(offset)).count();
  const std::string digits = std::to_string(10'000 + minutes / 60 * 100 + minutes % 60).substr(1);
  return (offset < std::chrono::seconds{0} ? "-" : "+") + digits;
}

world::Task<int> timedatectl(Guest& guest, program::Context& context) {
  std::string odd;
  Words words = operands(context.invocation().argv, {"--no-pager", "--no-ask-password"}, odd);
  std::string verb = words.empty() ? "status" : words[0];
  if (verb == "set-timezone" && words.size() == 2) {
    if (!guest.disk().exists("/usr/share/zoneinfo/" + words[1])) {
      context.err("Failed to set time zone: Invalid or not installed time zone '" + words[1] + "'\n");
      co_return 1;
    }
    guest.disk().link("../usr/share/zoneinfo/" + words[1], "/etc/localtime");
    guest.disk().write("/etc/timezone", words[1] + "\n", 0644);
    co_return 0;
  }
  if (verb == "set-ntp" && words.size() == 2) co_return 0;
  if (verb != "status" && verb != "show") {
    context.err("Unknown command verb " + verb + ".\n");
    co_return 1;
  }
  const Time now = context.scheduler().now();
  const LocalTime local = TimeZone(guest.disk().read("/etc/localtime").value_or("")).at(now);
  std::string zone = guest.disk().read("/etc/timezone").value_or("Etc/UTC\n");
  zone.pop_back();
  if (verb == "show") {
    context.out("Timezone=" + zone + "\nLocalRTC=no\nCanNTP=yes\nNTP=yes\nNTPSynchronized=yes\n");
    co_return 0;
  }
  const std::string universal = base::format_utc(now, "%a %Y-%m-%d %H:%M:%S");
  context.out("               Local time: " + base::format_utc(now + local.offset, "%a %Y-%m-%d %H:%M:%S ") +
              local.name + "\n           Universal time: " + universal +
              " UTC\n                 RTC time: " + universal + "\n                Time zone: " + zone +
              " (" + local.name + ", " + distance_to_utc(local.offset) +
              ")\nSystem clock synchronized: yes\n              NTP service: active\n          RTC in local "
              "TZ: no\n");
  co_return 0;
}

// Capabilities are noted beside the file: nothing in a guest's world asks the kernel for them.
constexpr char capability_notes[] = "/var/lib/squall/capabilities";

world::Task<int> setcap(Guest& guest, program::Context& context) {
  std::string odd;
  Words words = operands(context.invocation().argv, {"-q", "-v"}, odd);
  if (words.size() < 2 || words.size() % 2 != 0 || !odd.empty()) {
    context.err(
        "usage: setcap [-h] [-q] [-v] [-n <rootid>] (-r|-|<caps>) <filename> [ ... (-r|-|<capsN>) "
        "<filenameN> ]\n");
    co_return 1;
  }
  for (std::size_t i = 0; i < words.size(); i += 2) {
    if (words[i].find_first_of("=+-") == std::string::npos) {
      context.err("fatal error: Invalid argument\n");
      co_return 1;
    }
    if (!context.disk().exists(context.resolve(words[i + 1]))) {
      context.err("Failed to set capabilities on file '" + words[i + 1] + "': No such file or directory\n");
      co_return 1;
    }
    guest.disk().make_directories("/var/lib/squall", 0755);
    context.disk().append(capability_notes, context.resolve(words[i + 1]) + " " + words[i] + "\n", 0644);
  }
  co_return 0;
}

world::Task<int> getcap(Guest&, program::Context& context) {
  std::string notes = context.disk().read(capability_notes).value_or("");
  const Words& argv = context.invocation().argv;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    std::string label = context.resolve(argv[i]) + " ";
    std::size_t at = notes.rfind(label);
    if (at != std::string::npos) context.out(notes.substr(at, notes.find('\n', at) - at) + "\n");
  }
  co_return 0;
}

}  // namespace

std::map<std::string, program::Program> identity_commands(Guest& guest) {
  return {{"hostname", bind(guest, hostname)},
          {"hostnamectl", bind(guest, hostnamectl)},
          {"timedatectl", bind(guest, timedatectl)},
          {"setcap", bind(guest, setcap)},
          {"getcap", bind(guest, getcap)}};
}

}  // namespace squall::guest
