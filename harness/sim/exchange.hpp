// What the simulated network's files share: ports, routes, exchanges under way. Private to the folder.
#pragma once
#include <optional>

#include "harness/sim/network.hpp"

namespace squall::sim {

// A bound port. Exchanges in flight hold it weakly, and end when it goes.
struct SimHost::Bound {
  struct InFlight {
    world::Job job;
    world::Completion<world::Reply> reply;
  };
  SimHost* host;
  world::ListenOptions options;
  world::Handler handler;
  std::map<std::uint64_t, InFlight> in_flight;
  std::uint64_t next_exchange = 1;
};

struct SimNetwork::Route {
  std::string address;  // what the name resolved to; empty: it does not
  std::string to;       // the other end's id in link rules
  SimHost* host = nullptr;
  const ServiceEntry* service = nullptr;
  bool local = false;
};

// An exchange on its way through the steps of exchange.cpp.
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

}  // namespace squall::sim
