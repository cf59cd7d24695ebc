#include "emulator/http/server.hpp"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <set>
#include <stdexcept>

namespace squall::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using beast::error_code;
using beast::string_view;

// Reads straight into our own Request: one copy of each field.
class RequestParser final : public beast::http::basic_parser<true> {
 public:
  Request request;
  int version = 11;

 private:
  void on_request_impl(beast::http::verb, string_view method, string_view target, int http_version,
                       error_code&) override {
    request.method = std::string(method);
    request.target = std::string(target);
    version = http_version;
  }
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(beast::http::field, string_view name, string_view value, error_code&) override {
    request.headers.add(std::string(name), std::string(value));
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    if (length) request.body.reserve(std::min<std::uint64_t>(*length, 1 << 20));
  }
  std::size_t on_body_impl(string_view body, error_code&) override {
    request.body.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override {
    request.body.append(body.data(), body.size());
    return body.size();
  }
  void on_finish_impl(error_code&) override {}
};

std::string head_of(const Response& response, bool keep_alive) {
  std::string_view reason =
      response.reason.empty() ? reason_phrase(response.status) : std::string_view(response.reason);
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head.append(reason).append("\r\n");
  for (const auto& [name, value] : response.headers.fields())
    head.append(name).append(": ").append(value).append("\r\n");
  bool bodiless = response.status == 204 || response.status == 304 || response.status < 200;
  if (!bodiless && !response.headers.has("Content-Length"))
    head.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
  if (!keep_alive) head.append("Connection: close\r\n");
  return head.append("\r\n");
}

// The status for what Beast refused to read; 0: the connection simply ended.
int status_of(error_code error) {
  namespace problem = beast::http;
  if (error == problem::error::end_of_stream || error == problem::error::partial_message) return 0;
  if (error == problem::error::header_limit || error == problem::error::buffer_overflow) return 431;
  if (error == problem::error::body_limit) return 413;
  static const error_code any_http = problem::make_error_code(problem::error::bad_method);
  return error.category() == any_http.category() ? 400 : 0;
}

class Session;

}  // namespace

class Server::Core : public std::enable_shared_from_this<Server::Core> {
 public:
  Core(asio::io_context& io, ServerOptions server_options, RequestHandler request_handler)
      : options(std::move(server_options)),
        handler(std::move(request_handler)),
        acceptor_(io),
        grace_timer_(io) {
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
  void forget(const std::shared_ptr<Session>& session);
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  ServerOptions options;
  RequestHandler handler;
  std::unique_ptr<asio::ssl::context> tls;
  std::set<std::shared_ptr<Session>> sessions;
  bool stopping = false;

 private:
  void use_tls() {
    tls = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    tls->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
    tls->use_certificate_chain(asio::buffer(options.certificate_pem));
    tls->use_private_key(asio::buffer(options.key_pem), asio::ssl::context::pem);
    if (options.client_ca_pem.empty()) return;
    tls->add_certificate_authority(asio::buffer(options.client_ca_pem));
    tls->set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
  }

  tcp::acceptor acceptor_;
  asio::steady_timer grace_timer_;
  std::function<void()> ended_;
};

namespace {

// How long a client may go on sending after it was refused.
constexpr Duration linger = 2s;

// One connection: reads a request, has it handled, writes the answer, and again.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(std::shared_ptr<Server::Core> core, tcp::socket socket)
      : core_(std::move(core)), plain_(std::move(socket)) {
    error_code ignored;
    plain_->socket().set_option(tcp::no_delay(true), ignored);
    auto peer = plain_->socket().remote_endpoint(ignored);
    peer_address_ = peer.address().to_string();
  }

