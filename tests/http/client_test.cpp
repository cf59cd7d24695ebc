// The client against servers that Squall did not write: bytes on a socket, odd ones and hostile ones.
#include "emulator/http/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

namespace squall::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using world::NetError;
using world::NetFault;

// Takes one connection, waits for the first bytes of a request, and sends the parts of its answer one by one:
// the client, on the same thread, reads each before the next is sent. Then it closes.
class RawServer {
 public:
  RawServer(asio::io_context& io, std::vector<std::string> parts)
      : acceptor_(io, {asio::ip::address_v4::loopback(), 0}),
        socket_(io),
        pause_(io),
        parts_(std::move(parts)) {
    acceptor_.async_accept(socket_, [this](error_code error) {
      if (error) return;
      socket_.set_option(tcp::no_delay(true));
      socket_.async_read_some(asio::buffer(request_), [this](error_code failed, std::size_t) {
        if (!failed) send(0);
      });
    });
  }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  void send(std::size_t index) {
    error_code error;
    if (index == parts_.size()) {
      socket_.shutdown(tcp::socket::shutdown_both, error);
      socket_.close(error);
      return;
    }
    asio::write(socket_, asio::buffer(parts_[index]), error);
    pause_.expires_after(1ms);
    pause_.async_wait([this, index](error_code) { send(index + 1); });
  }

  tcp::acceptor acceptor_;
  tcp::socket socket_;
  asio::steady_timer pause_;
  std::vector<std::string> parts_;
  std::array<char, 4096> request_{};
};

world::Reply ask(std::vector<std::string> parts, const std::string& method = "GET") {
  asio::io_context io;
  RawServer server(io, std::move(parts));
  world::Call call;
  call.host = "127.0.0.1";
  call.port = server.port();
  call.request.method = method;
  std::optional<world::Reply> reply;
  auto exchange = send(io, std::move(call), [&](world::Reply answer) {
    reply = std::move(answer);
    io.stop();
  });
  io.run();
  return reply.value_or(NetError{});
}

std::vector<std::string> bytes_of(const std::string& text) {
  std::vector<std::string> parts;
  for (const char byte : text) parts.emplace_back(1, byte);
  return parts;
}

Response response(const world::Reply& reply) {
  const auto* answer = std::get_if<Response>(&reply);
  EXPECT_NE(answer, nullptr);
  return answer ? *answer : Response{.status = 0};
}

void expect_reset(const world::Reply& reply) {
  const auto* error = std::get_if<NetError>(&reply);
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(error->fault, NetFault::reset);
  EXPECT_TRUE(error->connected);
}

TEST(ClientTest, AChunkedAnswerMayComeByteByByte) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(response(ask(bytes_of(head + "0\r\n\r\n"))).body, "");
  const Response whole = response(ask(bytes_of(head + "2\r\nok\r\n3;x=y\r\nay!\r\n00\r\nX-Sum: 1\r\n\r\n")));
  EXPECT_EQ(whole.body, "okay!");
  EXPECT_EQ(whole.headers.get("X-Sum"), "1");
}

TEST(ClientTest, AnAnswerWithoutLengthEndsWithTheConnection) {
  const Response answer = response(ask({"HTTP/1.0 404 Nothing here\r\nX-A: 1\r\n\r\nun", "til ", "closed"}));
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.reason, "Nothing here");
  EXPECT_EQ(answer.headers.get("x-a"), "1");
  EXPECT_EQ(answer.body, "until closed");
}

TEST(ClientTest, TheAnswerToHeadHasNoBodyWhateverItsLength) {
  const Response answer = response(ask({"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"}, "HEAD"));
  EXPECT_EQ(answer.headers.get("Content-Length"), "7");
  EXPECT_EQ(answer.body, "");
}

TEST(ClientTest, InterimAnswersComeBeforeTheAnswer) {
  const std::string interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
  const std::string last = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  const Response answer = response(ask({"HTTP/1.1 100 Continue\r\n\r\n", interim + last}));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "ok");
  EXPECT_FALSE(answer.headers.has("Link"));
  expect_reset(ask({interim + interim + interim + interim + interim + interim + last}));
}

TEST(ClientTest, AHostileAnswerIsAResetAndTakesNoMemory) {
  const std::string huge = "Content-Length: 18446744073709551615\r\n\r\nok";
  for (const std::string answer :
       {"", "nonsense\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok", "HTTP/1.1 200 OK\r\nCont",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\nok"})
    expect_reset(ask({answer}));
  expect_reset(ask({"HTTP/1.1 200 OK\r\n" + huge}));
}

TEST(ClientTest, AnAbandonedExchangeSendsNothingMore) {
  asio::io_context io;
  RawServer server(io, {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"});
  world::Call call;
  call.host = "127.0.0.1";
  call.port = server.port();
  bool answered = false;
  auto exchange = send(io, std::move(call), [&](world::Reply) { answered = true; });
  io.run_one();  // the name's look-up is under way
  exchange.reset();
  asio::steady_timer end(io, 50ms);
  end.async_wait([&](error_code) { io.stop(); });
  io.run();
  EXPECT_FALSE(answered);
}

}  // namespace
}  // namespace squall::http
