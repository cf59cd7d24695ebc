// sys/remount (vault/logical_system.go, handleRemount): a mount moves to another path. It is done at once
// here, as it nearly is in Vault, but a client is told so a moment later: it asks for the migration's status.
#include "harness/vault/core/core.hpp"
#include "harness/vault/core/system_backend.hpp"
#include "harness/vault/logical/fields.hpp"

namespace squall::vault {
namespace {

constexpr Duration move_time = 100ms;

struct Place {
  std::string path;  // below its table
  bool auth = false;
};

Place place_of(std::string path, const std::string& field) {
  if (path.empty()) throw LogicalError(400, "invalid " + field + " mount: empty path");
  path = with_slash(path);
  if (path.starts_with("auth/")) return {path.substr(5), true};
  return {path, false};
}

}  // namespace

world::Task<Answer> SystemBackend::remount(Request request) {
  if (!request.writes()) throw unsupported_operation();
  const std::string from = text_field(request.data, "from").value_or("");
  const std::string to = text_field(request.data, "to").value_or("");
  const Place source = place_of(from, "source"), target = place_of(to, "destination");
  if (source.auth != target.auth)
    throw LogicalError(400, source.auth ? "cannot remount auth mount to non-auth mount \"" + to + "\""
                                        : "cannot remount non-auth mount to auth mount \"" + to + "\"");
  const MountTable& table = source.auth ? core_.auth_mounts() : core_.mounts();
  const MountEntry* found = table.find(source.path);
  if (found == nullptr) throw LogicalError(400, "no matching mount at \"" + source.path + "\"");
  if (found->type == "system" || found->type == "token" || found->type == "cubbyhole" ||
      found->type == "identity")
    throw LogicalError(400, "cannot remount \"" + source.path + "\"");
  if (table.conflicts(target.path)) throw LogicalError(400, "path is already in use at " + target.path);
  co_await core_.move_mount(source.path, target.path, source.auth);
  const std::string id = core_.world().entropy.uuid();
  migrations_[id] = {from, to, core_.world().scheduler.now() + move_time};
  Answer answer;
  answer.data = {{"migration_id", id}};
  co_return answer;
}

Answer SystemBackend::remount_status(const Request& request, const std::string& id) const {
  if (request.operation != Operation::read) throw unsupported_operation();
  const auto found = migrations_.find(id);
  if (found == migrations_.end()) throw LogicalError(404, "");
  const Migration& migration = found->second;
  const bool done = core_.world().scheduler.now() >= migration.done;
  Answer answer;
  answer.data = {{"migration_id", id},
                 {"migration_info",
                  {{"source_mount", migration.from},
                   {"target_mount", migration.to},
                   {"status", done ? "success" : "in-progress"}}}};
  return answer;
}

}  // namespace squall::vault
