// Who and when the machine is: hostname 3.23, hostnamectl and timedatectl of systemd 252.
#include <algorithm>
#include <set>
#include <sstream>

#include "emulator/base/time.hpp"
#include "harness/guest/commands/command_line.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/guest.hpp"
#include "harness/guest/time_zone.hpp"

namespace squall::guest {
namespace {

std::string short_name(const std::string& name) { return name.substr(0, name.find('.')); }

constexpr OptionSet hostname_set{
    "f,fqdn long s,short i,ip-address I,all-ip-addresses d,domain A,all-fqdns F,file= b,boot y,yp nis",
    "a,alias h,help V,version v,verbose"};
constexpr char hostname_usage[] =
    "Usage: hostname [-b] {hostname|-F file}         set host name (from file)\n"
    "       hostname [-a|-A|-d|-f|-i|-I|-s|-y]       display formatted name\n"
    "       hostname                                 display host name\n";

std::string first_word(const std::string& text) {
  std::istringstream lines(text);
  std::string word;
  for (std::string line; std::getline(lines, line) && (word.empty() || word[0] == '#');)
    std::istringstream(line) >> word;
  return word;
}

// Answers what `hostname` prints for its last option.
std::string formatted_name(Guest& guest, const CommandLine& line) {
  const std::string option = line.options.empty() ? "" : line.options.back().first;
  const std::string& name = guest.hostname();
  if (option == "ip-address") return guest.machine().private_ip + "\n";
  if (option == "all-ip-addresses") return guest.machine().private_ip + " \n";
  if (option == "domain")
    return (name.find('.') == std::string::npos ? "" : name.substr(name.find('.') + 1)) + "\n";
  if (option == "all-fqdns") return name + " \n";
  const bool whole = option == "fqdn" || option == "long" || (option.empty() && !has_apt(guest.system()));
  return (whole ? name : short_name(name)) + "\n";
}

world::Task<int> hostname(Guest& guest, program::Context& context) {
  const CommandLine line = read_command_line(context.invocation().argv, hostname_set, hostname_usage);
  std::string complaint = line.complaint, wanted = line.operands.empty() ? "" : line.operands[0];
  if (complaint.empty() && (line.has("yp") || line.has("nis")))
    complaint = "hostname: Local domain name not set\n";
  if (complaint.empty() && line.has("file")) {
    const auto text = context.disk().read(context.resolve(line.value("file")));
    if (text) wanted = first_word(*text);
    if (!text) complaint = "hostname: can't open `" + line.value("file") + "'\n";
  }
  if (complaint.empty() && !wanted.empty() && context.invocation().uid != 0)
    complaint = "hostname: you must be root to change the host name\n";
  if (!complaint.empty()) {
    context.err(complaint);
    co_return complaint.find(hostname_usage) == std::string::npos ? 1 : 255;
  }
  if (wanted.empty())
    context.out(formatted_name(guest, line));
  else if (!line.has("boot") || guest.hostname().empty())
    guest.set_hostname(wanted);
  co_return 0;
}

std::string pretty_system(Guest& guest) {
  const std::string line = line_with(guest.disk().read("/etc/os-release").value_or(""), "PRETTY_NAME=");
  std::string name = line.substr(std::min(line.find('=') + 1, line.size()));
  std::erase(name, '"');
  return name;
}

std::string static_name(Guest& guest) { return first_word(guest.disk().read("/etc/hostname").value_or("")); }

std::string pretty_name(Guest& guest) {
  const std::string line = line_with(guest.disk().read("/etc/machine-info").value_or(""), "PRETTY_HOSTNAME=");
  std::string name = line.substr(std::min(line.find('=') + 1, line.size()));
  std::erase(name, '"');
  return name;
}

std::string host_status(Guest& guest) {
  const std::string name = static_name(guest), pretty = pretty_name(guest);
  std::string text = " Static hostname: " + name + "\n";
  if (!pretty.empty()) text += " Pretty hostname: " + pretty + "\n";
  if (name != guest.hostname()) text += "Transient hostname: " + guest.hostname() + "\n";
  return text + "       Icon name: computer-vm\n         Chassis: vm\n      Machine ID: " +
         first_word(guest.disk().read("/etc/machine-id").value_or("")) +
         "\n  Virtualization: amazon\nOperating System: " + pretty_system(guest) +
         "\n          Kernel: Linux " + facts_of(guest.system()).kernel + "\n    Architecture: x86-64\n";
}

// The static name is the kernel's too; a transient one is for this boot; a pretty one is only shown.
void change_name(Guest& guest, const CommandLine& line, const std::string& name) {
  const bool all = !line.has("static") && !line.has("transient") && !line.has("pretty");
  if (line.has("pretty")) guest.disk().write("/etc/machine-info", "PRETTY_HOSTNAME=\"" + name + "\"\n", 0644);
  if (all || line.has("static") || line.has("transient")) guest.set_hostname(name);
  if (!all && !line.has("static")) return;
  guest.disk().write("/etc/hostname", name + "\n", 0644);
  guest.disk().sync("/etc/hostname");
}

// The complaint about a verb with too few or too many words, of a user who may not, or of no verb at all.
std::string control_mistake(program::Context& context, const CommandLine& line, std::size_t least,
                            std::size_t most) {
  if (line.operands.size() < least) return "Too few arguments.\n";
  if (line.operands.size() > most) return "Too many arguments.\n";
  const bool may = context.invocation().uid == 0;
  return may ? "" : "Could not set property: Interactive authentication required.\n";
}

world::Task<int> hostnamectl(Guest& guest, program::Context& context) {
  const CommandLine line = read_command_line(
      context.invocation().argv,
      {"static transient pretty no-ask-password no-pager", "h,help version H,host= M,machine= json= j"}, "");
  const std::string verb = line.operands.empty() ? "status" : line.operands[0];
  const bool sets = verb == "set-hostname" || (verb == "hostname" && line.operands.size() > 1);
  std::string complaint = line.complaint;
  if (complaint.empty() && sets) complaint = control_mistake(context, line, 2, 2);
  if (complaint.empty() && is_among(verb, {"icon-name", "chassis", "deployment", "location", "set-icon-name",
                                           "set-chassis", "set-deployment", "set-location"}))
    complaint = "hostnamectl: " + verb + " is not served by Squall's guests\n";
  if (complaint.empty() && !sets && verb != "status" && verb != "hostname")
    complaint = "Unknown command verb " + verb + ".\n";
  if (!complaint.empty()) {
    context.err(complaint);
    co_return 1;
  }
  if (sets)
    change_name(guest, line, line.operands[1]);
  else if (line.has("pretty"))
    context.out(pretty_name(guest) + "\n");
  else if (line.has("static"))
    context.out(static_name(guest) + "\n");
  else if (verb == "hostname" || line.has("transient"))
    context.out(guest.hostname() + "\n");
  else
    context.out(host_status(guest));
  co_return 0;
}

// "+0200".
std::string distance_to_utc(std::chrono::seconds offset) {
  const auto minutes = std::chrono::abs(std::chrono::duration_cast<std::chrono::minutes>(offset)).count();
  const std::string digits = std::to_string(10'000 + minutes / 60 * 100 + minutes % 60).substr(1);
  return (offset < std::chrono::seconds{0} ? "-" : "+") + digits;
}

constexpr char no_ntp_note[] = "/var/lib/squall/no-ntp";  // there after set-ntp false

std::string zone_name(Guest& guest) {
  return first_word(guest.disk().read("/etc/timezone").value_or("Etc/UTC\n"));
}

std::string time_status(Guest& guest, Time now) {
  const LocalTime local = TimeZone(guest.disk().read("/etc/localtime").value_or("")).at(now);
  const std::string universal = base::format_utc(now, "%a %Y-%m-%d %H:%M:%S");
  return "               Local time: " + base::format_utc(now + local.offset, "%a %Y-%m-%d %H:%M:%S ") +
         local.name + "\n           Universal time: " + universal +
         " UTC\n                 RTC time: " + universal +
         "\n                Time zone: " + zone_name(guest) + " (" + local.name + ", " +
         distance_to_utc(local.offset) + ")\nSystem clock synchronized: yes\n              NTP service: " +
         (guest.disk().exists(no_ntp_note) ? "inactive" : "active") + "\n          RTC in local TZ: no\n";
}

// show, with -p NAME[,NAME] or -P NAME and --value.
std::string time_properties(Guest& guest, Time now, const CommandLine& line) {
  const std::string stamp = base::format_utc(now, "%a %Y-%m-%d %H:%M:%S UTC");
  std::string wanted, text;
  for (const char* option : {"property", "P"})
    for (const std::string& names : line.values(option)) wanted += "," + names;
  for (const auto& [name, value] : {std::pair<std::string, std::string>{"Timezone", zone_name(guest)},
                                    {"LocalRTC", "no"},
                                    {"CanNTP", "yes"},
                                    {"NTP", guest.disk().exists(no_ntp_note) ? "no" : "yes"},
                                    {"NTPSynchronized", "yes"},
                                    {"TimeUSec", stamp},
                                    {"RTCTimeUSec", stamp}})
    if (wanted.empty() || (wanted + ",").find("," + name + ",") != std::string::npos)
      text += (line.has("value") || line.has("P") ? "" : name + "=") + value + "\n";
  return text;
}

// The names of zones and of links to them, as tzdata's own list has them.
std::string zone_list(Guest& guest) {
  std::set<std::string> names{"UTC"};
  std::istringstream lines(guest.disk().read("/usr/share/zoneinfo/tzdata.zi").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string kind, first, second;
    words >> kind >> first >> second;
    if (kind == "Z") names.insert(first);
    if (kind == "L") names.insert(second);
  }
  std::string text;
  for (const std::string& name : names) text += name + "\n";
  return text;
}

// Answers the complaint; empty: it is done.
std::string set_clock(Guest& guest, const std::string& verb, const std::string& value) {
  GuestDisk& disk = guest.disk();
  const bool yes = is_among(value, {"1", "yes", "y", "true", "t", "on"}),
             no = is_among(value, {"0", "no", "n", "false", "f", "off"});
  if (verb == "set-timezone") {
    if (!disk.exists("/usr/share/zoneinfo/" + value))
      return "Failed to set time zone: Invalid or not installed time zone '" + value + "'\n";
    disk.link("../usr/share/zoneinfo/" + value, "/etc/localtime");
    disk.write("/etc/timezone", value + "\n", 0644);
  } else if (verb == "set-ntp") {
    if (!yes && !no) return "Failed to parse NTP setting: Invalid argument\n";
    disk.make_directories("/var/lib/squall", 0755);
    if (yes) disk.remove(no_ntp_note);
    if (no) disk.write(no_ntp_note, "", 0644);
  } else if (verb == "set-local-rtc") {
    if (!yes && !no) return "Failed to parse local RTC setting: Invalid argument\n";
    if (yes) return "timedatectl: a real-time clock in local time is not served by Squall's guests\n";
  } else if (!disk.exists(no_ntp_note)) {
    return "Failed to set time: Automatic time synchronization is enabled\n";
  } else {
    return "timedatectl: set-time is not served by Squall's guests\n";
  }
  return "";
}

world::Task<int> timedatectl(Guest& guest, program::Context& context) {
  const CommandLine line =
      read_command_line(context.invocation().argv,
                        {"no-pager no-ask-password a,all p,property= P= value",
                         "h,help version monitor adjust-system-clock H,host= M,machine="},
                        "");
  const std::string verb = line.operands.empty() ? "status" : line.operands[0];
  const bool sets = is_among(verb, {"set-timezone", "set-ntp", "set-local-rtc", "set-time"});
  std::string complaint = line.complaint;
  if (complaint.empty() && sets) complaint = control_mistake(context, line, 2, 2);
  if (complaint.empty() && is_among(verb, {"timesync-status", "show-timesync", "ntp-servers", "revert"}))
    complaint = "timedatectl: " + verb + " is not served by Squall's guests\n";
  if (complaint.empty() && !sets && !is_among(verb, {"status", "show", "list-timezones"}))
    complaint = "Unknown command verb " + verb + ".\n";
  if (complaint.empty() && sets) complaint = set_clock(guest, verb, line.operands[1]);
  if (!complaint.empty()) {
    context.err(complaint);
    co_return 1;
  }
  const Time now = context.scheduler().now();
  if (verb == "status") context.out(time_status(guest, now));
  if (verb == "show") context.out(time_properties(guest, now, line));
  if (verb == "list-timezones") context.out(zone_list(guest));
  co_return 0;
}

}  // namespace

std::map<std::string, program::Program> identity_commands(Guest& guest) {
  return {{"hostname", bind(guest, hostname)},
          {"hostnamectl", bind(guest, hostnamectl)},
          {"timedatectl", bind(guest, timedatectl)}};
}

}  // namespace squall::guest
