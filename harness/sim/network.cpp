#include "harness/sim/network.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cassert>

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

// Names of services resolve to a stable public-looking address, which error texts then carry.
std::string service_address(std::string_view name) {
  std::uint64_t hash = base::hash64(name);
  return "52.94." + std::to_string(hash % 254 + 1) + "." + std::to_string(hash / 254 % 254 + 1);
}

// What a message says, for the event hash: a difference in it is a difference, even if nothing follows from
// it.
template <class Message>
std::string content_hash(const Message& message) {
  std::uint64_t hash = base::hash64(message.body);
  for (const auto& [name, value] : message.headers.fields())
    hash = base::hash64(value, base::hash64(name, hash));
  return " [" + std::to_string(hash) + "]";
}

}  // namespace

// A bound port. Exchanges in flight hold it weakly, and end when it goes.
struct SimHost::Bound {
  struct InFlight {
    world::Job job;
    world::Completion<Reply> reply;
  };
  SimHost* host;
  world::ListenOptions options;
  world::Handler handler;
  std::map<std::uint64_t, InFlight> in_flight;
  std::uint64_t next_exchange = 1;
};

namespace {

class SimListener final : public world::Network::Listener {
 public:
  SimListener(std::uint16_t port, std::function<void()> unbind) : port_(port), unbind_(std::move(unbind)) {}
  ~SimListener() override { unbind_(); }
  std::uint16_t port() const override { return port_; }

 private:
  std::uint16_t port_;
  std::function<void()> unbind_;
};

world::Task<> answer(world::Handler handler, http::Request request, world::Completion<Reply> reply) {
  reply.set(co_await handler(std::move(request)));
}

}  // namespace

struct SimNetwork::Route {
  std::string address;  // what the name resolved to; empty: it does not
  std::string to;       // the other end's id in link rules
  SimHost* host = nullptr;
  const ServiceEntry* service = nullptr;
  bool local = false;
};

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
  if (bound_.contains(options.port))
    throw world::ListenError("listen tcp " + where + ": bind: address already in use");
  bool ours = options.address == "0.0.0.0" || options.address == "::" || options.address == "localhost" ||
              options.address.starts_with("127.") || options.address == address_;
  if (!ours) throw world::ListenError("listen tcp " + where + ": bind: cannot assign requested address");
  if (!options.certificate_pem.empty())
    if (std::string problem = key_pair_problem(options.certificate_pem, options.key_pem); !problem.empty())
      throw world::ListenError("tls: " + problem);
  std::uint16_t port = options.port;
  auto bound = std::make_shared<Bound>(Bound{this, std::move(options), std::move(handler), {}, 1});
  bound_[port] = bound;
  std::weak_ptr<Bound> weak = bound;
  return std::make_unique<SimListener>(port, [weak, port] {
    auto live = weak.lock();
    if (!live || !live->host) return;
    live->host->bound_.erase(port);
    // The kernel resets the connections of a process that is gone.
    for (auto& [id, exchange] : live->in_flight) exchange.reply.set(NetError{NetFault::reset, true, {}});
    live->in_flight.clear();
  });
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

void SimHost::set_ingress(std::vector<std::string> group_ids, std::vector<world::SecurityRule> rules) {
  filtered_ = true;
  group_ids_ = std::move(group_ids);
  rules_ = std::move(rules);
}

