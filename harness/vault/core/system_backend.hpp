// sys/: the paths that need a token (vault/logical_system.go). Those that work while sealed are in http/.
#pragma once
#include <map>

#include "harness/vault/logical/backend.hpp"

namespace squall::vault {

class Core;
struct MountEntry;

// What "user_lockout_config" asks of a mount (system_lockout.cpp). Throws LogicalError.
void tune_lockout(const Json& config, MountEntry& entry);

class SystemBackend final : public Backend {
 public:
  explicit SystemBackend(Core& core) : core_(core) {}
  world::Task<Answer> handle(Request request) override;
  bool unauthenticated(const Request& request) const override;
  bool needs_sudo(const Request& request) const override;
  world::Task<std::optional<bool>> exists(Request request) override;
  std::optional<Schema> schema(const Request& request) const override;  // system_schema.cpp

 private:
  // system_mounts.cpp
  world::Task<Answer> handle_mounts(Request request, std::string path, bool auth);
  world::Task<Answer> enable(Request request, std::string path, bool auth);
  world::Task<Answer> tune(Request request, std::string path, bool auth);  // system_tune.cpp
  world::Task<Answer> visible_mounts(Request request, std::string path);
  // system_backend.cpp
  world::Task<Answer> handle_policies(Request request, std::string name, bool legacy);
  world::Task<Answer> capabilities(Request request, std::string path);
  world::Task<Answer> version_history(Request request);
  // system_audit.cpp
  world::Task<Answer> handle_audit(Request request, std::string path);
  Answer audit_hash(const Request& request, const std::string& path) const;
  // system_lockout.cpp
  world::Task<Answer> locked_users(Request request, std::string rest);
  // system_raw.cpp
  std::optional<std::string> raw_path(const Request& request) const;  // nothing for other paths
  world::Task<std::optional<std::string>> raw_value(std::string path);
  world::Task<Answer> handle_raw(Request request, std::string path);
  // system_remount.cpp
  world::Task<Answer> remount(Request request);
  Answer remount_status(const Request& request, const std::string& id) const;
  Answer ha_status() const;
  Answer key_status() const;

  struct Migration {
    std::string from, to;
    Time done;
  };
  Core& core_;
  std::map<std::string, Migration> migrations_;  // by id
};

}  // namespace squall::vault
