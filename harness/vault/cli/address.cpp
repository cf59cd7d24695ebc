#include "harness/vault/cli/address.hpp"

#include <cctype>
#include <charconv>

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

}  // namespace

Address parse_address(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == 0) return failed(text, "missing protocol scheme");
  if (colon == std::string::npos || !is_scheme(std::string_view(text).substr(0, colon))) {
    const bool colon_in_first_segment = colon != std::string::npos && colon < text.find('/');
    return failed(text, colon_in_first_segment ? "first path segment in URL cannot contain colon"
                                               : "the address names no scheme (http:// or https://)");
  }
  Address address;
  address.scheme = lower_case(text.substr(0, colon));
  if (address.scheme != "http" && address.scheme != "https") {
    return failed(text, "unsupported protocol scheme " + quoted(address.scheme));
  }
  std::string rest = text.substr(colon + 1);
  if (!rest.starts_with("//")) return failed(text, "no host in the address");
  rest.erase(0, 2);
  const auto slash = rest.find('/');
  address.authority = rest.substr(0, slash);
  if (slash != std::string::npos) address.path = rest.substr(slash);
  while (address.path.ends_with('/')) address.path.pop_back();

  address.host = address.authority;
  address.port = address.scheme == "https" ? 443 : 80;
  const auto bracket = address.host.rfind(']');
  const auto port_colon = address.host.rfind(':');
  if (port_colon != std::string::npos && (bracket == std::string::npos || port_colon > bracket)) {
    const std::string digits = address.host.substr(port_colon + 1);
    address.host.resize(port_colon);
    if (!digits.empty()) {
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
      if (error != std::errc() || end != digits.data() + digits.size()) {
        return failed(text, "invalid port " + quoted(":" + digits) + " after host");
      }
    }
  }
  if (address.host.starts_with('[') && address.host.ends_with(']')) {
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  if (address.host.empty()) return failed(text, "no host in the address");
  return address;
}

std::string escaped_path(std::string_view path) { return escaped(path, "/$&+,:;=@", false); }

std::string escaped_query(std::string_view text) { return escaped(text, "", true); }

}  // namespace squall::vault::cli
