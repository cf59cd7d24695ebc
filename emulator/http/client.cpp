#include "emulator/http/client.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <optional>

#include "emulator/http/message_parser.hpp"

namespace squall::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using beast::error_code;
using world::NetError;
using world::NetFault;

// A server that is hostile or broken does not take all memory: Go's client, which Vault's is, stops at heads
// of 10 MB and after five interim answers; the limit on bodies is ours.
constexpr std::uint32_t header_limit_bytes = 10 << 20;
constexpr std::uint64_t body_limit_bytes = std::uint64_t{1} << 30;
constexpr std::size_t read_bytes = 65536;
constexpr int interim_limit = 5;

class LiveExchange : public std::enable_shared_from_this<LiveExchange> {
 public:
  LiveExchange(asio::io_context& io, world::Call call, std::function<void(world::Reply)> done)
      : call_(std::move(call)),
        done_(std::move(done)),
        resolver_(io),
        connect_timer_(io),
        total_timer_(io),
        tls_(asio::ssl::context::tls_client),
        stream_(tcp::socket(io), tls_) {}

  void start() {
    arm(connect_timer_, call_.connect_timeout);
    arm(total_timer_, call_.total_timeout);
    dialled_ = call_.host + ":" + std::to_string(call_.port);
    if (call_.scheme == "https" && !prepare_tls()) return;
    resolver_.async_resolve(call_.host, std::to_string(call_.port),
                            [self = shared_from_this()](error_code error, tcp::resolver::results_type found) {
                              if (error) return self->fail(NetFault::name_not_found, self->call_.host);
                              self->connect(found);
                            });
  }

  void abandon() {
    done_ = {};
    finish();
  }

 private:
  void arm(asio::steady_timer& timer, Duration span) {
    if (span.count() <= 0) return;
    timer.expires_after(span);
    timer.async_wait([self = shared_from_this()](error_code error) {
      if (!error) self->fail(NetFault::timed_out, self->dialled_);
    });
  }

