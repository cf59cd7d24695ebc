// The addresses that a server tells others, and parts of addresses.
#pragma once
#include <string>

#include "harness/vault/config/server_config.hpp"

namespace squall::vault {

// "127.0.0.1" and 8200 of "127.0.0.1:8200"; -1 for what is no port.
std::string host_of(const std::string& address);
int port_of(const std::string& address);
// What Go's url.ParseRequestURI asks for.
bool has_scheme(const std::string& address);

// The cluster's address (server.go findClusterAddress): the one given, where it counts, or the API's next
// port, by https. Empty where there is neither. Throws std::runtime_error in Vault's words.
std::string cluster_address(const ServerConfig& config, const std::string& api_address);

}  // namespace squall::vault
