#include "harness/vault/server/addresses.hpp"

#include <algorithm>
#include <cctype>

namespace squall::vault {

std::string host_of(const std::string& address) { return address.substr(0, address.rfind(':')); }
int port_of(const std::string& address) {
  const std::string text = address.substr(address.rfind(':') + 1);
  if (text.empty() || text.size() > 5 || text.find_first_not_of("0123456789") != std::string::npos) return -1;
  return std::stoi(text);
}

bool has_scheme(const std::string& address) {
  const std::size_t colon = address.find(':');
  if (address.starts_with('/')) return true;
  if (colon == 0 || colon == std::string::npos) return false;
  return std::isalpha(static_cast<unsigned char>(address[0])) != 0 &&
         std::all_of(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '-' || c == '.';
         });
}

namespace {

// The next port of an API address, always by TLS; 443 counts where it names none.
std::string synthesized(const std::string& api_address) {
  if (!has_scheme(api_address))
    throw std::runtime_error("Error parsing synthesized cluster address " + api_address + ": parse \"" +
                             api_address + "\": invalid URI for request");
  const std::size_t scheme = api_address.find("://");
  if (scheme == std::string::npos) return {};
  const std::string rest = api_address.substr(scheme + 3);
  const std::string authority = rest.substr(0, rest.find('/'));
  const std::string path = rest.substr(authority.size());
  const bool has_port = authority.find(':') != std::string::npos;
  const std::string host = has_port ? host_of(authority) : authority;
  const std::string text = has_port ? authority.substr(host.size() + 1) : "443";
  const int port = has_port ? port_of(authority) : 443;
  if (port < 0)
    throw std::runtime_error("Error parsing synthesized cluster address " + api_address + ": parse \"" +
                             api_address + "\": invalid port \":" + text + "\" after host");
  return "https://" + host + ":" + std::to_string(port + 1) + path;
}

}  // namespace

std::string cluster_address(const ServerConfig& config, const std::string& api_address) {
  // Without HA the configuration's cluster_addr is passed over.
  const bool has_ha = config.storage && config.storage->type == "raft";
  const bool given = !config.cluster_addr.empty() && (has_ha || config.cluster_addr_of_environment);
  if (!given && api_address.empty()) return {};
  std::string address = given ? config.cluster_addr : synthesized(api_address);
  if (address == api_address)
    throw std::runtime_error("Address \"" + address + "\" used for both API and cluster addresses");
  if (!address.empty() && !has_scheme(address))
    throw std::runtime_error("Error parsing cluster address " + address + ": parse \"" + address +
                             "\": invalid URI for request");
  if (address.starts_with("http://")) address.insert(4, "s");
  return address;
}

}  // namespace squall::vault
