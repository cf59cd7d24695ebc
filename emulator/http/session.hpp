// One connection of the server: reads a request, has it handled, writes the answer, and again. Private to the
// server.
#pragma once
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "emulator/http/request_parser.hpp"
#include "emulator/http/server.hpp"

namespace squall::http {

class Session;

// What a session needs of its server.
struct SessionHost {
  ServerOptions options;
  RequestHandler handler;
  std::unique_ptr<boost::asio::ssl::context> tls;  // null: plain HTTP
  bool stopping = false;

  virtual void forget(const std::shared_ptr<Session>& session) = 0;

 protected:
  ~SessionHost() = default;
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  using Socket =
      boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
  using RealTime = std::chrono::steady_clock::time_point;

  Session(std::shared_ptr<SessionHost> host, boost::asio::io_context& io)
      : host_(std::move(host)), socket_(io) {}

  Socket& socket() { return socket_; }
  void start();  // once the socket is connected
  void finish_when_idle() {
    if (!busy_) close();
  }
  void close();
  // Closes a connection whose time is up. Asked now and then, instead of a timer for each request, which
  // would cost two system calls.
  void check_deadline(RealTime now) {
    if (now >= deadline_) close();
  }

 private:
  enum class Phase { reading, handling, writing, ended };

  void shake_hands();
  void next_request();
  void advance();
  bool step();
  bool parse(boost::system::error_code& error);
  void invite_body();
  void read_more();
  void handle();
  void watch_for_hang_up();
  void respond(Response response);
  void refuse(boost::system::error_code error);
  void write(std::array<boost::asio::const_buffer, 2> parts, void (*then)(Session&));
  void end();
  void drain();
  int peek();
  void give(Duration time);

  std::shared_ptr<SessionHost> host_;
  Socket socket_;
  std::optional<boost::asio::ssl::stream<Socket&>> secure_;
  boost::beast::flat_buffer buffer_;
  std::optional<RequestParser> parser_;
  std::string peer_address_, head_, body_;
  RealTime deadline_ = RealTime::max();
  std::uint64_t turn_ = 0;  // of the request under way: a late answer to an earlier one is dropped
  Phase phase_ = Phase::reading;
  bool advancing_ = false, busy_ = false, head_read_ = false, keep_alive_ = false, head_only_ = false;
  bool lingering_ = false;
};

}  // namespace squall::http
