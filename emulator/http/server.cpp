#include "emulator/http/server.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <set>
#include <stdexcept>

#include "emulator/http/session.hpp"

namespace squall::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

class Server::Core final : public SessionHost, public std::enable_shared_from_this<Server::Core> {
 public:
  Core(asio::io_context& io, ServerOptions server_options, RequestHandler request_handler)
      : io_(io), acceptor_(io), grace_timer_(io), sweep_timer_(io) {
    options = std::move(server_options);
    handler = std::move(request_handler);
    sweep_interval = std::clamp<Duration>(std::min(options.read_timeout, options.idle_timeout) / 8, 5ms, 1s);
    if (!options.certificate_pem.empty()) use_tls();
    tcp::endpoint endpoint{asio::ip::make_address(options.address), options.port};
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen();
  }

  void accept();
  void stop(Duration grace, std::function<void()> when_ended);
  void close();
  void forget(const std::shared_ptr<Session>& session) override;
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  void sweep();
  static void must_be_usable(const char* what, const error_code& error) {
    if (error) throw std::runtime_error(std::string("the ") + what + " cannot be used: " + error.message());
  }
  void use_tls() {
    tls = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
    tls->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
    error_code error;
    tls->use_certificate_chain(asio::buffer(options.certificate_pem), error);
    must_be_usable("certificate", error);
    tls->use_private_key(asio::buffer(options.key_pem), asio::ssl::context::pem, error);
    must_be_usable("private key", error);
    if (options.client_ca_pem.empty()) return;
    tls->add_certificate_authority(asio::buffer(options.client_ca_pem), error);
    must_be_usable("clients' certificate authority", error);
    tls->set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
  }

  asio::io_context& io_;
  tcp::acceptor acceptor_;
  asio::steady_timer grace_timer_, sweep_timer_;
  bool sweeping_ = false;
  std::set<std::shared_ptr<Session>> sessions_;
  std::function<void()> ended_;
};

void Server::Core::accept() {
  acceptor_.async_accept([self = shared_from_this()](error_code error, tcp::socket socket) {
    if (error == asio::error::operation_aborted || !self->acceptor_.is_open()) return;
    if (!error) {
      auto session = make_session(self, self->io_, socket.release());
      self->sessions_.insert(session);
      session->start();
      self->sweep();
    }
    self->accept();
  });
}

// Ends connections whose time is up; while there are any, looks again a few times within the shortest time.
void Server::Core::sweep() {
  if (sweeping_ || sessions_.empty()) return;
  sweeping_ = true;
  sweep_timer_.expires_after(sweep_interval);
  sweep_timer_.async_wait([self = shared_from_this()](error_code error) {
    self->sweeping_ = false;
    if (error) return;
    ++self->sweeps;
    for (const auto& session : self->sessions_) session->check_deadline();
    self->sweep();
  });
}

void Server::Core::stop(Duration grace, std::function<void()> when_ended) {
  stopping = true;
  ended_ = std::move(when_ended);
  error_code ignored;
  acceptor_.close(ignored);
  for (const auto& session : std::set(sessions_)) session->finish_when_idle();
  grace_timer_.expires_after(sessions_.empty() ? Duration{0} : grace);
  grace_timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->close();
  });
}

void Server::Core::forget(const std::shared_ptr<Session>& session) {
  sessions_.erase(session);
  if (stopping && sessions_.empty()) close();
}

void Server::Core::close() {
  stopping = true;
  error_code ignored;
  acceptor_.close(ignored);
  grace_timer_.cancel();
  sweep_timer_.cancel();
  for (const auto& session : std::set(sessions_)) session->close();
  sessions_.clear();
  if (ended_) std::exchange(ended_, {})();
}

Server::Server(asio::io_context& io, ServerOptions options, RequestHandler handler) {
  try {
    core_ = std::make_shared<Core>(io, std::move(options), std::move(handler));
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error(error.code().message());
  }
  core_->accept();
}

Server::~Server() { core_->close(); }
std::uint16_t Server::port() const { return core_->port(); }
void Server::stop(Duration grace, std::function<void()> ended) { core_->stop(grace, std::move(ended)); }

}  // namespace squall::http
