// ip and ifconfig, as far as scripts ask a machine for its own address. The interface has the name that the
// system gives it, so that a script written for eth0 fails where it would: on ens5.
#include <algorithm>
#include <cstdio>
#include <optional>

#include "harness/guest/commands/command_line.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

// The subnets of a default VPC (docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html).
constexpr unsigned prefix_bits = 20;

struct Address {
  std::string interface, text, gateway, broadcast;
};

std::string dotted(unsigned value) {
  return std::to_string(value >> 24) + "." + std::to_string(value >> 16 & 255) + "." +
         std::to_string(value >> 8 & 255) + "." + std::to_string(value & 255);
}

Address address_of(Guest& guest) {
  Address address{facts_of(guest.system()).network_interface, guest.machine().private_ip, "", ""};
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (std::sscanf(address.text.c_str(), "%u.%u.%u.%u", &a, &b, &c, &d) != 4) return address;
  unsigned host_bits = 32 - prefix_bits;
  unsigned first = (a << 24 | b << 16 | c << 8 | d) >> host_bits << host_bits;
  address.gateway = dotted(first + 1);
  address.broadcast = dotted(first | ((1u << host_bits) - 1));
  return address;
}

bool is_prefix(const std::string& word, std::string_view whole) {
  return !word.empty() && whole.starts_with(word);
}

// What `ip` was asked for: options, then the object, a verb, and which of them to show.
struct Question {
  std::string object, verb, interface, scope, target, complaint;
  bool one_line = false, brief = false, only_default = false;
  int exit_code = 255;

  void refuse(const std::string& what) { complaint = "ip: " + what + " is not served by Squall's guests\n"; }
};

// Answers how many words it took; 0 after a complaint.
std::size_t read_ip_option(const Words& argv, std::size_t at, Question& question) {
  static constexpr std::string_view others[] = {
      "-6",       "-j",       "-json",  "-p",     "-pretty", "-s",     "-stats",     "-statistics",
      "-d",       "-details", "-h",     "-human", "-iec",    "-r",     "-resolve",   "-N",
      "-Numeric", "-n",       "-netns", "-a",     "-all",    "-t",     "-timestamp", "-ts",
      "-tshort",  "-l",       "-loops", "-b",     "-batch",  "-force", "-rc",        "-rcvbuf",
      "-V",       "-Version", "-echo",  "-M",     "-B",      "-0",     "-help"};
  std::string word = argv[at];
  if (word.starts_with("--")) word.erase(0, 1);
  const bool family = word == "-f" || word == "-family";
  if (family && at + 1 < argv.size() && argv[at + 1] == "inet") return 2;
  if (word == "-o" || word == "-oneline") return question.one_line = true, 1;
  if (word == "-br" || word == "-brief") return question.brief = true, 1;
  if (word == "-4" || word == "-c" || word.starts_with("-c=") || word.starts_with("-color")) return 1;
  if (family || std::find(std::begin(others), std::end(others), word) != std::end(others))
    question.refuse(argv[at]);
  else
    question.complaint = "Option \"" + argv[at] + "\" is unknown, try \"ip -help\".\n";
  return 0;
}

// The rest after "ip address show" and its like.
void read_selection(const Words& argv, std::size_t at, Question& question) {
  for (; at < argv.size() && question.complaint.empty(); ++at) {
    const std::string& word = argv[at];
    const bool has_next = at + 1 < argv.size();
    if (question.verb == "get" && question.target.empty())
      question.target = word;
    else if (word == "dev" && has_next)
      question.interface = argv[++at];
    else if (word == "scope" && has_next && question.object == "address")
      question.scope = argv[++at];
    else if (word == "up" || (word == "table" && has_next && argv[at + 1] == "main"))
      at += word == "table" ? 1 : 0;
    else if (question.object == "route" && (word == "default" || word == "0.0.0.0/0" || word == "0/0"))
      question.only_default = true;
    else if (question.object != "route" && question.interface.empty() &&
             word.find_first_of("/:") == std::string::npos && word != "type" && word != "to" &&
             word != "label" && word != "master" && word != "dynamic" && word != "permanent")
      question.interface = word;
    else
      question.refuse(question.object + " " + question.verb + " " + word);
  }
}

