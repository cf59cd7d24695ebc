// Mounting, unmounting and finding secrets engines and auth methods (vault/mount.go, vault/auth.go,
// vault/router.go).
#include <algorithm>

#include "harness/vault/core/core.hpp"
#include "harness/vault/core/system_backend.hpp"
#include "harness/vault/logical/cubbyhole.hpp"
#include "harness/vault/logical/kv1.hpp"
#include "harness/vault/logical/kv2.hpp"
#include "harness/vault/logical/userpass.hpp"

namespace squall::vault {
namespace {

// Engines and methods that Vault has and the stand-in has not.
constexpr std::string_view other_engines[] = {
    "ad",       "alicloud",   "aws",       "azure",        "consul", "database", "gcp",
    "gcpkms",   "kubernetes", "ldap",      "mongodbatlas", "nomad",  "openldap", "pki",
    "rabbitmq", "ssh",        "terraform", "totp",         "transit"};
constexpr std::string_view other_methods[] = {
    "alicloud", "approle",  "aws",        "azure", "centrify", "cert", "cf",   "gcp",   "github",
    "jwt",      "kerberos", "kubernetes", "ldap",  "oci",      "oidc", "okta", "radius"};

class EmptyBackend final : public Backend {  // mounted, and serves nothing: identity/
  world::Task<Answer> handle(Request) override { throw unsupported_path(); }
};

template <class List>
bool holds(const List& list, const std::string& name) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

void check_type(const std::string& type, bool auth) {
  if (auth ? type == "userpass" : type == "kv") return;
  if (auth ? holds(other_methods, type) : holds(other_engines, type))
    throw LogicalError(400, "the Squall stand-in does not serve the " +
                                std::string(auth ? "auth method" : "secrets engine") + " \"" + type + "\"");
  throw LogicalError(400, "plugin not found in the catalog: " + type);
}

std::string version_option(const MountEntry& entry) {
  return entry.options.is_object() ? entry.options.value("version", "") : "";
}

bool is_kv2(const MountEntry& entry) { return entry.type == "kv" && version_option(entry) == "2"; }

// What may not be mounted, and where nothing may (protectedMounts, singletonMounts).
void check_place(const MountEntry& entry, bool auth) {
  if (auth) {
    if (entry.path == "/") throw LogicalError(400, "backend path must be specified");
    return;
  }
  for (const char* kept : {"audit/", "auth/", "sys/", "cubbyhole/", "identity/"})
    if (entry.path.starts_with(kept)) throw LogicalError(400, "cannot mount \"" + entry.path + "\"");
  for (const char* single : {"cubbyhole", "system", "token", "identity"})
    if (entry.type == single)
      throw LogicalError(400, "mount type of \"" + entry.type + "\" is not mountable");
}

}  // namespace

LeaseTtls Core::leases_of(const MountEntry& entry) const {
  LeaseTtls leases = config_.leases;
  if (entry.default_lease_ttl_s != 0) leases.default_s = entry.default_lease_ttl_s;
  if (entry.max_lease_ttl_s != 0) leases.max_s = entry.max_lease_ttl_s;
  return leases;
}

std::unique_ptr<Backend> Core::make_backend(const MountEntry& entry, bool auth) {
  const BackendWorld backend_world{world_.scheduler, world_.entropy, leases_of(entry)};
  if (!auth && entry.type == "system") return std::make_unique<SystemBackend>(*this);
  if (auth && entry.type == "token")
    return std::make_unique<TokenBackend>(tokens_, policies_, backend_world, world_.log.named("expiration"));
  const View view(barrier_, (auth ? "auth/" : "logical/") + entry.uuid + "/");
  if (!auth && entry.type == "cubbyhole") return std::make_unique<CubbyholeBackend>(view, tokens_);
  if (auth && entry.type == "userpass")
    return std::make_unique<UserpassBackend>(view, tokens_, backend_world,
                                             UserpassMount{entry.token_type, entry.accessor, user_lockouts_,
                                                           config_.lockout.tuned(entry.user_lockout)});
  if (is_kv2(entry))
    return std::make_unique<Kv2Backend>(View(barrier_, "logical/" + entry.uuid + "/" + entry.uuid + "/"),
                                        backend_world);
  if (entry.type == "kv") return std::make_unique<Kv1Backend>(view, backend_world.leases.default_s);
  return std::make_unique<EmptyBackend>();
}

world::Task<> Core::load_mounts() {
  backends_.clear();
  const bool stored = co_await mounts_.load();
  if (!stored) {
    log_.info("no mounts; adding default mount table");
    co_await mounts_.add_defaults();
  }
  const bool auth_stored = co_await auth_mounts_.load();
  if (!auth_stored) co_await auth_mounts_.add_defaults();
  for (const MountEntry& entry : mounts_.entries())
    if (is_kv2(entry)) co_await upgrade_kv(entry);
  install_backends();
}

View Core::cubbyhole() { return {barrier_, "logical/" + mounts_.find("cubbyhole/")->uuid + "/"}; }

void Core::install_backends() {
  tokens_.when_erased([this](std::string name) -> world::Task<> {
    const View view(barrier_, "logical/" + mounts_.find("cubbyhole/")->uuid + "/" + name + "/");
    co_await view.clear();
  });
  for (const MountTable* table : {&mounts_, &auth_mounts_}) {
    for (const MountEntry& entry : table->entries()) {
      backends_[(table->auth() ? "auth/" : "") + entry.path] = make_backend(entry, table->auth());
      log_.info("successfully mounted",
                {{"type", entry.type, {}},
                 {"version", entry.running_version(), {}},
                 {"path", entry.path, {}},
                 {"namespace", "ID: root. Path: ", R"({"id":"root","path":"","custom_metadata":{}})"}});
    }
  }
}

world::Task<> Core::mount(MountEntry entry, bool auth) {
  check_place(entry, auth);
  MountTable& table = auth ? auth_mounts_ : mounts_;
  for (const MountEntry& each : table.entries())
    if (each.path.starts_with(entry.path) || entry.path.starts_with(each.path))
      throw LogicalError(400, "path is already in use at " + each.path);
  if (auth && entry.type == "token")
    throw LogicalError(400, "token credential backend cannot be instantiated");
  check_type(entry.type, auth);
  const std::string version = version_option(entry);
  if (entry.type == "kv" && version != "" && version != "1" && version != "2")
    throw LogicalError(400, "nil backend of type \"kv\" returned from factory");
  const MountEntry added = co_await table.add(std::move(entry));
  backends_[(auth ? "auth/" : "") + added.path] = make_backend(added, auth);
  if (auth) {
    log_.info("enabled credential backend",
              {{"path", added.path, {}}, {"type", added.type, {}}, {"version", "", {}}});
  } else {
    log_.info(
        "successful mount",
        {{"namespace", "", {}}, {"path", added.path, {}}, {"type", added.type, {}}, {"version", "", {}}});
  }
}

world::Task<> Core::unmount(std::string path, bool auth) {
  MountTable& table = auth ? auth_mounts_ : mounts_;
  const MountEntry* found = table.find(path);
  if (found == nullptr) co_return;
  if (found->type == "system" || found->type == "token" || found->type == "cubbyhole" ||
      found->type == "identity")
    throw LogicalError(400, std::string(auth ? "token credential backend cannot be disabled"
                                             : "cannot unmount \"" + path + "\""));
  const MountEntry entry = *found;
  backends_.erase((auth ? "auth/" : "") + path);
  if (auth) co_await tokens_.revoke_prefix("auth/" + path);
  const View view(barrier_, (auth ? "auth/" : "logical/") + entry.uuid + "/");
  co_await view.clear();
  co_await table.remove(path);
  if (auth) {
    log_.info("disabled credential backend", {{"path", "auth/" + path, {}}});
  } else {
    log_.info("successfully unmounted", {{"path", path, {}}, {"namespace", "", {}}});
  }
}

world::Task<> Core::move_mount(std::string from, std::string to, bool auth) {
  MountTable& table = auth ? auth_mounts_ : mounts_;
  const std::string prefix = auth ? "auth/" : "";
  if (auth) co_await tokens_.revoke_prefix(prefix + from);
  co_await table.rename(from, to);
  backends_[prefix + to] = std::move(backends_.at(prefix + from));
  backends_.erase(prefix + from);
}

void Core::remount_backend(const MountEntry& entry, bool auth) {
  backends_[(auth ? "auth/" : "") + entry.path] = make_backend(entry, auth);
}

Core::Route Core::route(const std::string& path) const {
  Route best;
  for (const auto& [prefix, backend] : backends_) {
    const bool below = path.starts_with(prefix) || path + "/" == prefix;
    if (below && prefix.size() > best.prefix.size()) best = {prefix, backend.get()};
  }
  return best;
}

}  // namespace squall::vault
