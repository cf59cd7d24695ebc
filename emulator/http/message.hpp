// An HTTP request and its response as plain values. The Beast server, the simulated network and the live
// client all speak these; nothing but server.cpp and client.cpp sees Beast.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace squall::http {

// Header fields in wire order. Names keep the case they came in; look-ups ignore case (RFC 9110, 5.1).
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;
  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  void set(std::string_view name, std::string value);  // replaces every field of that name
  void remove(std::string_view name);
  bool has(std::string_view name) const { return find(name) != nullptr; }
  // The first field of that name, or an empty text.
  std::string_view get(std::string_view name) const;
  const std::vector<Field>& fields() const { return fields_; }

 private:
  const std::string* find(std::string_view name) const;
  std::vector<Field> fields_;
};

bool equal_ignoring_case(std::string_view a, std::string_view b);

struct Request {
  std::string method = "GET";
  std::string target = "/";  // as on the request line: path and query, still percent-encoded
  Headers headers;           // Host among them
  std::string body;          // whole, after any transfer coding is undone
  std::string peer_address;  // of the socket's other end, "127.0.0.1"; set by the server side
  int hops = 1;              // routers between the sender and here, plus one (IMDS hop limit)

  std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
  // Without the '?'; empty when there is none.
  std::string_view query() const;
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  std::string reason;  // the reason phrase; empty: the standard one of the status

  static Response text(int status, std::string body, std::string content_type = "text/plain");
};

// "Not Found" for 404; empty for a status that has none.
std::string_view reason_phrase(int status);

}  // namespace squall::http
