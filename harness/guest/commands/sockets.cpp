// What listens and whether it can be reached: ss (iproute2 6.1), netstat (net-tools 2.10), and nc as
// OpenBSD's and Nmap's netcat answer when they only try to connect (-z). Which process a port belongs to is
// not shown.
#include <algorithm>
#include <charconv>

#include "harness/guest/commands/command_line.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

constexpr OptionSet ss_set{
    "t,tcp u,udp l,listening n,numeric a,all p,processes H,no-header 4,ipv4 6,ipv6 O,oneline",
    "h,help V,version r,resolve o,options e,extended m,memory T,threads i,info tipcinfo s,summary tos cgroup "
    "b,bpf E,events Z,context z,contexts N,net= 0,packet M,mptcp S,sctp d,dccp w,raw x,unix tipc vsock xdp "
    "f,family= K,kill inet-sockopt A,query= socket= D,diag= F,filter="};
constexpr OptionSet netstat_set{
    "t,tcp u,udp l,listening n,numeric numeric-hosts numeric-ports numeric-users a,all p,programs 4,inet "
    "6,inet6 W,wide v,verbose",
    "r,route i,interfaces g,groups s,statistics M,masquerade N,symbolic e,extend o,timers c,continuous F,fib "
    "C,cache Z,context U,udplite S,sctp w,raw x,unix ax25 ipx netrom A= V,version h,help"};

std::string left(std::string text, std::size_t width) {
  text.append(width - std::min(width, text.size()), ' ');
  return text;
}

std::string right(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

struct Port {
  std::string address;
  std::uint16_t number;
  bool six() const { return address == "::" || address.empty() || address == "::1"; }
};

// None where only other protocols are asked for, or only connections: there are none between commands.
std::vector<Port> listening_tcp(program::Context& context, const CommandLine& line, const char* four,
                                const char* six) {
  std::vector<Port> ports;
  const bool shows_tcp = line.has("tcp") || !line.has("udp");
  if (!shows_tcp || (!line.has("listening") && !line.has("all"))) return ports;
  for (auto& [address, number] : context.network().listening()) {
    Port port{address == "localhost" ? "127.0.0.1" : address, number};
    if ((line.has(four) && !line.has(six) && port.six()) || (line.has(six) && !line.has(four) && !port.six()))
      continue;
    ports.push_back(std::move(port));
  }
  return ports;
}

// "sport = :8200", "( sport = :8200 )"; nothing when it is another filter.
std::optional<std::uint16_t> port_filter(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += word;
  std::erase_if(text, [](char c) { return c == '(' || c == ')' || c == ' '; });
  for (const char* start : {"sport=:", "sporteq:", "sport:", "sport==:"}) {
    if (!text.starts_with(start)) continue;
    std::uint16_t port = 0;
    const char* from = text.data() + std::string_view(start).size();
    auto [end, error] = std::from_chars(from, text.data() + text.size(), port);
    if (error == std::errc{} && end == text.data() + text.size()) return port;
  }
  return std::nullopt;
}

world::Task<int> ss(Guest&, program::Context& context) {
  const CommandLine line = read_command_line(context.invocation().argv, ss_set,
                                             "Usage: ss [ OPTIONS ]\n       ss [ OPTIONS ] [ FILTER ]\n");
  const std::optional<std::uint16_t> only = port_filter(line.operands);
  if (!line.complaint.empty() || (!line.operands.empty() && !only)) {
    context.err(line.complaint.empty() ? "ss: Squall's guests serve the filter \"sport = :PORT\", not " +
                                             joined(line.operands) + "\n"
                                       : line.complaint);
    co_return 255;
  }
  std::vector<Port> ports = listening_tcp(context, line, "ipv4", "ipv6");
  if (only) std::erase_if(ports, [&](const Port& port) { return port.number != *only; });
  auto shown = [](const Port& port) { return port.address == "::" ? std::string("*") : port.address; };
  std::size_t address_width = 13, port_width = 4;  // of "Local Address" and "Port"
  for (const Port& port : ports) {
    address_width = std::max(address_width, shown(port).size());
    port_width = std::max(port_width, std::to_string(port.number).size());
  }
  if (!line.has("no-header"))
    context.out("State  Recv-Q Send-Q " + right("Local Address", address_width) + ":" +
                left("Port", port_width) + " Peer Address:PortProcess\n");
  for (const Port& port : ports)
    context.out("LISTEN 0      4096   " + right(shown(port), address_width) + ":" +
                left(std::to_string(port.number), port_width) + " " +
                right(port.six() ? "*" : "0.0.0.0", 12) + ":*          \n");
  co_return 0;
}

world::Task<int> netstat(Guest&, program::Context& context) {
  const CommandLine line =
      read_command_line(context.invocation().argv, netstat_set,
                        "usage: netstat [-vWeenNcCF] [<Af>] -r         netstat {-V|--version|-h|--help}\n");
  if (!line.complaint.empty()) {
    context.err(line.complaint);
    co_return 3;
  }
  const bool listens = line.has("listening"), both = line.has("all"), programs = line.has("programs");
  context.out(std::string("Active Internet connections (") +
              (both      ? "servers and established"
               : listens ? "only servers"
                         : "w/o servers") +
              ")\nProto Recv-Q Send-Q Local Address           Foreign Address         State      " +
              (programs ? " PID/Program name    " : "") + "\n");
  for (const Port& port : listening_tcp(context, line, "inet", "inet6"))
    context.out(std::string(port.six() ? "tcp6 " : "tcp  ") + "      0      0 " +
                left(port.address + ":" + std::to_string(port.number), 23) + " " +
                left(port.six() ? ":::*" : "0.0.0.0:*", 23) + " LISTEN     " +
                (programs ? " -                   " : " ") + "\n");
  co_return 0;
}

struct Probe {
  std::string host, refused;
  std::vector<std::uint16_t> ports;
  Duration timeout{0};
  bool only_connects = false, verbose = false, udp = false;
};

bool add_ports(const std::string& text, std::vector<std::uint16_t>& ports) {
  std::uint16_t first = 0, last = 0;
  const char* end = text.data() + text.size();
  auto low = std::from_chars(text.data(), end, first);
  if (low.ec != std::errc{} || first == 0) return false;
  last = first;
  if (low.ptr != end) {
    if (*low.ptr != '-') return false;
    auto high = std::from_chars(low.ptr + 1, end, last);
    if (high.ec != std::errc{} || high.ptr != end || last < first) return false;
  }
  for (unsigned port = first; port <= last; ++port) ports.push_back(static_cast<std::uint16_t>(port));
  return true;
}

Probe read_probe(const Words& argv) {
  Probe probe;
  Words operands;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string& word = argv[i];
    if (word.size() < 2 || word[0] != '-') {
      operands.push_back(word);
      continue;
    }
    for (std::size_t at = 1; at < word.size(); ++at) {
      if (word[at] == 'w' || word[at] == 'q' || word[at] == 'i') {
        const std::string value = at + 1 < word.size()  ? word.substr(at + 1)
                                  : i + 1 < argv.size() ? argv[++i]
                                                        : "";
        int seconds = 0;
        std::from_chars(value.data(), value.data() + value.size(), seconds);
        if (word[at] == 'w') probe.timeout = std::chrono::seconds(seconds);
        break;
      }
      if (word[at] == 'z')
        probe.only_connects = true;
      else if (word[at] == 'v')
        probe.verbose = true;
      else if (word[at] == 'u')
        probe.udp = true;
      else if (word[at] != 'n' && word[at] != '4' && word[at] != 't')
        probe.refused = word;
    }
  }
  if (operands.size() != 2 || !add_ports(operands[1], probe.ports)) probe.refused = "these words";
  if (!operands.empty()) probe.host = operands[0];
  return probe;
}

