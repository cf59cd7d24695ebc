#include "harness/vault/server/listeners.hpp"

#include <array>

#include "harness/vault/go/tls_problem.hpp"
#include "harness/vault/server/addresses.hpp"

namespace squall::vault {
namespace {

// The address of a host; empty for a name that stands for none.
std::string literal_host(program::Context& context, const std::string& host) {
  if (host.find_first_not_of("0123456789.") == std::string::npos) return host;
  if (host == "localhost") return "127.0.0.1";
  return context.network().resolve(host).value_or("");
}

// A host as the world listens on it: a literal IPv4 address, or "0.0.0.0" for every one.
std::string bound_host(program::Context& context, const std::string& host) {
  if (host.empty() || host == "[::]") return "0.0.0.0";
  if (host.starts_with('['))
    throw std::runtime_error("the Squall stand-in does not listen on the IPv6 address " + host);
  if (const std::string literal = literal_host(context, host); !literal.empty()) return literal;
  throw std::runtime_error("listen tcp: lookup " + host + ": no such host");
}

std::uint16_t bound_port(const std::string& address) {
  if (address.find(':') == std::string::npos)
    throw std::runtime_error("listen tcp: address " + address + ": missing port in address");
  const std::string text = address.substr(address.rfind(':') + 1);
  const int port = port_of(address);
  if (text.find_first_not_of("0123456789") != std::string::npos)
    throw std::runtime_error("listen tcp: lookup tcp/" + text + ": unknown port");
  if (port < 0 || port > 65535) throw std::runtime_error("listen tcp: address " + text + ": invalid port");
  return static_cast<std::uint16_t>(port);
}

std::string tls_file(program::Context& context, const std::string& path, const std::string& what) {
  const std::optional<std::string> text =
      path.empty() ? std::nullopt : context.disk().read(context.resolve(path));
  if (!text) throw std::runtime_error(what + "open " + path + ": no such file or directory");
  return *text;
}

// Its place among the versions; -1 for another text.
int tls_version(const std::string& name) {
  constexpr std::array<std::string_view, 4> names = {"tls10", "tls11", "tls12", "tls13"};
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == name) return static_cast<int>(i);
  return -1;
}

void check_tls_versions(const ListenerConfig& listener) {
  const std::string least = listener.tls_min_version.empty() ? "tls12" : listener.tls_min_version;
  const std::string most = listener.tls_max_version.empty() ? "tls13" : listener.tls_max_version;
  for (const auto& [field, value] : {std::pair{"tls_min_version", least}, std::pair{"tls_max_version", most}})
    if (tls_version(value) < 0)
      throw std::runtime_error(std::string("'") + field + "' value \"" + value +
                               "\" not supported, please specify one of [tls10,tls11,tls12,tls13]");
  if (tls_version(most) < tls_version(least))
    throw std::runtime_error("'tls_max_version' must be greater than or equal to 'tls_min_version'");
}

void check_proxy_protocol(const std::string& behavior) {
  if (behavior.empty() || behavior == "use_always" || behavior == "allow_authorized" ||
      behavior == "deny_unauthorized")
    return;
  throw std::runtime_error(
      "failed configuring PROXY protocol wrapper: unknown behavior type for proxy proto config");
}

}  // namespace

std::unique_ptr<world::Network::Listener> open_listener(program::Context& context,
                                                        const ListenerConfig& listener,
                                                        world::Handler handler) {
  world::ListenOptions options;
  options.port = bound_port(listener.address);
  options.address = bound_host(context, host_of(listener.address));
  check_proxy_protocol(listener.proxy_protocol_behavior);
  if (!listener.tls_disable) {
    options.certificate_pem = tls_file(context, listener.tls_cert_file, "error loading TLS cert: ");
    options.key_pem = tls_file(context, listener.tls_key_file, "error loading TLS cert: ");
    if (const std::string problem = go_key_pair_problem(options.certificate_pem, options.key_pem);
        !problem.empty())
      throw std::runtime_error("error loading TLS cert: " + problem);
    check_tls_versions(listener);
    if (listener.tls_require_client_certificate)
      options.client_ca_pem =
          tls_file(context, listener.tls_client_ca_file, "failed to read tls_client_ca_file: ");
  }
  return context.network().listen(std::move(options), std::move(handler));
}

std::string port_beside(program::Context& context, const std::string& address) {
  std::string host = host_of(address);
  if (host.empty()) host = "[::]";
  if (!host.starts_with('[')) host = literal_host(context, host);
  return next_port(host + address.substr(std::min(address.rfind(':'), address.size())));
}

}  // namespace squall::vault
