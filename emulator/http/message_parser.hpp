// Reads one request or one response as it comes in, in pieces of any size. Private to the server, the client
// and their fuzz targets; Beast's parser does the work and stays in the source file.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "emulator/http/message.hpp"

namespace squall::http {

template <class Message>  // Request or Response
class MessageParser {
 public:
  enum class Result {
    more,     // what comes next is needed
    head,     // the head is whole and a body follows; said once, since the client may wait to be invited
    done,     // the message is whole
    refused,  // see refusal()
  };
  struct Refusal {
    int status = 400;  // what a server answers it with: 400, 413 or 431
    std::string message;
  };

  MessageParser(std::uint32_t header_limit_bytes, std::uint64_t body_limit_bytes);
  ~MessageParser();

  // The response to a HEAD request: it has no body, whatever its head says. To be said before put().
  void expect_no_body();

  // Takes from the beginning of `bytes` and adds to `taken` how much; what it leaves is to come again, with
  // more behind it.
  Result put(std::string_view bytes, std::size_t& taken);
  // The other side has closed: done or refused. Without a length, that is how a response's body ends.
  Result end();

  bool has_head() const;
  bool keep_alive() const;    // once the head is whole
  bool knows_chunks() const;  // likewise; HTTP/1.0 does not
  Message& message();
  const Refusal& refusal() const;

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

extern template class MessageParser<Request>;
extern template class MessageParser<Response>;
using RequestParser = MessageParser<Request>;
using ResponseParser = MessageParser<Response>;

}  // namespace squall::http
