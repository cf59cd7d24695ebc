#include "harness/sim/network.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cassert>

#include "harness/sim/exchange.hpp"
#include "harness/sim/tls.hpp"

namespace squall::sim {
namespace {

using world::NetError;
using world::NetFault;
using world::Reply;

bool literal_address(const std::string& text) {
  in_addr parsed;
  return inet_pton(AF_INET, text.c_str(), &parsed) == 1;
}

bool in_cidr(const std::string& address, const std::string& cidr) {
  std::size_t slash = cidr.find('/');
  in_addr host, net;
  if (inet_pton(AF_INET, address.c_str(), &host) != 1) return false;
  if (inet_pton(AF_INET, cidr.substr(0, slash).c_str(), &net) != 1) return false;
  int bits = slash == cidr.npos ? 32 : std::atoi(cidr.c_str() + slash + 1);
  std::uint32_t mask = bits == 0 ? 0 : ~std::uint32_t{0} << (32 - bits);
  return ((ntohl(host.s_addr) ^ ntohl(net.s_addr)) & mask) == 0;
}

// An ICMP rule's first port is the type it lets through, its second the code; -1 is any.
bool fits_echo(const world::SecurityRule& rule) {
  constexpr int echo_request = 8;
  return rule.protocol == "icmp" && (rule.from_port == -1 || rule.from_port == echo_request) &&
         rule.to_port <= 0;
}

bool fits_port(const world::SecurityRule& rule, std::uint16_t port) {
  return rule.protocol == "tcp" && port >= rule.from_port && port <= rule.to_port;
}

// Whether one of `rules` fits a connection with the other side, or an echo where there is no port.
bool allows(const std::vector<world::SecurityRule>& rules, const std::string& address,
            const std::vector<std::string>& group_ids, std::optional<std::uint16_t> port) {
  return std::any_of(rules.begin(), rules.end(), [&](const world::SecurityRule& rule) {
    bool protocol = rule.protocol == "-1" || (port ? fits_port(rule, *port) : fits_echo(rule));
    bool peer = rule.peer_group_id.empty()
                    ? in_cidr(address, rule.cidr)
                    : std::find(group_ids.begin(), group_ids.end(), rule.peer_group_id) != group_ids.end();
    return protocol && peer;
  });
}

// Names of services resolve to a stable public-looking address, which error texts then carry.
std::string service_address(std::string_view name) {
  std::uint64_t hash = base::hash64(name);
  return "52.94." + std::to_string(hash % 254 + 1) + "." + std::to_string(hash / 254 % 254 + 1);
}

// The address a listener is bound to takes connections to `dialled` (ip(7), ipv6(7)).
bool takes(const std::string& bound, const std::string& dialled) {
  bool six = dialled.find(':') != std::string::npos;
  if (bound == "::" || bound.empty()) return true;
  if (bound == "0.0.0.0") return !six;
  return dialled == (bound == "localhost" ? "127.0.0.1" : bound);
}

bool any_address(const std::string& bound) { return bound == "::" || bound.empty() || bound == "0.0.0.0"; }

class SimListener final : public world::Network::Listener {
 public:
  SimListener(std::uint16_t port, std::function<void()> unbind) : port_(port), unbind_(std::move(unbind)) {}
  ~SimListener() override { unbind_(); }
  std::uint16_t port() const override { return port_; }