  void start() {
    if (!core_->tls) return read_head();
    // A TLS record begins with 22 (handshake, RFC 8446, 5.1); looking does not take the byte.
    plain_->socket().async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
      if (error || self->peek() < 0) return self->end();
      // Go's server, which Vault is, answers a plain request on its TLS port with this text.
      if (self->peek() != 22)
        return self->refuse_raw(
            "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n");
      self->shake_hands();
    });
  }

  void finish_when_idle() {
    if (!busy_) close();
  }
  void close() {
    error_code ignored;
    socket().close(ignored);
  }

 private:
  tcp::socket& socket() { return lowest().socket(); }
  beast::tcp_stream& lowest() { return secure_ ? beast::get_lowest_layer(*secure_) : *plain_; }

  // The next byte of the connection, still to be read; -1 at its end, -2 if there is none yet.
  int peek() {
    error_code error;
    unsigned char byte;
    socket().non_blocking(true, error);
    std::size_t got = socket().receive(asio::buffer(&byte, 1), tcp::socket::message_peek, error);
    if (error == asio::error::would_block) return -2;
    return got == 1 ? byte : -1;
  }

  void shake_hands() {
    secure_.emplace(std::move(*plain_), *core_->tls);
    plain_.reset();
    lowest().expires_after(core_->options.read_timeout);
    secure_->async_handshake(asio::ssl::stream_base::server, [self = shared_from_this()](error_code error) {
      if (error) return self->end();
      self->read_head();
    });
  }

  void read_head() {
    busy_ = false;
    if (core_->stopping) return end();
    parser_.emplace();
    parser_->header_limit(core_->options.header_limit_bytes);
    parser_->body_limit(core_->options.body_limit_bytes);
    lowest().expires_after(core_->options.idle_timeout);
    auto on_head = [self = shared_from_this()](error_code error, std::size_t) {
      if (error) return self->refuse(error);
      self->busy_ = true;
      if (self->parser_->is_done()) return self->handle();
      if (equal_ignoring_case(self->parser_->request.headers.get("Expect"), "100-continue"))
        return self->invite_body();
      self->read_body();
    };
    secure_ ? beast::http::async_read_header(*secure_, buffer_, *parser_, std::move(on_head))
            : beast::http::async_read_header(*plain_, buffer_, *parser_, std::move(on_head));
  }

  void invite_body() {
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    write({asio::buffer(go_on.data(), go_on.size()), {}}, [](Session& self) { self.read_body(); });
  }

  void read_body() {
    lowest().expires_after(core_->options.read_timeout);
    auto on_body = [self = shared_from_this()](error_code error, std::size_t) {
      if (error) return self->refuse(error);
      self->handle();
    };
    secure_ ? beast::http::async_read(*secure_, buffer_, *parser_, std::move(on_body))
            : beast::http::async_read(*plain_, buffer_, *parser_, std::move(on_body));
  }

  void handle() {
    lowest().expires_never();
    keep_alive_ = parser_->keep_alive();
    head_only_ = parser_->request.method == "HEAD";
    Request request = std::move(parser_->request);
    request.peer_address = peer_address_;
    answered_ = false;
    core_->handler(std::move(request), [weak = weak_from_this(), turn = turn_](Response response) {
      if (auto self = weak.lock(); self && self->turn_ == turn && !self->answered_)
        self->respond(std::move(response));
    });
    if (!answered_) watch_for_hang_up();
  }

  // While a handler takes its time, a client that closes ends the session.
  void watch_for_hang_up() {
    socket().async_wait(tcp::socket::wait_read, [self = shared_from_this(), turn = turn_](error_code error) {
      if (!error && self->turn_ == turn && !self->answered_ && self->peek() == -1) self->end();
    });
  }

  void respond(Response response) {
    answered_ = true;
    ++turn_;
    keep_alive_ =
        keep_alive_ && !core_->stopping && !equal_ignoring_case(response.headers.get("Connection"), "close");
    bool announced = response.headers.has("Connection");
    head_ = head_of(response, keep_alive_ || announced);
    body_ = head_only_ ? std::string{} : std::move(response.body);
    lowest().expires_after(core_->options.read_timeout);
    write({asio::buffer(head_), asio::buffer(body_)}, [](Session& self) {
      if (self.keep_alive_) return self.read_head();
      self.end();
    });
  }

  void refuse(error_code error) {
    int status = status_of(error);
    if (status == 0) return end();
    Response response =
        Response::text(status, std::string(reason_phrase(status)) + ": " + error.message() + "\n");
    keep_alive_ = false;
    head_only_ = false;
    busy_ = true;
    respond(std::move(response));
  }

  void refuse_raw(std::string text) {
    head_ = std::move(text);
    write({asio::buffer(head_), {}}, [](Session& self) { self.end(); });
  }

  void write(std::array<asio::const_buffer, 2> parts, void (*then)(Session&)) {
    auto done = [self = shared_from_this(), then](error_code error, std::size_t) {
      if (error) return self->end();
      then(*self);
    };
    secure_ ? asio::async_write(*secure_, parts, std::move(done))
            : asio::async_write(*plain_, parts, std::move(done));
  }

  void end() {
    error_code ignored;
    socket().shutdown(tcp::socket::shutdown_send, ignored);
    // What the client still sends is read away for a while, so that a reset does not overtake our last
    // answer.
    if (!lingering_ && socket().is_open() && busy_ && !keep_alive_) {
      lingering_ = true;
      lowest().expires_after(linger);
      return drain();
    }
    close();
    core_->forget(shared_from_this());
  }

  void drain() {
    lowest().async_read_some(asio::buffer(sink_), [self = shared_from_this()](error_code error, std::size_t) {
      error ? self->end() : self->drain();
    });
  }

  std::shared_ptr<Server::Core> core_;
  std::optional<beast::tcp_stream> plain_;
  std::optional<beast::ssl_stream<beast::tcp_stream>> secure_;
  beast::flat_buffer buffer_;
  std::optional<RequestParser> parser_;
  std::string peer_address_, head_, body_;
  std::array<char, 16384> sink_;
  std::uint64_t turn_ = 0;
  bool keep_alive_ = false, head_only_ = false, answered_ = false, busy_ = false, lingering_ = false;
};

}  // namespace

void Server::Core::accept() {
  acceptor_.async_accept([self = shared_from_this()](error_code error, tcp::socket socket) {
    if (error == asio::error::operation_aborted || !self->acceptor_.is_open()) return;
    if (!error) {
      auto session = std::make_shared<Session>(self, std::move(socket));
      self->sessions.insert(session);
      session->start();
    }
    self->accept();
  });
}

void Server::Core::stop(Duration grace, std::function<void()> when_ended) {
  stopping = true;
  ended_ = std::move(when_ended);
  error_code ignored;
  acceptor_.close(ignored);
  for (const auto& session : std::set(sessions)) session->finish_when_idle();
  grace_timer_.expires_after(sessions.empty() ? Duration{0} : grace);
  grace_timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->close();
  });
}

void Server::Core::forget(const std::shared_ptr<Session>& session) {
  sessions.erase(session);
  if (stopping && sessions.empty()) close();
}

void Server::Core::close() {
  stopping = true;
  error_code ignored;
  acceptor_.close(ignored);
  grace_timer_.cancel();
  for (const auto& session : std::set(sessions)) session->close();
  sessions.clear();
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
