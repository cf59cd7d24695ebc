// See session.hpp. A request costs one read and one write where the client lets it: the answer is written at
// once, not through the reactor, and a handler that answers at once goes round the loop in advance().
#include "emulator/http/session.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <charconv>
#include <limits>
#include <optional>

#include "emulator/http/message_parser.hpp"

namespace squall::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t head_read_bytes = 4096;
constexpr std::size_t body_read_bytes = 65536;
constexpr auto no_deadline = std::numeric_limits<std::uint64_t>::max();

// How long a client may go on sending after it was refused.
constexpr Duration linger = 2s;

bool is_chunked(const Response& response) {
  return equal_ignoring_case(response.headers.get("Transfer-Encoding"), "chunked");
}

std::string in_one_chunk(const std::string& body) {
  std::array<char, 2 * sizeof(std::size_t)> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), body.size(), 16).ptr;
  const std::string last = "0\r\n\r\n";
  return body.empty() ? last : std::string(digits.data(), end) + "\r\n" + body + "\r\n" + last;
}

// An answer to HEAD without a body has no length of its own: its handler says one, or nobody does.
void write_head(std::string& head, const Response& response, bool keep_alive, bool head_only) {
  head.assign("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  head.append(response.reason.empty() ? reason_phrase(response.status) : std::string_view(response.reason));
  head.append("\r\n");
  for (const auto& [name, value] : response.headers.fields())
    head.append(name).append(": ").append(value).append("\r\n");
  bool bodiless = response.status == 204 || response.status == 304 || response.status < 200;
  const bool unknown = is_chunked(response) || (head_only && response.body.empty());
  if (!bodiless && !unknown && !response.headers.has("Content-Length"))
    head.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
  if (!keep_alive) head.append("Connection: close\r\n");
  head.append("\r\n");
}

class HttpSession final : public Session, public std::enable_shared_from_this<HttpSession> {
 public:
  using Socket = asio::basic_stream_socket<tcp, asio::io_context::executor_type>;

  HttpSession(std::shared_ptr<SessionHost> host, asio::io_context& io, int socket)
      : host_(std::move(host)), socket_(io, tcp::v4(), socket) {}

  void start() override;
  void finish_when_idle() override {
    if (!busy_) close();
  }
  void close() override;
  void check_deadline() override {
    if (host_->sweeps >= deadline_) close();
  }

 private:
  enum class Phase { reading, handling, writing, ended };

  void shake_hands();
  void next_request();
  void advance();
  bool step();
  void invite_body();
  void read_more();
  void handle();
  void watch_for_hang_up();
  void respond(Response response);
  void refuse();
  void write(std::array<asio::const_buffer, 2> parts, void (*then)(HttpSession&));
  void end();
  void drain();
  int peek();
  void give(Duration time);

  std::shared_ptr<SessionHost> host_;
  Socket socket_;
  std::optional<asio::ssl::stream<Socket&>> secure_;
  boost::beast::flat_buffer buffer_;
  std::optional<RequestParser> parser_;
  std::string peer_address_, head_, body_;
  std::uint64_t deadline_ = no_deadline;  // the server's sweep at which the connection's time is up
  std::uint64_t turn_ = 0;  // of the request under way: a late answer to an earlier one is dropped
  Phase phase_ = Phase::reading;
  bool advancing_ = false, busy_ = false, keep_alive_ = false, head_only_ = false;
  bool lingering_ = false;
};

void HttpSession::start() {
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  peer_address_ = socket_.remote_endpoint(ignored).address().to_string();
  give(host_->options.idle_timeout);
  if (!host_->tls) {
    next_request();
    return advance();
  }
  // A TLS record begins with 22 (handshake, RFC 8446, 5.1); looking does not take the byte.
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
    if (error || self->peek() < 0) return self->end();
    if (self->peek() == 22) return self->shake_hands();
    // Go's server, which Vault is, answers a plain request on its TLS port with this text.
    self->head_ = "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
    self->busy_ = true;
    self->write({asio::buffer(self->head_), {}}, [](HttpSession& session) { session.end(); });
  });
}

void HttpSession::shake_hands() {
  secure_.emplace(socket_, *host_->tls);
  give(host_->options.read_timeout);
  secure_->async_handshake(asio::ssl::stream_base::server, [self = shared_from_this()](error_code error) {
    if (error) return self->end();
    self->next_request();
    self->advance();
  });
}

void HttpSession::next_request() {
  busy_ = false;
  if (host_->stopping) return end();
  parser_.emplace(host_->options.header_limit_bytes, host_->options.body_limit_bytes);
  give(host_->options.idle_timeout);
  phase_ = Phase::reading;
}

// As far as what was read goes. A loop, since a client may send many requests at once (RFC 9112, 9.3.2).
void HttpSession::advance() {
  if (advancing_) return;
  advancing_ = true;
  while (phase_ == Phase::reading && step()) {
  }
  advancing_ = false;
}

