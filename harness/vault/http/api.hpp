// Vault's HTTP API over a Core (vault/http/handler.go): methods, paths, bodies and codes in, JSON to the byte
// out. Knows nothing of sockets: the world's network calls handle().
#pragma once
#include "emulator/http/message.hpp"
#include "harness/vault/core/core.hpp"

namespace squall::vault {

struct ApiOptions {
  std::size_t max_request_bytes = 32U << 20;
};

class Api {
 public:
  explicit Api(Core& core, ApiOptions options = {}) : core_(core), options_(options) {}
  // Never throws; what escapes a request is its answer 500.
  world::Task<http::Response> handle(http::Request request);

 private:
  world::Task<http::Response> dispatch(http::Request request);
  // Paths that work while sealed (system_paths.cpp); nothing for others.
  world::Task<std::optional<http::Response>> system_path(std::string path, http::Request request);
  world::Task<http::Response> health(http::Request request);
  world::Task<http::Response> init(http::Request request);
  world::Task<http::Response> unseal(http::Request request);
  world::Task<http::Response> seal_status();
  world::Task<http::Response> leader();
  world::Task<http::Response> seal(http::Request request);
  // Rekeying and root generation (quorum_paths.cpp).
  world::Task<http::Response> quorum_path(std::string path, http::Request request);
  world::Task<http::Response> rekey_init(Rekeying& rekeying, http::Request request);
  world::Task<http::Response> rekey_update(Rekeying& rekeying, http::Request request);
  world::Task<http::Response> rekey_status(Rekeying& rekeying);
  world::Task<http::Response> generate_root(http::Request request, bool update);
  // Everything else: a mount's (logical_paths.cpp).
  world::Task<http::Response> logical(std::string path, http::Request request);

  Core& core_;
  ApiOptions options_;
};

}  // namespace squall::vault
