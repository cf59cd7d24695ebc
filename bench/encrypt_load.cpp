// A bounded load of signed KMS Encrypt requests over one keep-alive connection.
//
//   encrypt_load PORT ACCESS_KEY_ID SECRET_ACCESS_KEY KEY_ID COUNT
//
// Signs COUNT different requests first, then sends them one after the other and prints requests per second. The server's
// CPU time is read by whoever calls this (bench/run.sh).
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <istream>

#include "emulator/auth/sigv4.hpp"
#include "emulator/base/encoding.hpp"

namespace {

using boost::asio::ip::tcp;
using squall::Time;

std::string signed_request(const squall::auth::Credentials& credentials, const std::string& host, const std::string& key,
                           int number) {
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

// Reads one answer; false if it is not a success.
bool read_answer(tcp::socket& socket, boost::asio::streambuf& buffer) {
  std::size_t head = boost::asio::read_until(socket, buffer, "\r\n\r\n");
  std::string text(boost::asio::buffers_begin(buffer.data()), boost::asio::buffers_begin(buffer.data()) + static_cast<std::ptrdiff_t>(head));
  std::size_t at = text.find("Content-Length: ");
  std::size_t length = at == text.npos ? 0 : std::strtoul(text.c_str() + at + 16, nullptr, 10);
  buffer.consume(head);
  if (buffer.size() < length) boost::asio::read(socket, buffer, boost::asio::transfer_exactly(length - buffer.size()));
  buffer.consume(length);
  return text.starts_with("HTTP/1.1 200");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "usage: %s PORT ACCESS_KEY_ID SECRET_ACCESS_KEY KEY_ID COUNT\n", argv[0]);
    return 64;
  }
  int count = std::atoi(argv[5]);
  std::string host = std::string("127.0.0.1:") + argv[1];
  std::vector<std::string> requests;
  for (int i = 0; i < count; ++i) requests.push_back(signed_request({argv[2], argv[3], {}}, host, argv[4], i));
  boost::asio::io_context io;
  tcp::socket socket{io};
  socket.connect({boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(std::atoi(argv[1]))});
  socket.set_option(tcp::no_delay(true));
  boost::asio::streambuf buffer;
  auto begin = std::chrono::steady_clock::now();
  for (const std::string& request : requests) {
    boost::asio::write(socket, boost::asio::buffer(request));
    if (!read_answer(socket, buffer)) {
      std::fprintf(stderr, "a request was refused\n");
      return 1;
    }
  }
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::printf("%.0f\n", count / seconds);
}
