// Parts of the addresses in a server's configuration.
#pragma once
#include <string>

namespace squall::vault {

// "127.0.0.1" and 8200 of "127.0.0.1:8200"; -1 for what is no port.
std::string host_of(const std::string& address);
int port_of(const std::string& address);
// The cluster's address where only the API's is given: the next port, with https (server.go
// findClusterAddress). Empty for an address without a scheme.
std::string cluster_address_of(const std::string& api_address);
// What Go's url.ParseRequestURI asks for.
bool has_scheme(const std::string& address);

}  // namespace squall::vault
