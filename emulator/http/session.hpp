// One connection of the server: reads a request, has it handled, writes the answer, and again. Private to the
// server.
#pragma once
#include <cstdint>
#include <memory>

#include "emulator/http/server.hpp"

namespace boost::asio::ssl {
class context;
}

namespace squall::http {

class Session;

// What a session needs of its server.
struct SessionHost {
  ServerOptions options;
  RequestHandler handler;
  std::shared_ptr<boost::asio::ssl::context> tls;  // null: plain HTTP
  bool stopping = false;
  // Time limits of connections are counted in sweeps, so that no request reads a clock.
  Duration sweep_interval{1s};
  std::uint64_t sweeps = 0;

  virtual void forget(const std::shared_ptr<Session>& session) = 0;

 protected:
  ~SessionHost() = default;
};

class Session {
 public:
  virtual ~Session() = default;
  virtual void start() = 0;
  virtual void finish_when_idle() = 0;
  virtual void close() = 0;
  // Closes a connection whose time is up. Asked now and then, instead of a timer for each request, which
  // would cost two system calls.
  virtual void check_deadline() = 0;
};

// `socket` is a connected socket's descriptor, which the session takes over.
std::shared_ptr<Session> make_session(std::shared_ptr<SessionHost> host, boost::asio::io_context& io,
                                      int socket);

}  // namespace squall::http
