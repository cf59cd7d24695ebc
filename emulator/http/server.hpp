// An HTTP/1.1 server over Boost.Beast (RFC 9112): keep-alive, chunked bodies, Expect: 100-continue, limits,
// timeouts, TLS, graceful stop. Everything runs on the thread that runs the io_context; Beast stays in
// server.cpp.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "emulator/base/time.hpp"
#include "emulator/http/message.hpp"

namespace boost::asio {
class io_context;
}

namespace squall::http {

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;                        // 0: any free one
  std::string certificate_pem, key_pem;          // both empty: plain HTTP
  std::string client_ca_pem;                     // not empty: a client certificate of this issuer is required
  std::uint32_t header_limit_bytes = 16 * 1024;  // more: 431
  std::uint64_t body_limit_bytes = 16 * 1024 * 1024;  // more: 413
  Duration read_timeout = 30s;                        // from a request's first byte to its last
  Duration idle_timeout = 75s;                        // between requests
};

// Called once per request, on the io_context's thread. `respond` may be called at once or later, once, on
// that thread; never calling it leaves the client waiting. It does nothing when the client has gone.
using Respond = std::function<void(Response)>;
using RequestHandler = std::function<void(Request, Respond)>;

class Server {
 public:
  // Throws std::runtime_error, in the words of bind(2) or OpenSSL.
  Server(boost::asio::io_context& io, ServerOptions options, RequestHandler handler);
  ~Server();  // closes everything at once

  std::uint16_t port() const;
  // Takes no more connections, ends idle ones, lets requests in flight be answered for at most `grace`.
  // `ended`, if given, is called once none is left.
  void stop(Duration grace, std::function<void()> ended = {});

  class Core;  // server.cpp's own

 private:
  std::shared_ptr<Core> core_;
};

}  // namespace squall::http
