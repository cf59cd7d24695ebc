#include "emulator/http/message_parser.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <type_traits>
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

template <class Message>
constexpr bool is_request = std::is_same_v<Message, Request>;

}  // namespace

// Reads straight into our own message: one copy of each field.
template <class Message>
class MessageParser<Message>::Parser final : public beast::http::basic_parser<is_request<Message>> {
 public:
  Message message;
  Refusal refusal;
  bool head_said = false;
  bool knows_chunks = false;

  // Whether put() may look at what has come. Beast (1.81) asserts that a last chunk whose beginning it has
  // seen comes back with the five bytes that it has at least. Waiting for them is never in vain: what is left
  // of a chunked body is no shorter.
  bool enough(std::string_view ahead) const {
    return !this->is_header_done() || !this->chunked() || !ahead.starts_with('0') || ahead.size() >= 5;
  }

 private:
  void on_request_impl(beast::http::verb, string_view method, string_view target, int version,
                       error_code&) override {
    knows_chunks = version >= 11;
    if constexpr (is_request<Message>) {
      message.method.assign(method.data(), method.size());
      message.target.assign(target.data(), target.size());
    }
  }
  void on_response_impl(int status, string_view reason, int version, error_code&) override {
    knows_chunks = version >= 11;
    if constexpr (!is_request<Message>) {
      message.status = status;
      message.reason.assign(reason.data(), reason.size());
    }
  }
  void on_field_impl(beast::http::field, string_view name, string_view value, error_code&) override {
    message.headers.add(std::string(name), std::string(value));
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    if (length) message.body.reserve(std::min<std::uint64_t>(*length, 1 << 20));
  }
  std::size_t on_body_impl(string_view body, error_code&) override {
    message.body.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override {
    message.body.append(body.data(), body.size());
    return body.size();
  }
  void on_finish_impl(error_code&) override {}
};

template <class Message>
MessageParser<Message>::MessageParser(std::uint32_t header_limit_bytes, std::uint64_t body_limit_bytes)
    : parser_(std::make_unique<Parser>()) {
  parser_->header_limit(header_limit_bytes);
  parser_->body_limit(body_limit_bytes);
}

template <class Message>
MessageParser<Message>::~MessageParser() = default;

template <class Message>
void MessageParser<Message>::expect_no_body() {
  parser_->skip(true);
}

template <class Message>
typename MessageParser<Message>::Result MessageParser<Message>::put(std::string_view bytes,
                                                                    std::size_t& taken) {
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

template <class Message>
typename MessageParser<Message>::Result MessageParser<Message>::end() {
  error_code error;
  if (parser_->got_some() && !parser_->is_done()) parser_->put_eof(error);
  if (parser_->is_done()) return Result::done;
  parser_->refusal = {400, error ? error.message() : "end of stream"};
  return Result::refused;
}

template <class Message>
bool MessageParser<Message>::has_head() const {
  return parser_->is_header_done();
}
template <class Message>
bool MessageParser<Message>::keep_alive() const {
  return parser_->keep_alive();
}
template <class Message>
bool MessageParser<Message>::knows_chunks() const {
  return parser_->knows_chunks;
}
template <class Message>
Message& MessageParser<Message>::message() {
  return parser_->message;
}
template <class Message>
const typename MessageParser<Message>::Refusal& MessageParser<Message>::refusal() const {
  return parser_->refusal;
}

template class MessageParser<Request>;
template class MessageParser<Response>;

}  // namespace squall::http
