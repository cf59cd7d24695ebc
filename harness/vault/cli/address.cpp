#include "harness/vault/cli/address.hpp"

#include <cctype>
#include <charconv>

#include "emulator/base/ascii.hpp"
#include "harness/vault/cli/table.hpp"
#include "harness/vault/cli/value.hpp"

namespace squall::vault::cli {

namespace {

std::string escaped(std::string_view text, std::string_view kept, bool plus_for_space) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && (std::isalnum(byte) || std::string_view("-_.~").find(c) != std::string_view::npos ||
                        kept.find(c) != std::string_view::npos)) {
      out += c;
    } else if (c == ' ' && plus_for_space) {
      out += '+';
    } else {
      out += std::string("%") + digits[byte >> 4u] + digits[byte & 15u];
    }
  }
  return out;
}

bool is_scheme(std::string_view text) {
  if (text.empty() || !std::isalpha(static_cast<unsigned char>(text[0]))) return false;
  for (const char c : text) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '+' && c != '-' && c != '.') return false;
  }
  return true;
}

Address failed(const std::string& text, const std::string& reason) {
  Address address;
  address.error = "parse " + quoted(text) + ": " + reason;
  return address;
}

// The host and the port of an authority; answers what is wrong with them.
std::string take_authority(Address& address) {
  if (address.authority.find('@') != std::string::npos)
    return "the Squall stand-in takes no user in an address";
  address.host = address.authority;
  address.port = address.scheme == "https" ? 443 : 80;
  const auto bracket = address.host.rfind(']');
  const auto colon = address.host.rfind(':');
  if (colon != std::string::npos && (bracket == std::string::npos || colon > bracket)) {
    address.names_port = true;
    const std::string digits = address.host.substr(colon + 1);
    address.host.resize(colon);
    if (digits.find_first_not_of("0123456789") != std::string::npos)
      return "invalid port " + quoted(":" + digits) + " after host";
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
    if (!digits.empty() && error != std::errc())
      address.useless = "dial tcp: address " + digits + ": invalid port";
  }
  if (address.host.find(' ') != std::string::npos) return "invalid character \" \" in host name";
  if (address.host.starts_with('[') && address.host.ends_with(']'))
    address.host = address.host.substr(1, address.host.size() - 2);
  return {};
}

}  // namespace

// Queries and fragments are for nothing: every request has its own.
Address parse_address(const std::string& text) {
  std::string rest = text.substr(0, text.find('#'));
  rest = rest.substr(0, rest.find('?'));
  const auto colon = rest.find(':');
  if (colon == 0) return failed(text, "missing protocol scheme");
  Address address;
  const bool has_scheme = colon != std::string::npos && is_scheme(std::string_view(rest).substr(0, colon));
  if (has_scheme) {
    address.scheme = base::ascii_lower(rest.substr(0, colon));
    rest.erase(0, colon + 1);
  } else if (!rest.starts_with('/') && colon < rest.find('/')) {
    return failed(text, "first path segment in URL cannot contain colon");
  }
  if (address.scheme == "unix") return failed(text, "the Squall stand-in takes no Unix socket's address");
  if (rest.starts_with("//")) {
    const auto slash = rest.find('/', 2);
    address.authority = rest.substr(2, slash == std::string::npos ? slash : slash - 2);
    rest = slash == std::string::npos ? "" : rest.substr(slash);
    if (const std::string wrong = take_authority(address); !wrong.empty()) return failed(text, wrong);
  } else if (has_scheme && !rest.starts_with('/')) {
    rest.clear();  // "localhost:8200": a scheme, and what Go calls opaque
  }
  address.path = rest;
  while (address.path.ends_with('/')) address.path.pop_back();
  if (address.scheme != "http" && address.scheme != "https") {
    address.useless = "unsupported protocol scheme " + quoted(address.scheme);
  } else if (address.host.empty()) {
    address.useless = "http: no Host in request URL";
  }
  return address;
}

std::string target_of(const std::string& url) {
  const std::string rest = url.substr(0, url.find('#'));
  const auto authority = rest.find("//");
  const auto start = rest.find_first_of("/?", authority == std::string::npos ? 0 : authority + 2);
  if (start == std::string::npos) return "/";
  return (rest[start] == '?' ? "/" : "") + rest.substr(start);
}

std::string escaped_path(std::string_view path) { return escaped(path, "/$&+,:;=@", false); }

std::string escaped_query(std::string_view text) { return escaped(text, "", true); }

}  // namespace squall::vault::cli
