// One HTTP/1.1 exchange over a real socket: resolves, connects, speaks TLS if asked, sends, reads the whole
// answer, closes. The simulated network carries the same world::Call.
#pragma once
#include <functional>
#include <memory>

#include "emulator/world/network.hpp"

namespace boost::asio {
class io_context;
}

namespace squall::http {

// An exchange under way; destroying it abandons the exchange and `done` is not called.
class Exchange {
 public:
  virtual ~Exchange() = default;
};

// Calls `done` once, on the io_context's thread, never from within this call.
std::unique_ptr<Exchange> send(boost::asio::io_context& io, world::Call call,
                               std::function<void(world::Reply)> done);

}  // namespace squall::http
