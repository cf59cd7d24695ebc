// What listens and whether it can be reached: ss (iproute2 6.1), netstat (net-tools 2.10), and nc as
// OpenBSD's and Nmap's netcat answer when they only try to connect (-z). Which process a port belongs to is
// not shown.
#include <algorithm>
#include <charconv>

#include "harness/guest/commands/commands.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

using Words = std::vector<std::string>;

// Letters of all short options: "-tlnp" and "-t -l" alike; long ones and other words go to `others`.
std::string letters_of(const Words& argv, Words& others) {
  std::string letters;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    if (argv[i].size() > 1 && argv[i][0] == '-' && argv[i][1] != '-')
      letters += argv[i].substr(1);
    else if (argv[i] == "--listening" || argv[i] == "--tcp" || argv[i] == "--numeric" || argv[i] == "--all")
      letters += argv[i][2];
    else
      others.push_back(argv[i]);
  }
  return letters;
}

bool has(const std::string& letters, char letter) { return letters.find(letter) != std::string::npos; }

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

std::vector<Port> listening_tcp(program::Context& context, const std::string& letters) {
  std::vector<Port> ports;
  for (auto& [address, number] : context.network().listening()) {
    Port port{address == "localhost" ? "127.0.0.1" : address, number};
    if ((has(letters, '4') && port.six()) || (has(letters, '6') && !port.six())) continue;
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
  Words filter;
  const std::string letters = letters_of(context.invocation().argv, filter);
  const std::optional<std::uint16_t> only = port_filter(filter);
  if (letters.find_first_not_of("tlnpaH46eumi") != std::string::npos || (!filter.empty() && !only)) {
    context.err(
        "ss: Squall's guests serve -t, -l, -n, -a, -p, -H, -4, -6 and the filter \"sport = :PORT\"\n");
    co_return 255;
  }
  std::vector<Port> ports;
  const bool shows_tcp = has(letters, 't') || !has(letters, 'u');
  if (shows_tcp && (has(letters, 'l') || has(letters, 'a'))) ports = listening_tcp(context, letters);
  if (only) std::erase_if(ports, [&](const Port& port) { return port.number != *only; });
  auto shown = [](const Port& port) { return port.address == "::" ? std::string("*") : port.address; };
  std::size_t address_width = 13, port_width = 4;  // of "Local Address" and "Port"
  for (const Port& port : ports) {
    address_width = std::max(address_width, shown(port).size());
    port_width = std::max(port_width, std::to_string(port.number).size());
  }
  if (!has(letters, 'H'))
    context.out("State  Recv-Q Send-Q " + right("Local Address", address_width) + ":" +
                left("Port", port_width) + " Peer Address:PortProcess\n");
  for (const Port& port : ports)
    context.out("LISTEN 0      4096   " + right(shown(port), address_width) + ":" +
                left(std::to_string(port.number), port_width) + " " +
                right(port.six() ? "*" : "0.0.0.0", 12) + ":*          \n");
  co_return 0;
}

world::Task<int> netstat(Guest&, program::Context& context) {
  Words others;
  const std::string letters = letters_of(context.invocation().argv, others);
  if (letters.find_first_not_of("tlnpa46uew") != std::string::npos || !others.empty()) {
    context.err("netstat: Squall's guests serve -t, -l, -n, -a, -p, -4 and -6\n");
    co_return 4;
  }
  const bool listens = has(letters, 'l'), both = has(letters, 'a'), programs = has(letters, 'p');
  context.out(std::string("Active Internet connections (") +
              (both      ? "servers and established"
               : listens ? "only servers"
                         : "w/o servers") +
              ")\nProto Recv-Q Send-Q Local Address           Foreign Address         State      " +
              (programs ? " PID/Program name    " : "") + "\n");
  std::vector<Port> ports;
  const bool shows_tcp = has(letters, 't') || !has(letters, 'u');
  if (shows_tcp && (listens || both)) ports = listening_tcp(context, letters);
  for (const Port& port : ports)
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
