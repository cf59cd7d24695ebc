#include "harness/guest/guest_network.hpp"

#include <sstream>

namespace squall::guest {

std::string address_in_hosts(const std::string& hosts_file, const std::string& name) {
  std::istringstream lines(hosts_file);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string address, word;
    words >> address;
    // Of a name with addresses of both kinds IPv4's is taken: this world's hosts have no other.
    if (address.find(':') != std::string::npos) continue;
    while (words >> word)
      if (word == name) return address;
  }
  return {};
}

std::string GuestNetwork::local_address_of(const std::string& name) {
  std::string hosts = disk_.read("/etc/hosts").value_or("");
  if (name.empty() || hosts.find(name) == std::string::npos) return {};  // nearly all are none of them
  return address_in_hosts(hosts, name);
}

world::Task<world::Reply> GuestNetwork::send(world::Call call) {
  std::string address = local_address_of(call.host);
  if (!address.empty()) {
    // The certificate is still to be for the name.
    if (call.tls.server_name.empty()) call.tls.server_name = call.host;
    call.host = std::move(address);
  }
  std::string name = call.host;
  world::Reply reply = co_await network_.send(std::move(call));
  const auto* error = std::get_if<world::NetError>(&reply);
  if (error != nullptr && error->fault == world::NetFault::name_not_found) unknown_(name);
  co_return reply;
}

world::Task<std::optional<world::NetError>> GuestNetwork::connect(std::string host, std::uint16_t port,
                                                                  Duration timeout) {
  std::string address = local_address_of(host);
  return network_.connect(address.empty() ? std::move(host) : std::move(address), port, timeout);
}

world::Task<std::optional<world::NetError>> GuestNetwork::echo(std::string host, Duration timeout) {
  std::string address = local_address_of(host);
  return network_.echo(address.empty() ? std::move(host) : std::move(address), timeout);
}

std::optional<std::string> GuestNetwork::resolve(const std::string& name) {
  std::string address = local_address_of(name);
  return address.empty() ? network_.resolve(name) : address;
}

}  // namespace squall::guest