Question read_question(const Words& argv) {
  static constexpr std::string_view other_objects[] = {
      "addrlabel", "fou",   "help",     "ila",       "l2tp",    "macsec",     "maddress", "monitor", "mptcp",
      "mroute",    "mrule", "neighbor", "neighbour", "netconf", "netns",      "nexthop",  "ntable",  "ntbl",
      "rule",      "sr",    "tap",      "tunnel",    "tuntap",  "tcpmetrics", "token",    "vrf",     "xfrm"};
  static constexpr std::string_view changes[] = {"add",     "delete",   "set",    "change",  "replace",
                                                 "append",  "flush",    "save",   "restore", "test",
                                                 "prepend", "property", "xstats", "afstats", "help"};
  Question question;
  std::size_t at = 1;
  while (at < argv.size() && argv[at].starts_with('-')) {
    const std::size_t taken = read_ip_option(argv, at, question);
    if (taken == 0) return question;
    at += taken;
  }
  const std::string word = at < argv.size() ? argv[at++] : "";
  for (const char* whole : {"link", "route", "address"})
    if (is_prefix(word, whole)) question.object = whole;
  if (question.object.empty()) {
    question.exit_code = 1;
    question.complaint = "Object \"" + word + "\" is unknown, try \"ip help\".\n";
    for (std::string_view other : other_objects)
      if (is_prefix(word, other)) question.refuse(word);
    if (word.empty())
      question.exit_code = 255, question.complaint = "Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n";
    return question;
  }
  const std::string verb = at < argv.size() ? argv[at++] : "show";
  const bool shows = is_prefix(verb, "show") || is_prefix(verb, "list") || is_prefix(verb, "lst");
  const bool gets = question.object == "route" && verb == "get";
  question.verb = gets ? "get" : "show";
  if (!shows && !gets) {
    question.complaint = "Command \"" + verb + "\" is unknown, try \"ip " + question.object + " help\".\n";
    for (std::string_view change : changes)
      if (is_prefix(verb, change)) question.refuse(question.object + " " + verb);
  }
  if (question.brief && question.object == "link") question.refuse("-brief link");
  read_selection(argv, at, question);
  return question;
}

std::string describe_address(const Question& question, const Address& own) {
  std::string inet = own.text + "/" + std::to_string(prefix_bits);
  bool loopback = (question.interface.empty() || question.interface == "lo") && question.scope != "global" &&
                  question.scope != "link";
  bool outward = (question.interface.empty() || question.interface == own.interface) &&
                 (question.scope.empty() || question.scope == "global");
  std::string text;
  if (question.brief) {
    if (loopback) text += "lo               UNKNOWN        127.0.0.1/8 ::1/128 \n";
    if (outward)
      text += own.interface + std::string(17 - own.interface.size(), ' ') + "UP             " + inet + " \n";
    return text;
  }
  if (question.one_line) {
    if (loopback)
      text += "1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever\n";
    if (outward)
      text += "2: " + own.interface + "    inet " + inet + " brd " + own.broadcast +
              " scope global dynamic " + own.interface + "\\       valid_lft 3000sec preferred_lft 3000sec\n";
    return text;
  }
  if (loopback)
    text +=
        "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000\n"
        "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n"
        "    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n";
  if (outward)
    text += "2: " + own.interface +
            ": <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9001 qdisc mq state UP group default qlen 1000\n"
            "    inet " +
            inet + " brd " + own.broadcast + " scope global dynamic " + own.interface +
            "\n       valid_lft 3000sec preferred_lft 3000sec\n";
  return text;
}

// Without the card's hardware address, which a guest only learns from the metadata service.
std::string describe_links(const Question& question, const Address& own) {
  const char* const gap = question.one_line ? "\\" : "\n";
  std::string text;
  if (question.interface.empty() || question.interface == "lo")
    text += std::string(
                "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group ") +
            "default qlen 1000" + gap + "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n";
  if (question.interface.empty() || question.interface == own.interface)
    text += "2: " + own.interface +
            ": <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9001 qdisc mq state UP mode DEFAULT group default qlen "
            "1000\n";
  return text;
}