  bool prepare_tls() {
    error_code error;
    if (call_.tls.ca_pem.empty())
      tls_.set_default_verify_paths(error);
    else
      tls_.add_certificate_authority(asio::buffer(call_.tls.ca_pem), error);
    if (!error && !call_.tls.client_certificate_pem.empty()) {
      tls_.use_certificate_chain(asio::buffer(call_.tls.client_certificate_pem), error);
      if (!error)
        tls_.use_private_key(asio::buffer(call_.tls.client_key_pem), asio::ssl::context::pem, error);
    }
    if (error) {
      fail(NetFault::tls_untrusted, error.message());
      return false;
    }
    SSL* ssl = stream_.native_handle();
    SSL_set_SSL_CTX(ssl, tls_.native_handle());
    stream_.set_verify_mode(call_.tls.skip_verify ? asio::ssl::verify_none : asio::ssl::verify_peer);
    const std::string& name = call_.tls.server_name.empty() ? call_.host : call_.tls.server_name;
    // What is refused is gone when the handshake has failed: its facts are kept for the error.
    stream_.set_verify_callback([this, name](bool accepted, asio::ssl::verify_context& context) {
      X509* leaf = X509_STORE_CTX_get0_cert(context.native_handle());
      if (!accepted && leaf != nullptr) refused_ = base::certificate_facts(*leaf, name);
      return accepted;
    });
    if (call_.tls.alternative_names_only)
      X509_VERIFY_PARAM_set_hostflags(SSL_get0_param(ssl), X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    asio::ip::make_address(name, error);
    if (error) {
      // SSL_set_tlsext_host_name, which is a macro with a C cast in it.
      SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(name.c_str()));
      SSL_set1_host(ssl, name.c_str());
    } else {
      X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str());
    }
    return true;
  }

  // Whether nobody waits for an answer any more: what was already due when the exchange ended still comes.
  bool over() const { return !done_; }

  void connect(const tcp::resolver::results_type& found) {
    if (over()) return;
    if (!found.empty()) {
      auto endpoint = found.begin()->endpoint();
      std::string address = endpoint.address().to_string();
      dialled_ =
          (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(call_.port);
    }
    asio::async_connect(beast::get_lowest_layer(stream_).socket(), found,
                        [self = shared_from_this()](error_code error, const tcp::endpoint&) {
                          if (self->over()) return;
                          if (error == asio::error::connection_refused)
                            return self->fail(NetFault::refused, self->dialled_);
                          if (error)
                            return self->fail(
                                error == asio::error::timed_out ? NetFault::timed_out : NetFault::unreachable,
                                self->dialled_);
                          if (self->call_.scheme == "https") return self->shake_hands();
                          self->write();
                        });
  }

  void shake_hands() {
    stream_.async_handshake(asio::ssl::stream_base::client, [self = shared_from_this()](error_code error) {
      if (self->over()) return;
      if (!error) return self->write();
      long verdict = SSL_get_verify_result(self->stream_.native_handle());
      std::string why = verdict == X509_V_OK ? error.message() : X509_verify_cert_error_string(verdict);
      NetFault fault =
          verdict == X509_V_ERR_HOSTNAME_MISMATCH || verdict == X509_V_ERR_IP_ADDRESS_MISMATCH
              ? NetFault::tls_name_mismatch
          : verdict == X509_V_ERR_CERT_HAS_EXPIRED || verdict == X509_V_ERR_CERT_NOT_YET_VALID
              ? NetFault::tls_expired
          : verdict != X509_V_OK ? NetFault::tls_untrusted
          : ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_WRONG_VERSION_NUMBER
              ? NetFault::tls_not_tls
              : NetFault::reset;
      self->fail(fault, std::move(why));
    });
  }

  void write() {
    connect_timer_.cancel();
    connected_ = true;
    const Request& request = call_.request;
    text_ = request.method + " " + request.target + " HTTP/1.1\r\n";
    for (const auto& [name, value] : request.headers.fields()) text_ += name + ": " + value + "\r\n";
    bool bodiless = request.body.empty() && (request.method == "GET" || request.method == "HEAD");
    if (!request.headers.has("Content-Length") && !bodiless)
      text_ += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    if (!request.headers.has("Connection")) text_ += "Connection: close\r\n";
    text_ += "\r\n" + request.body;
    auto sent = [self = shared_from_this()](error_code error, std::size_t) {
      if (self->over()) return;
      // A server may refuse a large body half-way and say why: its answer is read all the same.
      if (error && error != asio::error::broken_pipe) return self->fail(NetFault::reset, self->dialled_);
      self->read();
    };
    if (call_.scheme == "https")
      asio::async_write(stream_, asio::buffer(text_), std::move(sent));
    else
      asio::async_write(beast::get_lowest_layer(stream_), asio::buffer(text_), std::move(sent));
  }

  void read() {
    next_message();
    advance();
  }

  void next_message() {
    parser_.emplace(header_limit_bytes, body_limit_bytes);
    if (call_.request.method == "HEAD") parser_->expect_no_body();
  }

  // As far as what was read goes.
  void advance() {
    for (;;) {
      std::size_t taken = 0;
      const auto ahead = buffer_.cdata();
      const auto result = parser_->put({static_cast<const char*>(ahead.data()), ahead.size()}, taken);
      buffer_.consume(taken);
      switch (result) {
        case ResponseParser::Result::more:
          return read_more();
        case ResponseParser::Result::head:
          break;
        case ResponseParser::Result::done:
          if (!is_interim()) return deliver();
          if (++interim_answers_ > interim_limit) return fail(NetFault::reset, dialled_);
          next_message();
          break;
        case ResponseParser::Result::refused:
          return fail(NetFault::reset, dialled_);
      }
    }
  }

  // RFC 9110, 15.2: any number may come before the answer, wanted or not. After 101 it is no longer HTTP.
  bool is_interim() {
    const int status = parser_->message().status;
    return status >= 100 && status < 200 && status != 101;
  }

  void read_more() {
    auto room = buffer_.prepare(read_bytes);
    auto got = [self = shared_from_this()](error_code error, std::size_t size) {
      if (self->over()) return;
      self->buffer_.commit(size);
      if (error == asio::error::eof && self->parser_->end() == ResponseParser::Result::done)
        return self->deliver();
      if (error) return self->fail(NetFault::reset, self->dialled_);
      self->advance();
    };
    if (call_.scheme == "https")
      stream_.async_read_some(room, std::move(got));
    else
      beast::get_lowest_layer(stream_).async_read_some(room, std::move(got));
  }

  void deliver() {
    Response response = std::move(parser_->message());
    auto done = std::exchange(done_, {});
    finish();
    if (done) done(std::move(response));
  }

  void fail(NetFault fault, std::string detail) {
    auto done = std::exchange(done_, {});
    bool connected = connected_;
    finish();
    if (done) done(NetError{fault, connected, std::move(detail), std::move(refused_)});
  }

  void finish() {
    resolver_.cancel();
    connect_timer_.cancel();
    total_timer_.cancel();
    error_code ignored;
    beast::get_lowest_layer(stream_).socket().close(ignored);
  }

  world::Call call_;
  std::function<void(world::Reply)> done_;
  tcp::resolver resolver_;
  asio::steady_timer connect_timer_, total_timer_;
  asio::ssl::context tls_;
  beast::ssl_stream<beast::tcp_stream> stream_;
  beast::flat_buffer buffer_;
  std::optional<ResponseParser> parser_;
  std::string dialled_, text_;
  std::optional<base::CertificateFacts> refused_;
  int interim_answers_ = 0;
  bool connected_ = false;
};

class Handle final : public Exchange {
 public:
  explicit Handle(std::weak_ptr<LiveExchange> exchange) : exchange_(std::move(exchange)) {}
  ~Handle() override {
    if (auto live = exchange_.lock()) live->abandon();
  }

 private:
  std::weak_ptr<LiveExchange> exchange_;
};

}  // namespace

std::unique_ptr<Exchange> send(asio::io_context& io, world::Call call,
                               std::function<void(world::Reply)> done) {
  auto exchange = std::make_shared<LiveExchange>(io, std::move(call), std::move(done));
  asio::post(io, [exchange] { exchange->start(); });
  return std::make_unique<Handle>(exchange);
}

}  // namespace squall::http
