#include "harness/guest/commands/raw_http.hpp"

#include <charconv>
#include <sstream>

namespace squall::guest {
namespace {

std::string trimmed(const std::string& text) {
  std::size_t begin = text.find_first_not_of(" \t\r");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

constexpr std::size_t most_bytes = 4 << 20;  // of a request

// The size of the body; nothing for a length that is none.
std::optional<std::size_t> body_size(const http::Headers& headers) {
  const std::string text(headers.get("Content-Length"));
  if (text.empty()) return 0;
  std::size_t size = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc{} || end != text.data() + text.size() || size > most_bytes) return std::nullopt;
  return size;
}

bool read_head(const std::string& head, RawRequest& raw) {
  std::istringstream lines(head);
  std::string line, version;
  std::getline(lines, line);
  std::istringstream first(line);
  if (!(first >> raw.request.method >> raw.request.target >> version) || !version.starts_with("HTTP/1."))
    return false;
  while (std::getline(lines, line) && !trimmed(line).empty()) {
    std::size_t colon = line.find(':');
    if (colon == std::string::npos || colon == 0) return false;
    raw.request.headers.add(line.substr(0, colon), trimmed(line.substr(colon + 1)));
  }
  const std::string connection(raw.request.headers.get("Connection"));
  raw.keeps_alive = version != "HTTP/1.0" && connection != "close";
  return raw.request.headers.get("Transfer-Encoding").empty();
}

}  // namespace

RawRequest take_request(std::string& bytes) {
  RawRequest raw;
  std::size_t end = bytes.find("\r\n\r\n"), gap = 4;
  if (std::size_t bare = bytes.find("\n\n"); bare < end) end = bare, gap = 2;  // as `printf '...\n\n'` has it
  const std::size_t line = bytes.find('\n');
  const std::size_t version = bytes.substr(0, line).find(" HTTP/1.");
  const bool other = line != std::string::npos && version == std::string::npos;
  if (other || bytes.size() > most_bytes || bytes.starts_with('\x16')) {
    raw.state = RawRequest::State::not_http;
    return raw;
  }
  if (end == std::string::npos) return raw;
  if (!read_head(bytes.substr(0, end), raw)) {
    raw.state = RawRequest::State::not_http;
    return raw;
  }
  const std::optional<std::size_t> size = body_size(raw.request.headers);
  if (!size) raw.state = RawRequest::State::not_http;
  if (!size || bytes.size() - end - gap < *size) return raw;
  raw.request.body = bytes.substr(end + gap, *size);
  bytes.erase(0, end + gap + *size);
  raw.state = RawRequest::State::complete;
  return raw;
}

std::string response_bytes(const http::Response& response, bool without_body) {
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + " " +
                     std::string(http::reason_phrase(response.status)) + "\r\n";
  http::Headers headers = response.headers;
  headers.set("Content-Length", std::to_string(response.body.size()));
  for (const auto& [name, value] : headers.fields()) text += name + ": " + value + "\r\n";
  text += "\r\n";
  return without_body ? text : text + response.body;
}

}  // namespace squall::guest
