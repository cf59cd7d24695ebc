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

// Whether one of `rules` fits a connection with the other side.
bool allows(const std::vector<world::SecurityRule>& rules, const std::string& address,
            const std::vector<std::string>& group_ids, std::uint16_t port) {
  return std::any_of(rules.begin(), rules.end(), [&](const world::SecurityRule& rule) {
    bool protocol =
        rule.protocol == "-1" || (rule.protocol == "tcp" && port >= rule.from_port && port <= rule.to_port);
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

bool SimHost::lets_in(const SimHost& from, std::uint16_t port) const {
  return !traffic_ || allows(traffic_->ingress, from.address_, from.group_ids(), port);
}

// The metadata service and the resolver are link-local, which security groups do not filter.
bool SimHost::lets_out(const std::string& address, const SimHost* to, std::uint16_t port) const {
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

// An exchange on its way through the steps below.
struct SimNetwork::Exchange {
  SimHost& from;
  world::Call call;
  Route way;
  Time connect_by, finish_by;
  std::string dialled;  // "10.0.0.2:8200", for errors
  std::optional<LinkRule::Effect> fault = {};
  Duration one_way{0};

  bool suffers(LinkRule::Effect effect) const { return fault == effect; }
};

// Silence, until a timeout of the caller ends it; without one, for as long as he waits.
world::Task<Reply> SimNetwork::silence(const Exchange& exchange, bool connected) {
  Time until = connected ? exchange.finish_by : std::min(exchange.connect_by, exchange.finish_by);
  co_await world::sleep_until(scheduler_, until);
  co_return NetError{NetFault::timed_out, connected, exchange.dialled};
}

world::Task<Reply> SimNetwork::exchange(SimHost& from, world::Call call) {
  auto deadline = [now = scheduler_.now()](Duration limit) {
    return limit.count() > 0 ? now + limit : Time::max();
  };
  Exchange one{from, std::move(call), {}, deadline(call.connect_timeout), deadline(call.total_timeout), {}};
  one.way = route(from, one.call.host);
  one.dialled = one.way.address + ":" + std::to_string(one.call.port);
  const http::Request& request = one.call.request;
  scheduler_.trace("net", from.id_ + " -> " + one.call.scheme + "://" + one.call.host + ":" +
                              std::to_string(one.call.port) + " " + request.method + " " + request.target +
                              content_hash(request));
  std::optional<Reply> ended = co_await connect(one);
  if (!ended && one.way.host) ended = co_await shake_hands(one);
  if (!ended && one.suffers(LinkRule::Effect::hang)) ended = co_await silence(one, true);
  if (ended) co_return std::move(*ended);
  co_await world::sleep(scheduler_, one.one_way);
  Reply reply = co_await ask(one);
  if (std::holds_alternative<NetError>(reply)) co_return reply;
  // The answer takes the way back; a cut made meanwhile swallows it.
  RuleEntry* back = one.way.local ? nullptr : matching(one.way.to, from.id_);
  if (back && back->rule.effect == LinkRule::Effect::drop) co_return co_await silence(one, true);
  co_await world::sleep(scheduler_, one.one_way);
  const auto& response = std::get<http::Response>(reply);
  scheduler_.trace("net", from.id_ + " <- " + one.call.host + " " + std::to_string(response.status) +
                              content_hash(response));
  co_return reply;
}

// Name, route, SYN and its answer. Nothing if the connection stands.
world::Task<std::optional<Reply>> SimNetwork::connect(Exchange& one) {
  const Route& way = one.way;
  if (way.address.empty()) {
    co_await world::sleep(scheduler_, latency(false, true));
    co_return NetError{NetFault::name_not_found, false, one.call.host};
  }
  // What a host says to itself passes no link, and no security group.
  RuleEntry* rule = way.local ? nullptr : matching(one.from.id_, way.to);
  if (rule) one.fault = rule->rule.effect;
  Duration extra = rule ? rule->rule.delay : Duration{0};
  bool nobody = !way.service && (!way.host || !way.host->powered_);
  bool filtered = !way.local && (!one.from.lets_out(way.address, way.host, one.call.port) ||
                                 (way.host && !way.host->lets_in(one.from, one.call.port)));
  if (one.suffers(LinkRule::Effect::drop) || nobody || filtered) co_return co_await silence(one, false);
  one.one_way = latency(way.local, way.service != nullptr) + extra;
  co_await world::sleep(scheduler_, 2 * one.one_way);
  find_host_again(one);
  bool listens = way.service ? one.call.port == (one.call.scheme == "https" ? 443 : 80)
                             : way.host && way.host->bound_.contains(one.call.port);
  if (!listens || one.suffers(LinkRule::Effect::refuse))
    co_return NetError{NetFault::refused, false, one.dialled};
  co_return std::nullopt;
}

// While time passed, the host may have gone, or another may have its address.
void SimNetwork::find_host_again(Exchange& one) {
  if (!one.way.service) one.way.host = host_at(one.way.local ? one.from.address_ : one.way.address);
}

// With a host; services speak TLS with certificates that everybody trusts.
world::Task<std::optional<Reply>> SimNetwork::shake_hands(Exchange& one) {
  const world::Call& call = one.call;
  world::ListenOptions options = one.way.host->bound_.at(call.port)->options;
  bool speaks_tls = !options.certificate_pem.empty();
  if (call.scheme != "https") {
    // Go's server answers a plain request on its TLS port in plain text.
    if (speaks_tls) co_return http::Response::text(400, "Client sent an HTTP request to an HTTPS server.\n");
    co_return std::nullopt;
  }
  co_await world::sleep(scheduler_, 2 * one.one_way);
  if (!speaks_tls) co_return NetError{NetFault::tls_not_tls, true, one.dialled};
  std::string name = call.tls.server_name.empty() ? call.host : call.tls.server_name;
  if (auto verdict = verify_server(options.certificate_pem, call.tls, name, scheduler_.now()))
    co_return NetError{verdict->fault, false, verdict->detail};
  if (!options.client_ca_pem.empty() &&
      !client_certificate_accepted(call.tls.client_certificate_pem, options.client_ca_pem, scheduler_.now()))
    co_return NetError{NetFault::reset, true, "remote error: tls: bad certificate"};
  co_return std::nullopt;
}

// The request is there: has it handled, and waits for the answer.
world::Task<Reply> SimNetwork::ask(Exchange& one) {
  one.call.request.peer_address = one.way.local ? "127.0.0.1" : one.from.address_;
  world::Completion<Reply> reply{scheduler_};
  world::Job service_job;
  if (one.way.service) {
    world::Handler handler = [entry = one.way.service, sender = &one.from](http::Request request) {
      return entry->handle(*sender, std::move(request));
    };
    service_job =
        world::Job::start(scheduler_, answer(std::move(handler), std::move(one.call.request), reply));
  } else {
    find_host_again(one);
    if (!one.way.host || !one.way.host->powered_) co_return co_await silence(one, true);
    auto port = one.way.host->bound_.find(one.call.port);
    if (port == one.way.host->bound_.end()) co_return NetError{NetFault::reset, true, one.dialled};
    hand_over(port->second, std::move(one.call.request), reply);
  }
  world::TimerId timeout = 0;
  if (one.finish_by != Time::max())
    timeout = scheduler_.at(one.finish_by, [reply, dialled = one.dialled] {
      reply.set(NetError{NetFault::timed_out, true, dialled});
    });
  Reply answered = co_await reply;
  scheduler_.cancel(timeout);
  auto* error = std::get_if<NetError>(&answered);
  if (error && error->detail.empty()) error->detail = one.dialled;
  co_return answered;
}

// The exchange then lives with the port: it ends when the listener does.
void SimNetwork::hand_over(const std::shared_ptr<SimHost::Bound>& bound, http::Request request,
                           const world::Completion<Reply>& reply) {
  std::uint64_t id = bound->next_exchange++;
  auto ended = [weak = std::weak_ptr(bound), id](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
    if (auto live = weak.lock()) live->in_flight.erase(id);
  };
  auto job = world::Job::start(scheduler_, answer(bound->handler, std::move(request), reply), ended);
  bound->in_flight.emplace(id, SimHost::Bound::InFlight{std::move(job), reply});
}

}  // namespace squall::sim
