// The network as one host sees it, at the level of HTTP exchanges: who sends one names the address, scheme
// and trust; who listens gives a handler. harness/sim carries them between simulated hosts (names, security
// groups, delay, loss, cuts); harness/live over real sockets.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "emulator/base/certificate.hpp"
#include "emulator/base/time.hpp"
#include "emulator/http/message.hpp"
#include "emulator/world/task.hpp"

namespace squall::world {

// What the dialling side is told, in the terms of connect(2), getaddrinfo(3) and TLS.
enum class NetFault {
  name_not_found,     // the name does not resolve
  refused,            // a reset to the SYN: host up, nobody listens
  unreachable,        // no route, or the network says so
  timed_out,          // nothing came back in time: connecting, or waiting for the answer (see connected)
  reset,              // the connection was closed before the answer was whole
  tls_not_tls,        // an https exchange with a listener that speaks plain HTTP
  tls_untrusted,      // the certificate's issuer is not trusted
  tls_name_mismatch,  // the certificate is not for that name or address
  tls_expired,
};

struct NetError {
  NetFault fault;
  bool connected = false;  // the request may have reached the other side: its effect is unknown
  std::string detail;      // the address dialled, "10.0.1.10:8200", or the certificate's problem
  std::optional<base::CertificateFacts> certificate;  // the one that was refused
};

struct TlsTrust {
  bool skip_verify = false;
  std::string ca_pem;                   // certificates to trust; empty: the system's
  std::string server_name;              // to verify and to send as SNI; empty: the host dialled
  bool alternative_names_only = false;  // the subject's common name does not count, as in Go
  std::string client_certificate_pem, client_key_pem;
};

struct Call {
  std::string scheme = "http";  // or "https"
  std::string host;             // a name or a literal address
  std::uint16_t port = 80;
  http::Request request;  // Host is set by whoever builds the call
  TlsTrust tls;
  Duration connect_timeout = 30s;  // names, TCP and TLS together
  Duration total_timeout{0};       // until the whole answer is there; 0: none
};

using Reply = std::variant<http::Response, NetError>;

// Answers one request; may take its time. A listener that never answers is a handler that never returns.
using Handler = std::function<Task<http::Response>(http::Request)>;

struct ListenOptions {
  std::string address = "0.0.0.0";  // a literal address of this host, or the unspecified one
  std::uint16_t port = 0;
  std::string certificate_pem, key_pem;  // both empty: plain HTTP
  std::string client_ca_pem;             // not empty: a client certificate of this issuer is required
};

class Network {
 public:
  virtual ~Network() = default;

  virtual Task<Reply> send(Call call) = 0;

  // As connect(2): nothing once a TCP connection stands, which is then closed with no byte sent.
  virtual Task<std::optional<NetError>> connect(std::string host, std::uint16_t port, Duration timeout) {
    static_cast<void>(port), static_cast<void>(timeout);
    co_return NetError{NetFault::unreachable, false, host};  // a world of exchanges alone
  }
  // ICMP's echo (RFC 792): nothing once the answer is back.
  virtual Task<std::optional<NetError>> echo(std::string host, Duration timeout) {
    static_cast<void>(timeout);
    co_return NetError{NetFault::unreachable, false, host};
  }
  // The address that a name stands for, as this host's resolver says; a literal address is its own.
  virtual std::optional<std::string> resolve(const std::string& name) {
    static_cast<void>(name);
    return std::nullopt;
  }

  // Listening ends when the returned object goes. Throws ListenError: address in use, not ours, or bad key.
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual std::uint16_t port() const = 0;
  };
  virtual std::unique_ptr<Listener> listen(ListenOptions options, Handler handler) = 0;
  // Address and port of all that listens on this host, by port.
  virtual std::vector<std::pair<std::string, std::uint16_t>> listening() { return {}; }
};

// The message is the operating system's: "listen tcp 0.0.0.0:8200: bind: address already in use".
struct ListenError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace squall::world
