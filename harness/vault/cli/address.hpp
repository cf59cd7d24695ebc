// VAULT_ADDR taken apart as Go's net/url does it, and URLs put together as it prints them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace squall::vault::cli {

struct Address {
  std::string scheme;     // "http" or "https", unless it is useless
  std::string host;       // without port and brackets
  std::string authority;  // as given: "127.0.0.1:8200"
  std::string path;       // "" or "/prefix"
  std::uint16_t port = 0;
  bool names_port = false;
  std::string error;    // not empty: the address is none, in Go's words
  std::string useless;  // not empty: why no request can be sent there, in Go's words
};
Address parse_address(const std::string& text);

// What a request for a URL asks for: its path and query, as they stand.
std::string target_of(const std::string& url);

// Everything that may not stand in a URL's path is percent-encoded; '/' stays.
std::string escaped_path(std::string_view path);
// As url.QueryEscape: space is '+'.
std::string escaped_query(std::string_view text);

}  // namespace squall::vault::cli
