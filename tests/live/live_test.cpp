#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "emulator/world/await.hpp"
#include "harness/live/loop.hpp"
#include "harness/live/system.hpp"

namespace squall::live {
namespace {

using world::NetError;
using world::NetFault;
using world::Reply;
using world::Task;

class LiveTest : public testing::Test {
 protected:
  LiveTest() {
    std::string pattern = testing::TempDir() + "squall-live-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~LiveTest() override {
    end_what_was_killed();
    std::filesystem::remove_all(folder_);
  }

  Reply call(world::Call request) {
    std::optional<Reply> reply;
    auto body = [&]() -> Task<> { reply = co_await network_.send(std::move(request)); };
    auto job = world::Job::start(loop_, body(), [&](std::exception_ptr) { loop_.stop(); });
    loop_.io_restart();
    loop_.run();
    return *reply;
  }
  // Frames of jobs, and sessions of listeners, go in the loop's next round.
  void end_what_was_killed() {
    loop_.after(1ms, [&] { loop_.stop(); });
    loop_.io_restart();
    loop_.run();
  }
  // A self-signed certificate for "node.test" and 127.0.0.1.
  std::pair<std::string, std::string> certificate() {
    std::string key = folder_ + "/key.pem", cert = folder_ + "/cert.pem";
    std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout " + key +
        " -out " + cert +
        " -subj /CN=node.test -addext subjectAltName=DNS:node.test,IP:127.0.0.1 2>/dev/null";
    EXPECT_EQ(std::system(command.c_str()), 0);
    return {*disk_.read(cert), *disk_.read(key)};
  }
  static NetFault fault(const Reply& reply) { return std::get<NetError>(reply).fault; }

  LiveScheduler loop_;
  LiveNetwork network_{loop_};
  LiveDisk disk_;
  std::string folder_;
};

Task<http::Response> echo(http::Request request) {
  co_return http::Response::text(203, request.method + " " + request.body);
}

TEST_F(LiveTest, TimersFireInOrderAndCanBeTakenBack) {
  std::string order;
  loop_.after(20ms, [&] { loop_.stop(); });
  loop_.after(2ms, [&] { order += "b"; });
  loop_.soon([&] { order += "a"; });
  loop_.cancel(loop_.after(1ms, [&] { order += "x"; }));
  loop_.run();
  EXPECT_EQ(order, "ab");
}

TEST_F(LiveTest, ExchangesOverSocketsAndTheirFailures) {
  auto listener = network_.listen({.address = "127.0.0.1", .port = 0}, echo);
  world::Call c;
  c.host = "127.0.0.1";
  c.port = listener->port();
  c.request.method = "PUT";
  c.request.headers.add("Host", "x");
  c.request.body = "text";
  Reply reply = call(c);
  ASSERT_TRUE(std::holds_alternative<http::Response>(reply));
  EXPECT_EQ(std::get<http::Response>(reply).status, 203);
  EXPECT_EQ(std::get<http::Response>(reply).body, "PUT text");
  c.scheme = "https";
  EXPECT_EQ(fault(call(c)), NetFault::tls_not_tls);
  c.scheme = "http";
  EXPECT_THROW(network_.listen({.address = "127.0.0.1", .port = c.port}, echo), world::ListenError);
  listener.reset();
  EXPECT_EQ(fault(call(c)), NetFault::refused);
  c.host = "does-not-exist.invalid";
  EXPECT_EQ(fault(call(c)), NetFault::name_not_found);
}

TEST_F(LiveTest, AnExchangeThatIsNeverAnsweredTimesOut) {
  auto listener =
      network_.listen({.address = "127.0.0.1", .port = 0}, [this](http::Request) -> Task<http::Response> {
        co_await world::sleep(loop_, 1h);
        co_return http::Response{};
      });
  world::Call c;
  c.host = "127.0.0.1";
  c.port = listener->port();
  // On a busy machine connecting itself may take that long.
  bool connected = false;
  for (c.total_timeout = 50ms; !connected && c.total_timeout < 1min; c.total_timeout *= 2) {
    const Reply reply = call(c);
    ASSERT_EQ(fault(reply), NetFault::timed_out);
    connected = std::get<NetError>(reply).connected;
  }
  EXPECT_TRUE(connected);
}

TEST_F(LiveTest, TlsTrustIsDecidedAsTheSimulatedNetworkDecidesIt) {
  auto [certificate_pem, key_pem] = certificate();
  auto listener = network_.listen(
      {.address = "127.0.0.1", .port = 0, .certificate_pem = certificate_pem, .key_pem = key_pem}, echo);
  world::Call c;
  c.scheme = "https";
  c.host = "127.0.0.1";
  c.port = listener->port();
  EXPECT_EQ(fault(call(c)), NetFault::tls_untrusted);
  c.tls.ca_pem = certificate_pem;
  EXPECT_TRUE(std::holds_alternative<http::Response>(call(c)));
  c.tls.server_name = "other.test";
  EXPECT_EQ(fault(call(c)), NetFault::tls_name_mismatch);
  c.tls.skip_verify = true;
  EXPECT_TRUE(std::holds_alternative<http::Response>(call(c)));
  c.scheme = "http";
  EXPECT_EQ(std::get<http::Response>(call(c)).body, "Client sent an HTTP request to an HTTPS server.\n");
}

TEST_F(LiveTest, DiskKeepsFilesAndSpeaksErrno) {
  std::string file = folder_ + "/a/b";
  EXPECT_FALSE(disk_.read(file));
  EXPECT_THROW(disk_.write(file, "x", 0600), world::DiskError);
  disk_.make_directories(folder_ + "/a/c", 0700);
  disk_.write(file, "one", 0600);
  disk_.append(file, " two", 0600);
  disk_.sync(file);
  EXPECT_EQ(disk_.read(file), "one two");
  EXPECT_EQ(disk_.list(folder_ + "/a"), (std::vector<std::string>{"b", "c/"}));
  disk_.symlink("b", folder_ + "/a/link");
  EXPECT_EQ(disk_.read_link(folder_ + "/a/link"), "b");
  disk_.rename(file, folder_ + "/a/d");
  EXPECT_FALSE(disk_.exists(file));
  EXPECT_TRUE(disk_.remove(folder_ + "/a/d"));
  EXPECT_FALSE(disk_.remove(folder_ + "/a/d"));
}

}  // namespace
}  // namespace squall::live
