// The simulated network: hosts with addresses, names, security groups that are enforced, and links that
// delay, lose or cut. It carries HTTP exchanges (world::Network); a connection is its exchange.
//
// What stands around the hosts, AWS's endpoints, package repositories, the metadata address, are services:
// handlers behind names or addresses, reached from any host that has a route.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/random.hpp"
#include "emulator/world/await.hpp"
#include "emulator/world/machines.hpp"
#include "emulator/world/network.hpp"
#include "harness/sim/scheduler.hpp"

namespace squall::sim {

class SimNetwork;

// One host's place in the network. Lives as long as the host has its address; powered off, it answers
// nothing.
class SimHost final : public world::Network {
 public:
  ~SimHost() override;

  world::Task<world::Reply> send(world::Call call) override;
  std::unique_ptr<world::Network::Listener> listen(world::ListenOptions options,
                                                   world::Handler handler) override;
  world::Task<std::optional<world::NetError>> connect(std::string host, std::uint16_t port,
                                                      Duration timeout) override;
  world::Task<std::optional<world::NetError>> echo(std::string host, Duration timeout) override;
  std::optional<std::string> resolve(const std::string& name) override;
  std::vector<std::pair<std::string, std::uint16_t>> listening() override;

  const std::string& id() const { return id_; }            // "i-0123...", "operator"
  const std::string& address() const { return address_; }  // its private IPv4 address
  void set_name(const std::string& name) { names_.push_back(name); }

  // Power lost or gone: listeners end, exchanges in flight fall silent.
  void power(bool on);
  bool powered() const { return powered_; }

  // Which traffic may come in from other hosts, and go out; unset, everything may. What was let in is
  // answered whatever the rules for going out say: security groups keep track of connections.
  void set_traffic(world::TrafficRules rules) { traffic_ = std::move(rules); }

 private:
  friend class SimNetwork;
  struct Bound;
  SimHost(SimNetwork& network, std::string id, std::string address);
  std::vector<std::string> group_ids() const;
  // Who listens on that port for connections to that address; nullptr when nobody does.
  std::shared_ptr<Bound> bound_for(const std::string& address, std::uint16_t port) const;
  // Without a port: an ICMP echo.
  bool lets_in(const SimHost& from, std::optional<std::uint16_t> port) const;
  bool lets_out(const std::string& address, const SimHost* to, std::optional<std::uint16_t> port) const;

  SimNetwork& network_;
  std::string id_, address_;
  std::vector<std::string> names_;
  bool powered_ = true;
  std::optional<world::TrafficRules> traffic_;
  std::multimap<std::uint16_t, std::shared_ptr<Bound>> bound_;  // by port
};

// What a fault does to exchanges between two ends; an end is a host id, a service's name, or "*".
struct LinkRule {
  enum class Effect { drop, refuse, delay, hang };  // hang: accepted and never answered
  std::string from = "*", to = "*";
  Effect effect = Effect::drop;
  Duration delay{0};                 // of Effect::delay, each way
  std::uint32_t ratio_of_100 = 100;  // how many exchanges it takes
};

class SimNetwork {
 public:
  // Handles one request of `from`; the request's Host tells the name that was dialled.
  using Service = std::function<world::Task<http::Response>(const SimHost& from, http::Request request)>;

  SimNetwork(SimScheduler& scheduler, base::Random random) : scheduler_(scheduler), random_(random) {}

  std::unique_ptr<SimHost> add_host(std::string id, std::string address);
  // `name` may begin with "*." and then stands for every name below, or be a literal address.
  void add_service(std::string name, Service service);

  int add_rule(LinkRule rule);  // answers an id for remove_rule
  void remove_rule(int id) { rules_.erase(id); }
  // How often each rule took an exchange: a fault that never fires is a defect of its scenario.
  std::uint64_t fired(int rule_id) const;

  SimScheduler& scheduler() { return scheduler_; }

 private:
  friend class SimHost;
  struct Route;
  struct ServiceEntry {
    std::string name;
    Service handle;
  };
  struct RuleEntry {
    LinkRule rule;
    std::uint64_t fired = 0;
  };
  Route route(const SimHost& from, const std::string& host);
  const ServiceEntry* service_named(std::string_view name) const;
  SimHost* host_at(std::string_view name_or_address);
  RuleEntry* matching(const std::string& from, const std::string& to);
  Duration latency(bool local, bool service);
  // An exchange and its steps; a step answers how it ended, or nothing if it goes on.
  struct Exchange;
  world::Task<world::Reply> exchange(SimHost& from, world::Call call);
  world::Task<std::optional<world::NetError>> connect(Exchange& one);
  world::Task<std::optional<world::Reply>> shake_hands(Exchange& one);
  world::Task<world::Reply> ask(Exchange& one);
  world::Task<world::NetError> silence(const Exchange& exchange, bool connected);
  void find_way(Exchange& one);
  void find_host_again(Exchange& one);
  void hand_over(const std::shared_ptr<SimHost::Bound>& bound, http::Request request,
                 const world::Completion<world::Reply>& reply);

  SimScheduler& scheduler_;
  base::Random random_;
  std::map<std::string, SimHost*> hosts_;  // by address
  std::deque<ServiceEntry> services_;      // addresses stay: handlers in flight run inside their entry
  std::map<int, RuleEntry> rules_;
  std::map<int, std::uint64_t> fired_before_;
  int next_rule_ = 1;
};

}  // namespace squall::sim
