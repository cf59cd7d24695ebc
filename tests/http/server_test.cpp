// The server as clients that Squall did not write see it: bytes on a socket.
#include "emulator/http/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <thread>

namespace squall::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ServerTest : public testing::Test {
 protected:
  void start(ServerOptions options = {}) {
    server_.emplace(io_, std::move(options), [this](Request request, Respond respond) {
      if (request.path() == "/never") {
        server_->stop(50ms);
        return held_.push_back(std::move(respond));
      }
      Response response = Response::text(200, request.method + " " + request.target + " " + request.body);
      if (request.path() == "/empty") response.body.clear();
      if (request.path() == "/chunks") response.headers.add("Transfer-Encoding", "chunked");
      response.headers.add("X-Seen", std::string(request.headers.get("x-given")));
      respond(std::move(response));
      if (request.path() == "/stop") asio::post(io_, [this] { server_->stop(50ms); });
    });
  }
  // Sends the parts one after the other on one connection and answers all that comes back until it is closed.
  // `pause`: so long before each part, that they arrive one by one.
  std::string talk(std::vector<std::string> parts, bool half_close = true, Duration pause = Duration{0}) {
    std::string answer;
    std::thread client([&, port = server_->port()] {
      asio::io_context io;
      tcp::socket socket(io);
      socket.connect({asio::ip::address_v4::loopback(), port});
      boost::system::error_code error;
      socket.set_option(tcp::no_delay(true));
      for (const auto& part : parts) {
        std::this_thread::sleep_for(pause);
        asio::write(socket, asio::buffer(part), error);
      }
      if (half_close) socket.shutdown(tcp::socket::shutdown_send, error);
      std::array<char, 4096> buffer;
      while (std::size_t got = socket.read_some(asio::buffer(buffer), error))
        answer.append(buffer.data(), got);
      asio::post(io_, [this] { io_.stop(); });
    });
    io_.restart();
    auto until_the_client_is_done = asio::make_work_guard(io_);
    io_.run();
    client.join();
    return answer;
  }

  asio::io_context io_;
  std::vector<Respond> held_;
  std::optional<Server> server_;
};

TEST_F(ServerTest, KeepsAliveAndAnswersPipelinedRequestsInOrder) {
  start();
  std::string answer =
      talk({"GET /a HTTP/1.1\r\nHost: x\r\nX-Given: 1\r\n\r\nPOST /b HTTP/1.1\r\nHost: x\r\nContent-Length: "
            "3\r\n\r\nabc"});
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("X-Seen: 1\r\nContent-Length: 7\r\n\r\nGET /a HTTP/1.1 200 OK"));
  EXPECT_THAT(answer, EndsWith("POST /b abc"));
}

TEST_F(ServerTest, ReadsChunkedBodiesAndInvitesExpectedOnes) {
  start();
  EXPECT_THAT(
      talk({"PUT /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\n", "3\r\nhow\r\n0\r\n\r\n"}),
      EndsWith("PUT /c wikihow"));
  EXPECT_THAT(talk({"PUT /d HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n", "ok"}),
              StartsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"));
}

TEST_F(ServerTest, AChunkedBodyMayComeByteByByte) {
  start();
  for (const std::string body : {"0\r\n\r\n", "2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n"}) {
    std::vector<std::string> parts{"PUT /e HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"};
    for (const char byte : body) parts.emplace_back(1, byte);
    EXPECT_THAT(talk(parts, true, 5ms), EndsWith(body[0] == '2' ? "PUT /e ok" : "PUT /e "));
  }
}

TEST_F(ServerTest, AHeadAnswerHasALengthAndNoBody) {
  start();
  EXPECT_THAT(talk({"HEAD /e HTTP/1.1\r\n\r\n"}), EndsWith("Content-Length: 8\r\n\r\n"));
}

TEST_F(ServerTest, AnAnswerInChunksAndAHeadAnswerWithoutALength) {
  start();
  EXPECT_THAT(talk({"GET /chunks HTTP/1.1\r\n\r\n"}),
              AllOf(HasSubstr("Transfer-Encoding: chunked\r\n"), Not(HasSubstr("Content-Length")),
                    EndsWith("\r\n\r\nc\r\nGET /chunks \r\n0\r\n\r\n")));
  EXPECT_THAT(talk({"GET /chunks HTTP/1.0\r\n\r\n"}),
              AllOf(Not(HasSubstr("chunked")),
                    EndsWith("Content-Length: 12\r\nConnection: close\r\n\r\nGET /chunks ")));
  EXPECT_THAT(talk({"HEAD /empty HTTP/1.1\r\n\r\n"}), Not(HasSubstr("Content-Length")));
}

TEST_F(ServerTest, RefusesWhatIsTooLargeOrMalformed) {
  ServerOptions options;
  options.header_limit_bytes = 1024;
  options.body_limit_bytes = 10;
  start(options);
  EXPECT_THAT(talk({"GET / HTTP/1.1\r\nX: " + std::string(2000, 'x') + "\r\n\r\n"}),
              StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(talk({"PUT / HTTP/1.1\r\nContent-Length: 11\r\n\r\n01234567890"}), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(talk({"PUT / HTTP/1.1\r\nTransfer-Encoding: "
                    "chunked\r\n\r\n9\r\n012345678\r\n9\r\n012345678\r\n0\r\n\r\n"}),
              StartsWith("HTTP/1.1 413 "));
  for (auto bad : {"nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nNo colon\r\n\r\n",
                   "PUT / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "GET /\x01 HTTP/1.1\r\n\r\n",
                   "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"})
    EXPECT_THAT(talk({bad}), StartsWith("HTTP/1.1 400 ")) << bad;
}

TEST_F(ServerTest, ASlowRequestEndsAtItsTimeout) {
  ServerOptions options;
  options.idle_timeout = 50ms;
  options.read_timeout = 50ms;
  start(options);
  EXPECT_EQ(talk({"GET / HTTP/1.1\r\nHost"}, false), "");
  EXPECT_EQ(talk({"PUT / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab"}, false), "");
}

TEST_F(ServerTest, AStopEndsIdleConnectionsAndThenThoseThatHang) {
  start();
  EXPECT_THAT(talk({"GET /stop HTTP/1.1\r\n\r\n"}, false), EndsWith("GET /stop "));
  start();
  EXPECT_EQ(talk({"GET /never HTTP/1.1\r\n\r\n"}, false), "");
}

}  // namespace
}  // namespace squall::http
