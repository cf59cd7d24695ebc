// The network as programs of one guest see it: a name in the guest's /etc/hosts goes before what the world's
// resolver says (nsswitch.conf: "hosts: files dns").
#pragma once
#include "emulator/world/disk.hpp"
#include "emulator/world/network.hpp"

namespace squall::guest {

// The address that a hosts(5) file gives a name or an alias; empty when it has none.
std::string address_in_hosts(const std::string& hosts_file, const std::string& name);

class GuestNetwork final : public world::Network {
 public:
  // `unknown` is told each name that did not resolve.
  GuestNetwork(world::Network& network, world::Disk& disk, std::function<void(const std::string&)> unknown)
      : network_(network), disk_(disk), unknown_(std::move(unknown)) {}

  world::Task<world::Reply> send(world::Call call) override;
  world::Task<std::optional<world::NetError>> connect(std::string host, std::uint16_t port,
                                                      Duration timeout) override;
  world::Task<std::optional<world::NetError>> echo(std::string host, Duration timeout) override;
  std::optional<std::string> resolve(const std::string& name) override;
  std::unique_ptr<Listener> listen(world::ListenOptions options, world::Handler handler) override {
    return network_.listen(std::move(options), std::move(handler));
  }
  std::vector<std::pair<std::string, std::uint16_t>> listening() override { return network_.listening(); }

 private:
  std::string local_address_of(const std::string& name);

  world::Network& network_;
  world::Disk& disk_;
  std::function<void(const std::string&)> unknown_;
};

}  // namespace squall::guest