const char* reason(world::NetFault fault) {
  if (fault == world::NetFault::refused) return "Connection refused";
  if (fault == world::NetFault::timed_out) return "Connection timed out";
  return "Network is unreachable";
}

// How OpenBSD's netcat words it, which Debian and Ubuntu have.
void tell_bsd(program::Context& context, const Probe& probe, const std::string& port,
              const std::optional<world::NetError>& failed) {
  if (failed && failed->fault == world::NetFault::name_not_found) {
    context.err("nc: getaddrinfo for host \"" + probe.host + "\" port " + port +
                ": Name or service not known\n");
    return;
  }
  if (!probe.verbose) return;
  const std::string address = context.network().resolve(probe.host).value_or(probe.host);
  const std::string where = probe.host + (address == probe.host ? "" : " (" + address + ")");
  context.err(failed ? "nc: connect to " + where + " port " + port +
                           " (tcp) failed: " + reason(failed->fault) + "\n"
                     : "Connection to " + where + " " + port + " port [tcp/*] succeeded!\n");
}

// How Nmap's ncat does, which Red Hat and Amazon have.
void tell_ncat(program::Context& context, const Probe& probe, const std::string& port,
               const std::optional<world::NetError>& failed) {
  if (probe.verbose) context.err("Ncat: Version 7.93 ( https://nmap.org/ncat )\n");
  if (failed && failed->fault == world::NetFault::name_not_found)
    context.err("Ncat: Could not resolve hostname \"" + probe.host +
                "\": Name or service not known. QUITTING.\n");
  else if (failed)
    context.err(std::string("Ncat: ") +
                (failed->fault == world::NetFault::timed_out ? "TIMEOUT" : reason(failed->fault)) + ".\n");
  else if (probe.verbose)
    context.err("Ncat: Connected to " + context.network().resolve(probe.host).value_or(probe.host) + ":" +
                port + ".\nNcat: 0 bytes sent, 0 bytes received in 0.00 seconds.\n");
}

world::Task<int> nc(Guest& guest, program::Context& context) {
  const Probe probe = read_probe(context.invocation().argv);
  if (probe.udp && probe.refused.empty()) {
    co_await context.read_input();  // a datagram to nobody is as good as sent
    co_return 0;
  }
  if (!probe.only_connects || !probe.refused.empty()) {
    context.err("nc: Squall's guests serve nc -z HOST PORT with -v, -n, -4 and -w, and -u; not " +
                (probe.refused.empty() ? "a connection that carries data" : probe.refused) + "\n");
    co_return 1;
  }
  const bool bsd = has_apt(guest.system());
  // Without -w the kernel gives up after two minutes (tcp_syn_retries), ncat after ten seconds.
  const Duration patience = probe.timeout > Duration{0} ? probe.timeout
                            : bsd                       ? Duration{127s}
                                                        : Duration{10s};
  int status = 1;
  for (std::uint16_t port : probe.ports) {
    std::string host = probe.host;
    std::optional<world::NetError> failed = co_await context.network().connect(host, port, patience);
    (bsd ? tell_bsd : tell_ncat)(context, probe, std::to_string(port), failed);
    if (!failed) status = 0;
  }
  co_return status;
}

}  // namespace

std::map<std::string, program::Program> socket_commands(Guest& guest) {
  return {{"ss", bind(guest, ss)}, {"netstat", bind(guest, netstat)}, {"nc", bind(guest, nc)}};
}

}  // namespace squall::guest