 private:
  std::uint16_t port_;
  std::function<void()> unbind_;
};

}  // namespace

SimHost::SimHost(SimNetwork& network, std::string id, std::string address)
    : network_(network), id_(std::move(id)), address_(std::move(address)) {}

SimHost::~SimHost() {
  power(false);
  network_.hosts_.erase(address_);
}

world::Task<Reply> SimHost::send(world::Call call) { return network_.exchange(*this, std::move(call)); }

std::unique_ptr<world::Network::Listener> SimHost::listen(world::ListenOptions options,
                                                          world::Handler handler) {
  std::string where = options.address + ":" + std::to_string(options.port);
  auto [begin, end] = bound_.equal_range(options.port);
  bool taken = std::any_of(begin, end, [&](const auto& entry) {
    const std::string& other = entry.second->options.address;
    return any_address(other) || any_address(options.address) || other == options.address;
  });
  if (taken) throw world::ListenError("listen tcp " + where + ": bind: address already in use");
  bool ours = any_address(options.address) || options.address == "localhost" || options.address == "::1" ||
              options.address.starts_with("127.") || options.address == address_;
  if (!ours) throw world::ListenError("listen tcp " + where + ": bind: cannot assign requested address");
  if (!options.certificate_pem.empty() &&
      base::key_pair_of(options.certificate_pem, options.key_pem) != base::KeyPair::fits)
    throw world::ListenError("tls: certificate and private key do not belong together");
  std::uint16_t port = options.port;
  auto bound = std::make_shared<Bound>(Bound{this, std::move(options), std::move(handler), {}, 1});
  bound_.emplace(port, bound);
  std::weak_ptr<Bound> weak = bound;
  return std::make_unique<SimListener>(port, [weak] {
    auto live = weak.lock();
    if (!live || !live->host) return;
    std::erase_if(live->host->bound_, [&](const auto& entry) { return entry.second == live; });
    // The kernel resets the connections of a process that is gone.
    for (auto& [id, exchange] : live->in_flight) exchange.reply.set(NetError{NetFault::reset, true, {}});
    live->in_flight.clear();
  });
}

std::optional<std::string> SimHost::resolve(const std::string& name) {
  std::string address = network_.route(*this, name).address;
  if (address.empty()) return std::nullopt;
  return address;
}

std::vector<std::pair<std::string, std::uint16_t>> SimHost::listening() {
  std::vector<std::pair<std::string, std::uint16_t>> found;
  for (const auto& [port, bound] : bound_) found.emplace_back(bound->options.address, port);
  return found;
}

void SimHost::power(bool on) {
  powered_ = on;
  if (on) return;
  for (auto& [port, bound] : bound_) {
    bound->host = nullptr;
    bound->in_flight.clear();  // silence: the other side learns nothing
  }
  bound_.clear();
}

std::shared_ptr<SimHost::Bound> SimHost::bound_for(const std::string& address, std::uint16_t port) const {
  auto [begin, end] = bound_.equal_range(port);
  auto found = std::find_if(begin, end,
                            [&](const auto& entry) { return takes(entry.second->options.address, address); });
  return found == end ? nullptr : found->second;
}

bool SimHost::lets_in(const SimHost& from, std::optional<std::uint16_t> port) const {
  return !traffic_ || allows(traffic_->ingress, from.address_, from.group_ids(), port);
}

// The metadata service and the resolver are link-local, which security groups do not filter.
bool SimHost::lets_out(const std::string& address, const SimHost* to,
                       std::optional<std::uint16_t> port) const {
  if (!traffic_ || in_cidr(address, "169.254.0.0/16")) return true;
  return allows(traffic_->egress, address, to ? to->group_ids() : std::vector<std::string>{}, port);
}

std::vector<std::string> SimHost::group_ids() const {
  return traffic_ ? traffic_->group_ids : std::vector<std::string>{};
}

std::unique_ptr<SimHost> SimNetwork::add_host(std::string id, std::string address) {
  assert(!hosts_.contains(address));
  std::unique_ptr<SimHost> host{new SimHost(*this, std::move(id), std::move(address))};
  hosts_[host->address()] = host.get();
  return host;
}

void SimNetwork::add_service(std::string name, Service service) {
  services_.push_back({std::move(name), std::move(service)});
}

int SimNetwork::add_rule(LinkRule rule) {
  rules_[next_rule_] = {std::move(rule), 0};
  return next_rule_++;
}

std::uint64_t SimNetwork::fired(int rule_id) const {
  auto counted = fired_before_.find(rule_id);
  return counted == fired_before_.end() ? 0 : counted->second;
}

SimHost* SimNetwork::host_at(std::string_view name) {
  for (auto& [address, host] : hosts_)
    if (address == name || std::find(host->names_.begin(), host->names_.end(), name) != host->names_.end())
      return host;
  return nullptr;
}

// A whole name goes before a pattern: awscli.amazonaws.com is not one of AWS's endpoints.
const SimNetwork::ServiceEntry* SimNetwork::service_named(std::string_view name) const {
  const ServiceEntry* found = nullptr;
  for (const ServiceEntry& entry : services_) {
    if (entry.name == name) return &entry;
    bool below = entry.name.starts_with("*.") && name.ends_with(std::string_view(entry.name).substr(1));
    if (below && found == nullptr) found = &entry;
  }
  return found;
}

SimNetwork::Route SimNetwork::route(const SimHost& from, const std::string& name) {
  Route route;
  bool six = name == "::1" || name == "::";
  bool unspecified = name == "localhost" || name == "0.0.0.0";  // connect(2) takes this machine for it
  if (unspecified || six || name.starts_with("127.") || name == from.address_) {
    route.address = six ? "::1" : unspecified ? "127.0.0.1" : name;
    route.host = host_at(from.address_);
    route.to = from.id_;
    route.local = true;
    return route;
  }
  if (const ServiceEntry* service = service_named(name)) {
    route.service = service;
    route.address = literal_address(name) ? name : service_address(name);
    route.to = name;
    return route;
  }
  route.host = host_at(name);
  if (route.host) {
    route.address = route.host->address_;
    route.to = route.host->id_;
    route.local = route.host == &from;
  } else if (literal_address(name)) {
    route.address = name;
    route.to = name;
  }
  return route;
}

SimNetwork::RuleEntry* SimNetwork::matching(const std::string& from, const std::string& to) {
  auto fits = [](const std::string& pattern, const std::string& name) {
    return pattern == "*" || pattern == name ||
           (pattern.starts_with("*.") && name.ends_with(pattern.substr(1)));
  };
  for (auto& [id, entry] : rules_) {
    if (!fits(entry.rule.from, from) || !fits(entry.rule.to, to)) continue;
    if (entry.rule.ratio_of_100 < 100 && !random_.chance(entry.rule.ratio_of_100, 100)) continue;
    ++entry.fired;
    ++fired_before_[id];
    return &entry;
  }
  return nullptr;
}

}  // namespace squall::sim
