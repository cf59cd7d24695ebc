// See web.hpp.
#include "harness/guest/commands/web.hpp"

#include <charconv>
#include <sstream>

#include "harness/guest/commands/package_tools.hpp"

namespace squall::guest {
namespace {

bool default_port(const Url& url) { return url.port == (url.scheme == "https" ? 443 : 80); }

bool read_port(std::string_view text, std::uint16_t& port) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port > 0;
}

// "10.0.0.1,.internal,example.com" or "*": the host itself, or a name in that domain.
bool is_exempt(const std::string& host, const std::string& list) {
  std::istringstream words(list);
  for (std::string word; std::getline(words, word, ',');) {
    std::erase(word, ' ');
    if (word == "*" || word == host) return true;
    if (word.starts_with('.')) word.erase(0, 1);
    if (!word.empty() && (word == host || host.ends_with("." + word))) return true;
  }
  return false;
}

}  // namespace

std::string environment_proxy(program::Context& context, const Url& url, const std::string& no_proxy) {
  // HTTP_PROXY is what a web server may have from a client, and not looked at.
  const Words names = url.scheme == "http" ? Words{"http_proxy", "all_proxy", "ALL_PROXY"}
                                           : Words{"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
  const std::string exempt =
      no_proxy.empty() ? context.env("no_proxy", context.env("NO_PROXY", "")) : no_proxy;
  if (is_exempt(url.host, exempt)) return "";
  for (const std::string& name : names)
    if (std::string proxy = context.env(name, ""); !proxy.empty()) return proxy + " of " + name;
  return "";
}

std::string Url::text() const { return scheme + "://" + host_header(*this) + target; }

std::string host_header(const Url& url) {
  std::string host = url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
  return default_port(url) ? host : host + ":" + std::to_string(url.port);
}

std::string remote_name(const Url& url) {
  std::string path = url.target.substr(0, url.target.find('?'));
  return path.substr(path.find_last_of('/') + 1);
}

std::optional<Url> parse_url(const std::string& text) {
  Url url;
  std::string rest = text.substr(0, text.find('#'));
  std::size_t scheme_end = rest.find("://");
  if (scheme_end != std::string::npos) {
    url.scheme = rest.substr(0, scheme_end);
    for (char& letter : url.scheme)
      if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    rest.erase(0, scheme_end + 3);
  }
  if (url.scheme == "https") url.port = 443;
  std::size_t host_end = rest.find_first_of("/?");
  std::string authority = rest.substr(0, host_end);
  if (host_end != std::string::npos) url.target = rest.substr(host_end);
  if (url.target[0] == '?') url.target.insert(0, "/");
  if (std::size_t at = authority.rfind('@'); at != std::string::npos) {
    url.user_info = authority.substr(0, at);
    authority.erase(0, at + 1);
  }
  if (authority.starts_with('[')) {
    std::size_t close = authority.find(']');
    if (close == std::string::npos) return {};
    url.host = authority.substr(1, close - 1);
    authority.erase(0, close + 1);
    if (!authority.empty() && (authority[0] != ':' || !read_port(authority.substr(1), url.port))) return {};
  } else {
    std::size_t colon = authority.find(':');
    url.host = authority.substr(0, colon);
    if (colon != std::string::npos && colon + 1 < authority.size() &&
        !read_port(authority.substr(colon + 1), url.port))
      return {};
  }
  bool bad = url.host.empty() || url.target.find_first_of(" \t\r\n") != std::string::npos ||
             url.host.find_first_of(" \t\r\n<>\"\\^`{|}") != std::string::npos;
  if (bad) return {};
  return url;
}

std::optional<Url> follow(const Url& from, const std::string& location) {
  if (location.find("://") != std::string::npos) return parse_url(location);
  if (location.starts_with("//")) return parse_url(from.scheme + ":" + location);
  Url next = from;
  if (location.starts_with('/')) {
    next.target = location;
  } else {
    std::string path = from.target.substr(0, from.target.find('?'));
    next.target = path.substr(0, path.find_last_of('/') + 1) + location;
  }
  return next;
}

std::optional<std::string> read_certificates(program::Context& context, const std::string& path) {
  std::string resolved = context.resolve(path);
  if (auto content = context.disk().list(resolved); !content.empty()) {
    std::string all;
    for (const std::string& name : content)
      if (!name.ends_with('/')) all += context.disk().read(resolved + "/" + name).value_or("");
    return all;
  }
  return context.disk().read(resolved);
}

std::string added_certificates(program::Context& context) {
  std::string all;
  for (const char* bundle : {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"})
    all += context.disk().read(bundle).value_or("");
  return all;
}

}  // namespace squall::guest