bool SimHost::admits(const SimHost& from, std::uint16_t port) const {
  if (!filtered_) return true;
  return std::any_of(rules_.begin(), rules_.end(), [&](const world::SecurityRule& rule) {
    bool protocol =
        rule.protocol == "-1" || (rule.protocol == "tcp" && port >= rule.from_port && port <= rule.to_port);
    bool source = !rule.source_group_id.empty() ? std::find(from.group_ids_.begin(), from.group_ids_.end(),
                                                            rule.source_group_id) != from.group_ids_.end()
                                                : in_cidr(from.address_, rule.cidr);
    return protocol && source;
  });
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

SimNetwork::Route SimNetwork::route(const SimHost& from, const std::string& name) {
  Route route;
  if (name == "localhost" || name.starts_with("127.") || name == from.address_) {
    route.address = name == "localhost" ? "127.0.0.1" : name;
    route.host = host_at(from.address_);
    route.to = from.id_;
    route.local = true;
    return route;
  }
  for (const ServiceEntry& entry : services_) {
    bool below = entry.name.starts_with("*.") &&
                 std::string_view(name).ends_with(std::string_view(entry.name).substr(1));
    if (below || entry.name == name) {
      route.service = &entry;
      route.address = literal_address(name) ? name : service_address(name);
      route.to = name;
      return route;
    }
  }
  route.host = host_at(name);
  if (route.host) {
    route.address = route.host->address_;
    route.to = route.host->id_;
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

// One way. Loopback tens of microseconds, hosts of a region a fraction of a millisecond, AWS's endpoints 1 to
// 4 ms with their work, as measured against regional endpoints from an instance.
Duration SimNetwork::latency(bool local, bool service) {
  if (local) return Duration{random_.between(20'000, 60'000)};
  if (service) return Duration{random_.between(1'000'000, 4'000'000)};
  return Duration{random_.between(200'000, 900'000)};
}

world::Task<Reply> SimNetwork::exchange(SimHost& from, world::Call call) {
  Time started = scheduler_.now();
  Time connect_by = call.connect_timeout.count() > 0 ? started + call.connect_timeout : Time::max();
  Time finish_by = call.total_timeout.count() > 0 ? started + call.total_timeout : Time::max();
  Route way = route(from, call.host);
  std::string dialled = way.address + ":" + std::to_string(call.port);
  scheduler_.trace("net", from.id_ + " -> " + call.scheme + "://" + call.host + ":" +
                              std::to_string(call.port) + " " + call.request.method + " " +
                              call.request.target + content_hash(call.request));
  // Silence, until a timeout of the caller ends it; without one, for as long as he waits.
  auto silence = [&](Time until, bool connected) -> world::Task<Reply> {
    co_await world::sleep_until(scheduler_, until);
    co_return NetError{NetFault::timed_out, connected, dialled};
  };
  if (way.address.empty()) {
    co_await world::sleep(scheduler_, latency(false, true));
    co_return NetError{NetFault::name_not_found, false, call.host};
  }
  // What a host says to itself passes no link.
  RuleEntry* fault = way.local ? nullptr : matching(from.id_, way.to);
  LinkRule::Effect effect{};
  Duration extra{0};
  if (fault) effect = fault->rule.effect, extra = fault->rule.delay;
  bool dropped = fault && effect == LinkRule::Effect::drop;
  bool nobody = !way.service && (!way.host || !way.host->powered_);
  bool filtered = way.host && !way.local && !way.host->admits(from, call.port);
  if (dropped || nobody || filtered) co_return co_await silence(std::min(connect_by, finish_by), false);

  Duration one_way = latency(way.local, way.service != nullptr) + extra;
  co_await world::sleep(scheduler_, 2 * one_way);  // SYN and its answer
  if (way.host) way.host = host_at(way.address == "127.0.0.1" ? from.address_ : way.host->address_);
  auto port = way.host ? way.host->bound_.find(call.port) : decltype(way.host->bound_.end()){};
  bool listens = way.service ? call.port == (call.scheme == "https" ? 443 : 80)
                             : way.host && port != way.host->bound_.end();
  if (!listens || (fault && effect == LinkRule::Effect::refuse))
    co_return NetError{NetFault::refused, false, dialled};
  if (way.host) {
    const world::ListenOptions& options = port->second->options;
    bool speaks_tls = !options.certificate_pem.empty();
    if (call.scheme == "https") {
      co_await world::sleep(scheduler_, 2 * one_way);
      if (!speaks_tls) co_return NetError{NetFault::tls_not_tls, true, dialled};
      std::string name = call.tls.server_name.empty() ? call.host : call.tls.server_name;
      if (auto verdict = verify_server(options.certificate_pem, call.tls, name, scheduler_.now()))
        co_return NetError{verdict->fault, false, verdict->detail};
      if (!options.client_ca_pem.empty() &&
          !client_certificate_accepted(call.tls.client_certificate_pem, options.client_ca_pem,
                                       scheduler_.now()))
        co_return NetError{NetFault::reset, true, "remote error: tls: bad certificate"};
    } else if (speaks_tls) {
      // Go's server answers a plain request on its TLS port in plain text.
      co_return http::Response::text(400, "Client sent an HTTP request to an HTTPS server.\n");
    }
  }
  if (fault && effect == LinkRule::Effect::hang) co_return co_await silence(finish_by, true);

  co_await world::sleep(scheduler_, one_way);
  call.request.peer_address = way.local ? "127.0.0.1" : from.address_;
  world::Completion<Reply> reply{scheduler_};
  world::Job service_job;
  if (way.service) {
    SimHost* sender = &from;
    world::Handler handler = [entry = way.service, sender](http::Request request) {
      return entry->handle(*sender, std::move(request));
    };
    service_job = world::Job::start(scheduler_, answer(std::move(handler), std::move(call.request), reply));
  } else {
    way.host = host_at(way.local ? from.address_ : way.address);
    port = way.host ? way.host->bound_.find(call.port) : port;
    if (!way.host || !way.host->powered_) co_return co_await silence(finish_by, true);
    if (port == way.host->bound_.end()) co_return NetError{NetFault::reset, true, dialled};
    std::shared_ptr<SimHost::Bound> bound = port->second;
    std::uint64_t id = bound->next_exchange++;
    std::weak_ptr<SimHost::Bound> weak = bound;
    auto job = world::Job::start(scheduler_, answer(bound->handler, std::move(call.request), reply),
                                 [weak, id, reply](std::exception_ptr failure) {
                                   if (failure) std::rethrow_exception(failure);
                                   if (auto live = weak.lock()) live->in_flight.erase(id);
                                 });
    bound->in_flight.emplace(id, SimHost::Bound::InFlight{std::move(job), reply});
  }
  world::TimerId timeout = 0;
  if (finish_by != Time::max())
    timeout = scheduler_.at(finish_by, [reply, dialled] {
      reply.set(NetError{NetFault::timed_out, true, dialled});
    });
  Reply answered = co_await reply;
  scheduler_.cancel(timeout);
  if (auto* error = std::get_if<NetError>(&answered)) {
    if (error->detail.empty()) error->detail = dialled;
    co_return answered;
  }
  // The answer takes the way back; a cut made meanwhile swallows it.
  RuleEntry* back = way.local ? nullptr : matching(way.to, from.id_);
  if (back && back->rule.effect == LinkRule::Effect::drop) co_return co_await silence(finish_by, true);
  co_await world::sleep(scheduler_, one_way);
  const auto& response = std::get<http::Response>(answered);
  scheduler_.trace(
      "net", from.id_ + " <- " + call.host + " " + std::to_string(response.status) + content_hash(response));
  co_return answered;
}

}  // namespace squall::sim
