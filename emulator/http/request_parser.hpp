// Beast's parser made to read straight into our own Request: one copy of each field. Private to the server.
#pragma once
#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include "emulator/http/message.hpp"

namespace squall::http {

class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  Request request;

  // Whether put() may look at what has come. Beast (1.81) asserts that a last chunk whose beginning it has
  // seen comes back with the five bytes that it has at least. Waiting for them is never in vain: what is left
  // of a chunked body is no shorter.
  bool enough(boost::asio::const_buffer ahead) const {
    const bool last_chunk = ahead.size() > 0 && *static_cast<const char*>(ahead.data()) == '0';
    return !is_header_done() || !chunked() || !last_chunk || ahead.size() >= 5;
  }

 private:
  using error_code = boost::beast::error_code;
  using string_view = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb, string_view method, string_view target, int,
                       error_code&) override {
    request.method.assign(method.data(), method.size());
    request.target.assign(target.data(), target.size());
  }
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(boost::beast::http::field, string_view name, string_view value, error_code&) override {
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

}  // namespace squall::http
