// What is mounted at a path: a secrets engine or an auth method (vault/sdk/logical/logical.go).
#pragma once
#include "emulator/world/entropy.hpp"
#include "emulator/world/scheduler.hpp"
#include "harness/vault/barrier/barrier.hpp"
#include "harness/vault/logical/lease_ttl.hpp"
#include "harness/vault/logical/schema.hpp"

namespace squall::vault {

class Backend {
 public:
  virtual ~Backend() = default;
  // Throws LogicalError. `request.mount` is set, and the token's rights have been checked.
  virtual world::Task<Answer> handle(Request request) = 0;
  // Whether a write to that path creates or updates (which capability it needs); nothing: it always updates.
  virtual world::Task<std::optional<bool>> exists(Request) { co_return std::nullopt; }
  // What the request may hold, where Vault's framework looks at it before the handler does.
  virtual std::optional<Schema> schema(const Request&) const { return std::nullopt; }
  virtual bool unauthenticated(const Request&) const { return false; }
  virtual bool needs_sudo(const Request&) const { return false; }
};

// What backends are built from.
struct BackendWorld {
  world::Scheduler& scheduler;
  world::Entropy& entropy;
  LeaseTtls leases = {};
};

}  // namespace squall::vault
