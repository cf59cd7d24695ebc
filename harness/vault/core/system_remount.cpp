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
  std::string whole() const { return (auth ? "auth/" : "") + path; }
};

// What may not move, and where nothing may.
void check_places(const Place& source, const Place& target) {
  if (source.auth && !target.auth)
    throw LogicalError(400, "cannot remount auth mount to non-auth mount \"" + target.path + "\"");
  const auto kept = [](const Place& place) {
    if (place.auth) return place.path.starts_with("token/");
    for (const char* path : {"audit/", "auth/", "sys/", "cubbyhole/", "identity/"})
      if (place.path.starts_with(path)) return true;
    return false;
  };
  if (kept(source)) throw LogicalError(400, "cannot remount \"" + source.whole() + "\"");
  if (!source.auth && (target.auth || kept(target)))
    throw LogicalError(400, "cannot remount to destination " + target.whole());
  if (kept(target)) throw LogicalError(400, "cannot remount to destination \"" + target.whole() + "\"");
}

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
  check_places(source, target);
  const MountTable& table = source.auth ? core_.auth_mounts() : core_.mounts();
  const MountEntry* found = table.find(source.path);
  if (found == nullptr) throw LogicalError(400, "no matching mount at \"" + source.whole() + "\"");
  for (const MountEntry& each : table.entries())
    if (each.path.starts_with(target.path) || target.path.starts_with(each.path))
      throw LogicalError(400, "path already in use at \"" + Place{each.path, source.auth}.whole() + "\"");
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