// False if there is nothing to do before more is read.
bool HttpSession::step() {
  if (!busy_ && buffer_.size() > 0) {
    busy_ = true;
    give(host_->options.read_timeout);
  }
  std::size_t taken = 0;
  const auto ahead = buffer_.cdata();
  const auto result = parser_->put({static_cast<const char*>(ahead.data()), ahead.size()}, taken);
  buffer_.consume(taken);
  switch (result) {
    case RequestParser::Result::more:
      read_more();
      return false;
    case RequestParser::Result::head:
      invite_body();
      return true;
    case RequestParser::Result::done:
      handle();
      return true;
    case RequestParser::Result::refused:
      refuse();
      return true;
  }
  return false;
}

void HttpSession::invite_body() {
  if (!equal_ignoring_case(parser_->message().headers.get("Expect"), "100-continue")) return;
  static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  write({asio::buffer(go_on.data(), go_on.size()), {}},
        [](HttpSession& session) { session.phase_ = Phase::reading; });
}

void HttpSession::read_more() {
  auto room = buffer_.prepare(parser_->has_head() ? body_read_bytes : head_read_bytes);
  auto done = [self = shared_from_this()](error_code error, std::size_t size) {
    if (error) return self->end();
    self->buffer_.commit(size);
    self->advance();
  };
  secure_ ? secure_->async_read_some(room, std::move(done)) : socket_.async_read_some(room, std::move(done));
}

void HttpSession::handle() {
  phase_ = Phase::handling;
  deadline_ = no_deadline;
  keep_alive_ = parser_->keep_alive();
  head_only_ = parser_->message().method == "HEAD";
  Request request = std::move(parser_->message());
  request.peer_address = peer_address_;
  host_->handler(std::move(request), [weak = weak_from_this(), turn = turn_](Response response) {
    if (auto self = weak.lock(); self && self->turn_ == turn && self->phase_ == Phase::handling)
      self->respond(std::move(response));
  });
  if (phase_ == Phase::handling) watch_for_hang_up();
}

// While a handler takes its time, a client that closes ends the session.
void HttpSession::watch_for_hang_up() {
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this(), turn = turn_](error_code error) {
    if (!error && self->turn_ == turn && self->phase_ == Phase::handling && self->peek() == -1) self->end();
  });
}

void HttpSession::respond(Response response) {
  ++turn_;
  keep_alive_ =
      keep_alive_ && !host_->stopping && !equal_ignoring_case(response.headers.get("Connection"), "close");
  bool announced = response.headers.has("Connection");
  if (is_chunked(response) && !parser_->knows_chunks()) response.headers.remove("Transfer-Encoding");
  write_head(head_, response, keep_alive_ || announced, head_only_);
  body_ = head_only_             ? std::string{}
          : is_chunked(response) ? in_one_chunk(response.body)
                                 : std::move(response.body);
  give(host_->options.read_timeout);
  write({asio::buffer(head_), asio::buffer(body_)},
        [](HttpSession& session) { session.keep_alive_ ? session.next_request() : session.end(); });
}

void HttpSession::refuse() {
  const RequestParser::Refusal& refusal = parser_->refusal();
  keep_alive_ = false;
  head_only_ = false;
  busy_ = true;
  respond(Response::text(refusal.status,
                         std::string(reason_phrase(refusal.status)) + ": " + refusal.message + "\n"));
}

void HttpSession::write(std::array<asio::const_buffer, 2> parts, void (*then)(HttpSession&)) {
  phase_ = Phase::writing;
  auto done = [self = shared_from_this(), then](error_code error, std::size_t) {
    if (error) return self->end();
    then(*self);
    self->advance();
  };
  if (secure_) return asio::async_write(*secure_, parts, std::move(done));
  error_code error;
  std::size_t sent = socket_.write_some(parts, error);
  if (error && error != asio::error::would_block) return end();
  if (sent == asio::buffer_size(parts)) {
    then(*this);
    return advance();
  }
  for (asio::const_buffer& part : parts) {
    std::size_t gone = std::min(sent, part.size());
    part += gone;
    sent -= gone;
  }
  asio::async_write(socket_, parts, std::move(done));
}

void HttpSession::close() {
  error_code ignored;
  phase_ = Phase::ended;
  socket_.close(ignored);
}

void HttpSession::end() {
  error_code ignored;
  phase_ = Phase::ended;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  // What the client still sends is read away for a while, so that a reset does not overtake our last answer.
  if (!lingering_ && socket_.is_open() && busy_ && !keep_alive_) {
    lingering_ = true;
    give(linger);
    return drain();
  }
  close();
  host_->forget(shared_from_this());
}

void HttpSession::drain() {
  buffer_.clear();
  socket_.async_read_some(
      buffer_.prepare(head_read_bytes),
      [self = shared_from_this()](error_code error, std::size_t) { error ? self->end() : self->drain(); });
}

// The next byte of the connection, still to be read; -1 at its end, -2 if there is none yet.
int HttpSession::peek() {
  error_code error;
  unsigned char byte;
  std::size_t got = socket_.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, error);
  if (error == asio::error::would_block) return -2;
  return got == 1 ? byte : -1;
}

// At least that long: the sweep under way does not count.
void HttpSession::give(Duration time) {
  deadline_ = host_->sweeps + 2 + static_cast<std::uint64_t>(time / host_->sweep_interval);
}

}  // namespace

std::shared_ptr<Session> make_session(std::shared_ptr<SessionHost> host, asio::io_context& io, int socket) {
  return std::make_shared<HttpSession>(std::move(host), io, socket);
}

}  // namespace squall::http
