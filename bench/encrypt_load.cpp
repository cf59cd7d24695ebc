// A bounded load of signed KMS Encrypt requests over keep-alive connections, one in flight on each.
//
//   encrypt_load PORT ACCESS_KEY_ID SECRET_ACCESS_KEY KEY_ID COUNT CONNECTIONS
//
// Signs COUNT different requests first, then sends them and prints requests per second. The server's CPU time
// is read by whoever calls this (bench/encrypt.py).
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "emulator/auth/sigv4.hpp"
#include "emulator/base/encoding.hpp"

namespace {

using boost::asio::ip::tcp;
using squall::Time;

std::string signed_request(const squall::auth::Credentials& credentials, const std::string& host,
                           const std::string& key, int number) {
  squall::http::Request request;
  request.method = "POST";
  request.headers.add("Host", host);
  request.headers.add("Content-Type", "application/x-amz-json-1.1");
  request.headers.add("X-Amz-Target", "TrentService.Encrypt");
  request.body = "{\"KeyId\":\"" + key + "\",\"Plaintext\":\"" +
                 squall::base::base64_encode("plaintext number " + std::to_string(number)) + "\"}";
  Time now = std::chrono::system_clock::now();
  squall::auth::sign(request, credentials, "us-east-1", "kms", now);
  std::string text = "POST / HTTP/1.1\r\n";
  for (const auto& [name, value] : request.headers.fields()) text += name + ": " + value + "\r\n";
  return text + "Content-Length: " + std::to_string(request.body.size()) + "\r\n\r\n" + request.body;
}

// One keep-alive connection with one request under way at a time.
class Connection {
 public:
  Connection(boost::asio::io_context& io, unsigned short port) : socket_(io) {
    socket_.connect({boost::asio::ip::address_v4::loopback(), port});
    socket_.set_option(tcp::no_delay(true));
  }
  void send(const std::string& request) { boost::asio::write(socket_, boost::asio::buffer(request)); }
  // Waits for the answer; false if it is not a success.
  bool receive() {
    std::size_t head = boost::asio::read_until(socket_, boost::asio::dynamic_buffer(buffer_), "\r\n\r\n");
    std::string text = buffer_.substr(0, head);
    std::size_t at = text.find("Content-Length: ");
    std::size_t whole = head + (at == text.npos ? 0 : std::strtoul(text.c_str() + at + 16, nullptr, 10));
    if (buffer_.size() < whole)
      boost::asio::read(socket_, boost::asio::dynamic_buffer(buffer_),
                        boost::asio::transfer_exactly(whole - buffer_.size()));
    buffer_.erase(0, whole);
    return text.starts_with("HTTP/1.1 200");
  }

 private:
  tcp::socket socket_;
  std::string buffer_;
};

// Sends all requests over the connections in turn, one in flight on each; requests per second, 0 if one was
// refused.
double run(std::vector<Connection>& connections, const std::vector<std::string>& requests) {
  auto begin = std::chrono::steady_clock::now();
  std::size_t sent = 0, answered = 0;
  for (; answered < requests.size(); ++answered) {
    while (sent < requests.size() && sent < answered + connections.size())
      connections[sent % connections.size()].send(requests[sent]), ++sent;
    if (!connections[answered % connections.size()].receive()) return 0;
  }
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return static_cast<double>(requests.size()) / seconds;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) {
    std::fprintf(stderr, "usage: %s PORT ACCESS_KEY_ID SECRET_ACCESS_KEY KEY_ID COUNT CONNECTIONS\n",
                 argv[0]);
    return 64;
  }
  int count = std::atoi(argv[5]);
  std::string host = std::string("127.0.0.1:") + argv[1];
  std::vector<std::string> requests;
  for (int i = 0; i < count; ++i)
    requests.push_back(signed_request({argv[2], argv[3], {}}, host, argv[4], i));
  boost::asio::io_context io;
  std::vector<Connection> connections;
  for (int i = 0; i < std::atoi(argv[6]); ++i)
    connections.emplace_back(io, static_cast<unsigned short>(std::atoi(argv[1])));
  double rate = run(connections, requests);
  if (rate == 0) {
    std::fprintf(stderr, "a request was refused\n");
    return 1;
  }
  std::printf("%.0f\n", rate);
}
