// What curl and wget share: addresses, and certificates from the guest's disk.
#pragma once
#include <optional>
#include <string>

#include "harness/program/program.hpp"

namespace squall::guest {

struct Url {
  std::string scheme = "http", user_info, host, target = "/";
  std::uint16_t port = 80;
  std::string text() const;  // as a whole, without user information
};
// "10.0.0.1/latest", "http://h:8080/x?y", "https://user:secret@h". Nothing for what is none; a fragment is
// cut off.
std::optional<Url> parse_url(const std::string& text);
// The address that a Location header means.
std::optional<Url> follow(const Url& from, const std::string& location);
// The request's Host header: with the port unless it is the scheme's own.
std::string host_header(const Url& url);
// The last part of the path; empty when there is none.
std::string remote_name(const Url& url);

// Certificates of a file, or of the files in a directory; nothing if it cannot be read.
std::optional<std::string> read_certificates(program::Context& context, const std::string& path);
// What the system trusts beside public authorities: certificates that update-ca-certificates or
// update-ca-trust added.
std::string added_certificates(program::Context& context);

// The proxy that the environment asks for on the way to this address (http_proxy, https_proxy, all_proxy), as
// "http://p:3128 of https_proxy"; empty: none. `no_proxy`: instead of the variable of that name, unless
// empty.
std::string environment_proxy(program::Context& context, const Url& url, const std::string& no_proxy = {});

}  // namespace squall::guest
