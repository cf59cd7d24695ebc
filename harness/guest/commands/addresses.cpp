// ip and ifconfig, as far as scripts ask a machine for its own address. The interface has the name that the
// system gives it, so that a script written for eth0 fails where it would: on ens5.
#include <algorithm>
#include <cstdio>

#include "harness/guest/commands/commands.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

using Words = std::vector<std::string>;

// The subnets of a default VPC (docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html).
constexpr unsigned prefix_bits = 20;

struct Address {
  std::string interface, text, gateway, broadcast;
};

Address address_of(Guest& guest) {
  Address address{facts_of(guest.system()).network_interface, guest.machine().private_ip, "", ""};
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (std::sscanf(address.text.c_str(), "%u.%u.%u.%u", &a, &b, &c, &d) != 4) return address;
  unsigned host_bits = 32 - prefix_bits;
  unsigned first = (a << 24 | b << 16 | c << 8 | d) >> host_bits << host_bits;
  auto dotted = [](unsigned value) {
    return std::to_string(value >> 24) + "." + std::to_string(value >> 16 & 255) + "." +
           std::to_string(value >> 8 & 255) + "." + std::to_string(value & 255);
  };
  address.gateway = dotted(first + 1);
  address.broadcast = dotted(first | ((1u << host_bits) - 1));
  return address;
}

// What `ip` was asked for: options, then the object, a verb, and one interface at most.
struct Question {
  std::string object, verb, interface, target, refused;
  bool one_line = false, brief = false;
};

Question read_question(const Words& argv) {
  Question question;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string& word = argv[i];
    if (word == "-4" || word == "-family" || word == "inet" || word == "dev" || word == "up" ||
        word.starts_with("-c"))
      continue;
    if (word == "scope" && i + 1 < argv.size()) {
      ++i;
    } else if (word == "-o" || word == "-oneline") {
      question.one_line = true;
    } else if (word == "-br" || word == "-brief") {
      question.brief = true;
    } else if (word[0] == '-') {
      question.refused = word;
    } else if (question.object.empty()) {
      question.object = word;
    } else if (question.verb.empty() && (word == "show" || word == "s" || word == "sh" || word == "list" ||
                                         word == "ls" || word == "get")) {
      question.verb = word;
    } else if (question.verb == "get") {
      question.target = word;
    } else {
      question.interface = word;
    }
  }
  return question;
}

std::string describe_address(const Question& question, const Address& own) {
  std::string inet = own.text + "/" + std::to_string(prefix_bits);
  bool loopback = question.interface.empty() || question.interface == "lo";
  bool outward = question.interface.empty() || question.interface == own.interface;
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

std::string describe_routes(const Question& question, const Address& own) {
  if (question.verb == "get")
    return question.target + " via " + own.gateway + " dev " + own.interface + " src " + own.text +
           " uid 0 \n    cache \n";
  return "default via " + own.gateway + " dev " + own.interface + " proto dhcp src " + own.text +
         " metric 100 \n";
}

world::Task<int> ip(Guest& guest, program::Context& context) {
  Question question = read_question(context.invocation().argv);
  Address own = address_of(guest);
  auto is = [&](std::string_view whole) { return whole.starts_with(question.object); };
  if (!question.refused.empty()) {
    context.err("Option \"" + question.refused + "\" is unknown, try \"ip -help\".\n");
    co_return 255;
  }
  bool unknown_interface = !question.interface.empty() && question.interface != "lo" &&
                           question.interface != own.interface && question.interface != "default";
  if (question.object.empty() || !(is("address") || is("route") || is("link"))) {
    context.err("Object \"" + question.object + "\" is unknown, try \"ip help\".\n");
    co_return 1;
  }
  const bool route = is("route") && !is("address");
  if (unknown_interface) {
    context.err((route ? "Cannot find device \"" : "Device \"") + question.interface +
                (route ? "\"\n" : "\" does not exist.\n"));
    co_return 1;
  }
  context.out(route           ? describe_routes(question, own)
              : is("address") ? describe_address(question, own)
                              : describe_links(question, own));
  co_return 0;
}

world::Task<int> ifconfig(Guest& guest, program::Context& context) {
  Address own = address_of(guest);
  const Words& argv = context.invocation().argv;
  if (argv.size() > 1 && argv[1][0] != '-' && argv[1] != own.interface) {
    context.err(argv[1] + ": error fetching interface information: Device not found\n");
    co_return 1;
  }
  context.out(own.interface + ": flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 9001\n        inet " +
              own.text + "  netmask 255.255.240.0  broadcast " + own.broadcast + "\n");
  co_return 0;
}

}  // namespace

std::map<std::string, program::Program> address_commands(Guest& guest) {
  return {{"ip", [&guest](program::Context& context) { return ip(guest, context); }},
          {"ifconfig", [&guest](program::Context& context) { return ifconfig(guest, context); }}};
}

}  // namespace squall::guest
