#include "harness/vault/logical/userpass.hpp"

#include "emulator/base/ascii.hpp"
#include "emulator/base/crypto.hpp"
#include "emulator/base/encoding.hpp"
#include "harness/vault/logical/fields.hpp"

namespace squall::vault {
namespace {

constexpr int hash_rounds = 4096;

// PBKDF2 (RFC 8018) with HMAC-SHA-256, one block.
std::string slow_hash(const std::string& salt, const std::string& password) {
  std::string block = base::hmac_sha256(password, salt + std::string("\0\0\0\1", 4));
  std::string result = block;
  for (int round = 1; round < hash_rounds; ++round) {
    block = base::hmac_sha256(password, block);
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = static_cast<char>(result[i] ^ block[i]);
  }
  return result;
}

LogicalError bad_login() { return {400, "invalid username or password"}; }

// "users/ann/policies": the user, and what of it.
struct UserPath {
  std::string name, part;
};

std::optional<UserPath> user_path(const std::string& path) {
  if (!path.starts_with("users/") || path.size() == 6) return std::nullopt;
  UserPath result{path.substr(6), ""};
  if (const std::size_t slash = result.name.find('/'); slash != std::string::npos) {
    result.part = result.name.substr(slash + 1);
    result.name.resize(slash);
    if (result.part != "password" && result.part != "policies") return std::nullopt;
  }
  return result;
}

}  // namespace

std::optional<Schema> UserpassBackend::schema(const Request& request) const {
  using enum FieldType;
  const std::string path = request.relative();
  if (path.starts_with("login/")) return Schema{{{"username", text}, {"password", text}}};
  const std::optional<UserPath> user = user_path(path);
  if (!user) return std::nullopt;
  if (user->part == "password") return Schema{{{"username", text}, {"password", text}}};
  if (user->part == "policies")
    return Schema{{{"username", text}, {"policies", list}, {"token_policies", list}}};
  return userpass_user_schema();
}

world::Task<std::optional<bool>> UserpassBackend::exists(Request request) {
  const std::optional<UserPath> path = user_path(request.relative());
  if (!path || !path->part.empty()) co_return std::nullopt;
  const std::optional<UserpassUser> found = co_await user(path->name);
  co_return found.has_value();
}

world::Task<Answer> UserpassBackend::handle(Request request) {
  const std::string path = request.relative();
  Answer answer;
  if (path == "users/" && request.operation == Operation::list) {
    const std::vector<std::string> names = co_await view_.list("user/");
    if (names.empty()) throw LogicalError(404, "");
    answer.data = {{"keys", names}};
    co_return answer;
  }
  if (path.starts_with("login/") && path.size() > 6)
    co_return co_await login(std::move(request), path.substr(6));
  const std::optional<UserPath> user = user_path(path);
  if (!user) throw unsupported_path();
  if (user->part.empty()) co_return co_await handle_user(std::move(request), user->name);
  co_return co_await change_part(std::move(request), user->name, user->part);
}

world::Task<std::optional<UserpassUser>> UserpassBackend::user(std::string name) {
  const std::optional<std::string> stored = co_await view_.get("user/" + base::ascii_lower(name));
  if (!stored) co_return std::nullopt;
  co_return UserpassUser::from_json(Json::parse(*stored));
}

world::Task<> UserpassBackend::store(std::string name, UserpassUser user) {
  co_await view_.put("user/" + base::ascii_lower(name), user.to_json().dump());
}

void UserpassBackend::set_password(UserpassUser& user, const Json& data) const {
  const std::string password = text_field(data, "password").value_or("");
  if (password.empty()) throw LogicalError(400, "missing password");
  const std::string salt = world_.entropy.bytes(16);
  user.salt = base::hex_encode(salt);
  user.hash = base::hex_encode(slow_hash(salt, password));
}

world::Task<Answer> UserpassBackend::handle_user(Request request, std::string name) {
  const std::optional<UserpassUser> found = co_await user(name);
  Answer answer;
  if (request.operation == Operation::remove) {
    co_await view_.remove("user/" + base::ascii_lower(name));
    co_return answer;
  }
  if (request.operation == Operation::read) {
    if (!found) throw LogicalError(404, "");
    answer.data = found->description();
    co_return answer;
  }
  if (!request.writes()) throw unsupported_operation();
  if (!found && !request.data.contains("password")) throw LogicalError(400, "missing password");
  UserpassUser changed = found.value_or(UserpassUser{});
  changed.change(request.data);
  if (request.data.contains("password")) set_password(changed, request.data);
  co_await store(name, changed);
  co_return answer;
}

world::Task<Answer> UserpassBackend::change_part(Request request, std::string name, std::string part) {
  if (!request.writes()) throw unsupported_operation();
  std::optional<UserpassUser> found = co_await user(name);
  if (!found) throw one_error(500, "username does not exist");
  if (part == "password") {
    set_password(*found, request.data);
  } else {
    found->change(request.data);
  }
  co_await store(name, *found);
  co_return Answer{};
}

// The identity that the user's tokens share (identity store: one entity per alias).
world::Task<std::string> UserpassBackend::entity_of(std::string name) {
  const std::optional<std::string> stored = co_await view_.get("entity/" + name);
  if (stored) co_return *stored;
  const std::string id = world_.entropy.uuid();
  co_await view_.put("entity/" + name, id);
  co_return id;
}

world::Task<Answer> UserpassBackend::login(Request request, std::string name) {
  if (!request.writes()) throw LogicalError(405, "unsupported operation");
  name = base::ascii_lower(name);
  const std::string password = text_field(request.data, "password").value_or("");
  if (password.empty()) throw LogicalError(500, "missing password");
  const std::optional<UserpassUser> found = co_await user(name);
  const bool guarded = !mount_.rules.disabled;
  bool locked = false;
  if (guarded) locked = co_await mount_.lockouts.locked(mount_.accessor, name, mount_.rules);
  if (locked) throw LogicalError(403, "permission denied");
  if (!found) throw bad_login();
  const std::string salt = base::hex_decode(found->salt).value_or("");
  if (!base::constant_time_equal(base::hex_encode(slow_hash(salt, password)), found->hash)) {
    if (guarded) co_await mount_.lockouts.failed(mount_.accessor, name, mount_.rules);
    throw bad_login();
  }
  if (guarded) co_await mount_.lockouts.succeeded(mount_.accessor, name);
  TokenEntry entry;
  entry.path = request.path;
  entry.display_name = request.mount.substr(5, request.mount.size() - 6) + "-" + name;
  entry.policies = token_policies(found->policies, !found->no_default_policy);
  entry.meta = {{"username", name}};
  entry.entity_id = co_await entity_of(name);
  entry.renewable = true;
  entry.num_uses = found->num_uses;
  entry.period_s = found->period_s;
  entry.explicit_max_ttl_s = found->explicit_max_ttl_s;
  entry.batch = batch_for(found->type);
  Answer answer;
  const Time now = world_.scheduler.now();
  const TtlRequest ttl{0, found->ttl_s, found->period_s, found->max_ttl_s, found->explicit_max_ttl_s, now};
  entry.ttl_s = entry.creation_ttl_s = lease_ttl_s(ttl, world_.leases, now, answer.warnings);
  if (entry.batch) {
    entry.renewable = false;
    answer.auth = auth_of(tokens_.create_batch(entry));
    co_return answer;
  }
  const TokenEntry created = co_await tokens_.create(entry);
  answer.auth = auth_of(created);
  co_return answer;
}

bool UserpassBackend::batch_for(const std::string& user_type) const {
  if (mount_.token_type == "service" || mount_.token_type == "batch") return mount_.token_type == "batch";
  return user_type == "batch" || (user_type == "default" && mount_.token_type == "default-batch");
}

}  // namespace squall::vault
