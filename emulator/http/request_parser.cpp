#include "emulator/http/request_parser.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <utility>

namespace squall::http {
namespace {

namespace beast = boost::beast;
using beast::error_code;
using beast::string_view;

int status_of(error_code error) {
  if (error == beast::http::error::header_limit) return 431;
  return error == beast::http::error::body_limit ? 413 : 400;
}

}  // namespace

// Reads straight into our own Request: one copy of each field.
class RequestParser::Parser final : public beast::http::basic_parser<true> {
 public:
  Request request;
  Refusal refusal;
  bool head_said = false;
  bool knows_chunks = false;

  // Whether put() may look at what has come. Beast (1.81) asserts that a last chunk whose beginning it has
  // seen comes back with the five bytes that it has at least. Waiting for them is never in vain: what is left
  // of a chunked body is no shorter.
  bool enough(std::string_view ahead) const {
    return !is_header_done() || !chunked() || !ahead.starts_with('0') || ahead.size() >= 5;
  }

 private:
  void on_request_impl(beast::http::verb, string_view method, string_view target, int version,
                       error_code&) override {
    knows_chunks = version >= 11;
    request.method.assign(method.data(), method.size());
    request.target.assign(target.data(), target.size());
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

RequestParser::RequestParser(std::uint32_t header_limit_bytes, std::uint64_t body_limit_bytes)
    : parser_(std::make_unique<Parser>()) {
  parser_->header_limit(header_limit_bytes);
  parser_->body_limit(body_limit_bytes);
}

RequestParser::~RequestParser() = default;

RequestParser::Result RequestParser::put(std::string_view bytes, std::size_t& taken) {
  while (!parser_->is_done()) {
    if (bytes.empty() || !parser_->enough(bytes)) return Result::more;
    error_code error;
    std::size_t size = parser_->put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    taken += size;
    bytes.remove_prefix(size);
    if (error == beast::http::error::need_more) return Result::more;
    if (error) {
      parser_->refusal = {status_of(error), error.message()};
      return Result::refused;
    }
    parser_->eager(true);
    if (!std::exchange(parser_->head_said, true) && !parser_->is_done()) return Result::head;
  }
  return Result::done;
}

bool RequestParser::has_head() const { return parser_->is_header_done(); }
bool RequestParser::keep_alive() const { return parser_->keep_alive(); }
bool RequestParser::knows_chunks() const { return parser_->knows_chunks; }
Request& RequestParser::request() { return parser_->request; }
const RequestParser::Refusal& RequestParser::refusal() const { return parser_->refusal; }

}  // namespace squall::http
