// Where the server listens (internalshared/listenerutil, command/server/listener_tcp.go).
#pragma once
#include <memory>

#include "harness/program/program.hpp"
#include "harness/vault/config/server_config.hpp"

namespace squall::vault {

// Throws std::runtime_error in Go's words: an address that is none, a certificate that cannot be loaded.
std::unique_ptr<world::Network::Listener> open_listener(program::Context& context,
                                                        const ListenerConfig& listener,
                                                        world::Handler handler);

// The address of cluster traffic where a listener names none: the next port of the address it is bound to.
std::string port_beside(program::Context& context, const std::string& address);

}  // namespace squall::vault