// "1" and "10.1" are 1.0.0.0 and 10.1.0.0. Nothing for what is no address.
std::optional<unsigned> number_of(const std::string& text) {
  unsigned parts[4] = {0, 0, 0, 0};
  const int count = std::sscanf(text.c_str(), "%u.%u.%u.%u", &parts[0], &parts[1], &parts[2], &parts[3]);
  if (count < 1 || *std::max_element(parts, parts + 4) > 255) return std::nullopt;
  return parts[0] << 24 | parts[1] << 16 | parts[2] << 8 | parts[3];
}

std::string describe_way(const std::string& target, const Address& own, int uid) {
  const std::string tail = " uid " + std::to_string(uid) + " \n    cache ";
  const unsigned number = number_of(target).value_or(0), mine = number_of(own.text).value_or(0);
  const std::string shown = dotted(number);
  if (number >> 24 == 127 || number == mine)
    return "local " + shown + " dev lo src " + shown + tail + "<local> \n";
  const bool near = number >> (32 - prefix_bits) == mine >> (32 - prefix_bits);
  return shown + (near ? "" : " via " + own.gateway) + " dev " + own.interface + " src " + own.text + tail +
         "\n";
}

std::string describe_routes(const Question& question, const Address& own) {
  const unsigned host_bits = 32 - prefix_bits, mine = number_of(own.text).value_or(0);
  const bool shown_device = question.interface.empty();
  const std::string device = shown_device ? " dev " + own.interface : "";
  std::string text = "default via " + own.gateway + device + " proto dhcp src " + own.text + " metric 100 \n";
  if (!question.only_default)
    text += dotted(mine >> host_bits << host_bits) + "/" + std::to_string(prefix_bits) + device +
            " proto kernel scope link src " + own.text + " metric 100 \n";
  return question.interface == "lo" ? "" : text;
}

world::Task<int> ip(Guest& guest, program::Context& context) {
  Question question = read_question(context.invocation().argv);
  const Address own = address_of(guest);
  const bool route = question.object == "route";
  const bool unknown_interface =
      !question.interface.empty() && question.interface != "lo" && question.interface != own.interface;
  if (question.complaint.empty() && unknown_interface) {
    question.exit_code = 1;
    question.complaint = (route ? "Cannot find device \"" : "Device \"") + question.interface +
                         (route ? "\"\n" : "\" does not exist.\n");
  }
  if (question.complaint.empty() && question.verb == "get" && !number_of(question.target)) {
    question.exit_code = 1;
    question.complaint = question.target.empty() ? "need at least a destination address\n"
                                                 : "Error: any valid prefix is expected rather than \"" +
                                                       question.target + "\".\n";
  }
  if (!question.complaint.empty()) {
    context.err(question.complaint);
    co_return question.exit_code;
  }
  context.out(question.verb == "get"         ? describe_way(question.target, own, context.invocation().uid)
              : route                        ? describe_routes(question, own)
              : question.object == "address" ? describe_address(question, own)
                                             : describe_links(question, own));
  co_return 0;
}

world::Task<int> ifconfig(Guest& guest, program::Context& context) {
  const Address own = address_of(guest);
  const CommandLine line = read_command_line(context.invocation().argv, {"a v", "s"}, "");
  const std::string wanted = line.operands.empty() ? "" : line.operands[0];
  if (!line.complaint.empty() || line.operands.size() > 1) {
    context.err(line.complaint.empty()
                    ? "ifconfig: " + line.operands[1] + " is not served by Squall's guests\n"
                    : line.complaint);
    co_return 1;
  }
  if (!wanted.empty() && wanted != own.interface && wanted != "lo") {
    context.err(wanted + ": error fetching interface information: Device not found\n");
    co_return 1;
  }
  if (wanted != "lo")
    context.out(own.interface + ": flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 9001\n        inet " +
                own.text + "  netmask 255.255.240.0  broadcast " + own.broadcast + "\n\n");
  if (wanted.empty() || wanted == "lo")
    context.out(
        "lo: flags=73<UP,LOOPBACK,RUNNING>  mtu 65536\n        inet 127.0.0.1  netmask 255.0.0.0\n\n");
  co_return 0;
}

}  // namespace

std::map<std::string, program::Program> address_commands(Guest& guest) {
  return {{"ip", [&guest](program::Context& context) { return ip(guest, context); }},
          {"ifconfig", [&guest](program::Context& context) { return ifconfig(guest, context); }}};
}

}  // namespace squall::guest
