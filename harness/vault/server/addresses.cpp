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

std::string cluster_address_of(const std::string& api_address) {
  const std::size_t scheme = api_address.find("://");
  if (scheme == std::string::npos) return {};
  const std::string rest = api_address.substr(scheme + 3);
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string::npos)
    return "https://" + rest + (api_address.starts_with("https") ? ":444" : ":81");
  return "https://" + rest.substr(0, colon + 1) + std::to_string(port_of(rest) + 1);
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

}  // namespace squall::vault
