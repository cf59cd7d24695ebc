// Reads one request as it comes in, in pieces of any size. Private to the server and its fuzz target; Beast's
// parser does the work and stays in the source file.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "emulator/http/message.hpp"

namespace squall::http {

class RequestParser {
 public:
  enum class Result {
    more,     // what comes next is needed
    head,     // the head is whole and a body follows; said once, since the client may wait to be invited
    done,     // the request is whole
    refused,  // see refusal()
  };
  struct Refusal {
    int status = 400;  // 400, 413 or 431
    std::string message;
  };

  RequestParser(std::uint32_t header_limit_bytes, std::uint64_t body_limit_bytes);
  ~RequestParser();

  // Takes from the beginning of `bytes` and adds to `taken` how much; what it leaves is to come again, with
  // more behind it.
  Result put(std::string_view bytes, std::size_t& taken);

  bool has_head() const;
  bool keep_alive() const;    // once the head is whole
  bool knows_chunks() const;  // likewise; HTTP/1.0 does not
  Request& request();
  const Refusal& refusal() const;

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace squall::http
