// VAULT_ADDR taken apart as Go's net/url does it, and URLs put together as it prints them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace squall::vault::cli {

struct Address {
  std::string scheme;     // "http" or "https"
  std::string host;       // without port and brackets
  std::string authority;  // as given: "127.0.0.1:8200"
  std::string path;       // "" or "/prefix"
  std::uint16_t port = 0;
  std::string error;  // not empty: the address is none, in Go's words
};
Address parse_address(const std::string& text);

// Everything that may not stand in a URL's path is percent-encoded; '/' stays.
std::string escaped_path(std::string_view path);
// As url.QueryEscape: space is '+'.
std::string escaped_query(std::string_view text);

}  // namespace squall::vault::cli
