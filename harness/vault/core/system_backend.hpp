// sys/: the paths that need a token (vault/logical_system.go). Those that work while sealed are in http/.
#pragma once
#include "harness/vault/logical/backend.hpp"

namespace squall::vault {

class Core;

class SystemBackend final : public Backend {
 public:
  explicit SystemBackend(Core& core) : core_(core) {}
  world::Task<Answer> handle(Request request) override;
  bool unauthenticated(const Request& request) const override;
  bool needs_sudo(const Request& request) const override;

 private:
  // system_mounts.cpp
  world::Task<Answer> handle_mounts(Request request, std::string path, bool auth);
  world::Task<Answer> enable(Request request, std::string path, bool auth);
  world::Task<Answer> tune(Request request, std::string path, bool auth);
  world::Task<Answer> visible_mounts(Request request, std::string path);
  // system_backend.cpp
  world::Task<Answer> handle_policies(Request request, std::string name, bool legacy);
  world::Task<Answer> capabilities(Request request, bool self);
  world::Task<Answer> version_history(Request request);
  Answer ha_status() const;
  Answer key_status() const;

  Core& core_;
};

}  // namespace squall::vault
