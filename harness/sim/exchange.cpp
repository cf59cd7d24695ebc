// One exchange over the simulated network, step by step: connect, TLS, the request and its answer.
#include "harness/sim/exchange.hpp"

#include <algorithm>

#include "harness/sim/tls.hpp"

namespace squall::sim {

using world::NetError;
using world::NetFault;
using world::Reply;

namespace {

// What a message says, for the event hash: a difference in it is a difference, even if nothing follows from
// it.
template <class Message>
std::string content_hash(const Message& message) {
  std::uint64_t hash = base::hash64(message.body);
  for (const auto& [name, value] : message.headers.fields())
    hash = base::hash64(value, base::hash64(name, hash));
  return " [" + std::to_string(hash) + "]";
}

world::Task<> answer(world::Handler handler, http::Request request, world::Completion<Reply> reply) {
  reply.set(co_await handler(std::move(request)));
}

}  // namespace

// One way. Loopback tens of microseconds, hosts of a region a fraction of a millisecond, AWS's endpoints 1 to
// 4 ms with their work, as measured against regional endpoints from an instance.
Duration SimNetwork::latency(bool local, bool service) {
  if (local) return Duration{random_.between(20'000, 60'000)};
  if (service) return Duration{random_.between(1'000'000, 4'000'000)};
  return Duration{random_.between(200'000, 900'000)};
}

// Silence, until a timeout of the caller ends it; without one, for as long as he waits.
world::Task<NetError> SimNetwork::silence(const Exchange& exchange, bool connected) {
  Time until = connected ? exchange.finish_by : std::min(exchange.connect_by, exchange.finish_by);
  co_await world::sleep_until(scheduler_, until);
  co_return NetError{NetFault::timed_out, connected, exchange.dialled};
}

world::Task<Reply> SimNetwork::exchange(SimHost& from, world::Call call) {
  auto deadline = [now = scheduler_.now()](Duration limit) {
    return limit.count() > 0 ? world::later(now, limit) : Time::max();
  };
  Exchange one{from, std::move(call), {}, deadline(call.connect_timeout), deadline(call.total_timeout), {}};
  find_way(one);
  const http::Request& request = one.call.request;
  scheduler_.trace("net", from.id_ + " -> " + one.call.scheme + "://" + one.call.host + ":" +
                              std::to_string(one.call.port) + " " + request.method + " " + request.target +
                              content_hash(request));
  std::optional<Reply> ended;
  if (std::optional<NetError> failed = co_await connect(one)) ended = std::move(*failed);
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

void SimNetwork::find_way(Exchange& one) {
  one.way = route(one.from, one.call.host);
  one.dialled = one.way.address + ":" + std::to_string(one.call.port);
}

world::Task<std::optional<NetError>> SimHost::connect(std::string host, std::uint16_t port,
                                                      Duration timeout) {
  SimScheduler& scheduler = network_.scheduler_;
  Time until = timeout.count() > 0 ? world::later(scheduler.now(), timeout) : Time::max();
  world::Call call;
  call.scheme = port == 443 ? "https" : "http";
  call.host = std::move(host);
  call.port = port;
  SimNetwork::Exchange one{*this, std::move(call), {}, until, Time::max(), {}};
  network_.find_way(one);
  std::optional<NetError> failed = co_await network_.connect(one);
  scheduler.trace("net", id_ + " -> tcp " + one.call.host + ":" + std::to_string(port) +
                             (failed ? " failed" : " connected"));
  co_return failed;
}

// A kernel answers an echo whether anybody listens or not; services answer none, as AWS's endpoints do.
world::Task<std::optional<NetError>> SimHost::echo(std::string host, Duration timeout) {
  SimScheduler& scheduler = network_.scheduler_;
  world::Call call;
  call.host = std::move(host);
  SimNetwork::Exchange one{*this, std::move(call), {}, world::later(scheduler.now(), timeout), Time::max(),
                           {}};
  network_.find_way(one);
  scheduler.trace("net", id_ + " -> icmp " + one.call.host);
  if (one.way.address.empty()) co_return NetError{NetFault::name_not_found, false, one.call.host};
  SimNetwork::RuleEntry* rule = one.way.local ? nullptr : network_.matching(id_, one.way.to);
  if (rule) one.fault = rule->rule.effect;
  const bool nobody = !one.way.host || !one.way.host->powered_;
  const bool filtered = !nobody && !one.way.local &&
                        (!lets_out(one.way.address, one.way.host, {}) || !one.way.host->lets_in(*this, {}));
  if (one.suffers(LinkRule::Effect::drop) || nobody || filtered)
    co_return co_await network_.silence(one, false);
  one.one_way = network_.latency(one.way.local, false) + (rule ? rule->rule.delay : Duration{0});
  if (scheduler.now() + 2 * one.one_way > one.connect_by) co_return co_await network_.silence(one, false);
  co_await world::sleep(scheduler, 2 * one.one_way);
  network_.find_host_again(one);
  if (!one.way.host || !one.way.host->powered_) co_return co_await network_.silence(one, false);
  co_return std::nullopt;
}

// Name, route, SYN and its answer. Nothing if the connection stands.
world::Task<std::optional<NetError>> SimNetwork::connect(Exchange& one) {
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
                             : way.host && way.host->bound_for(way.address, one.call.port);
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
  world::ListenOptions options = one.way.host->bound_for(one.way.address, call.port)->options;
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
    co_return NetError{verdict->fault, false, verdict->detail, verdict->certificate};
  if (!options.client_ca_pem.empty() &&
      !client_certificate_accepted(call.tls.client_certificate_pem, options.client_ca_pem, scheduler_.now()))
    co_return NetError{NetFault::reset, true, "remote error: tls: bad certificate"};
  co_return std::nullopt;
}

// The request is there: has it handled, and waits for the answer.
world::Task<Reply> SimNetwork::ask(Exchange& one) {
  one.call.request.peer_address =
      one.way.local && one.way.address != one.from.address_ ? "127.0.0.1" : one.from.address_;
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
    auto bound = one.way.host->bound_for(one.way.address, one.call.port);
    if (!bound) co_return NetError{NetFault::reset, true, one.dialled};
    hand_over(bound, std::move(one.call.request), reply);
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
