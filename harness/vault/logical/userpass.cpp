#include "harness/vault/logical/userpass.hpp"

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

void check_fields(const Json& data) {
  refuse_fields(data, {"token_bound_cidrs", "bound_cidrs", "token_explicit_max_ttl", "token_period",
                       "token_no_default_policy"});
}

void read_fields(const Json& data, Json& user) {
  for (const char* field : {"policies", "token_policies"}) {
    const auto policies = list_field(data, field);
    if (!policies) continue;
    user["policies"] = token_policies(*policies, false);
    user["old_field"] = field[0] == 'p';  // then it is shown under that name too
  }
  for (const char* field : {"ttl", "token_ttl"})
    if (const auto seconds = seconds_field(data, field)) user["ttl"] = *seconds;
  for (const char* field : {"max_ttl", "token_max_ttl"})
    if (const auto seconds = seconds_field(data, field)) user["max_ttl"] = *seconds;
  if (const auto uses = integer_field(data, "token_num_uses")) user["num_uses"] = *uses;
}

}  // namespace

world::Task<std::optional<bool>> UserpassBackend::exists(Request request) {
  const std::string path = request.relative();
  if (!path.starts_with("users/")) co_return std::nullopt;
  const std::optional<std::string> stored = co_await view_.get("user/" + path.substr(6));
  co_return stored.has_value();
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
  if (path.starts_with("users/") && path.size() > 6)
    co_return co_await handle_user(std::move(request), path.substr(6));
  throw unsupported_path();
}

world::Task<Answer> UserpassBackend::handle_user(Request request, std::string name) {
  std::string part;
  if (const std::size_t slash = name.find('/'); slash != std::string::npos) {
    part = name.substr(slash + 1);
    name.resize(slash);
    if (part != "password" && part != "policies") throw unsupported_path();
  }
  const std::optional<std::string> stored = co_await view_.get("user/" + name);
  Json user = stored ? Json::parse(*stored) : Json();
  Answer answer;
  if (request.operation == Operation::remove && part.empty()) {
    co_await view_.remove("user/" + name);
    co_return answer;
  }
  if (request.operation == Operation::read && part.empty()) {
    if (!stored) throw LogicalError(404, "");
    answer.data = {{"token_bound_cidrs", Json::array()},
                   {"token_explicit_max_ttl", 0},
                   {"token_max_ttl", user["max_ttl"]},
                   {"token_no_default_policy", false},
                   {"token_num_uses", user["num_uses"]},
                   {"token_period", 0},
                   {"token_policies", user["policies"]},
                   {"token_ttl", user["ttl"]},
                   {"token_type", "default"}};
    if (user.value("old_field", false)) answer.data["policies"] = user["policies"];
    co_return answer;
  }
  if (!request.writes()) throw unsupported_operation();
  check_fields(request.data);
  const std::optional<std::string> password = text_field(request.data, "password");
  if (user.is_null()) {
    if (!part.empty()) throw LogicalError(400, "username does not exist");
    if (!password || password->empty()) throw LogicalError(400, "missing password");
    user = {{"policies", Json::array()}, {"ttl", 0}, {"max_ttl", 0}, {"num_uses", 0}};
  }
  if (password && !password->empty()) {
    const std::string salt = world_.entropy.bytes(16);
    user["salt"] = base::hex_encode(salt);
    user["hash"] = base::hex_encode(slow_hash(salt, *password));
  }
  read_fields(request.data, user);
  co_await view_.put("user/" + name, user.dump());
  co_return answer;
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
  if (!request.writes()) throw unsupported_operation();
  for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  const std::string password = text_field(request.data, "password").value_or("");
  if (password.empty()) throw LogicalError(500, "missing password");
  const std::optional<std::string> stored = co_await view_.get("user/" + name);
  if (!stored) throw LogicalError(400, "invalid username or password");
  const Json user = Json::parse(*stored);
  const std::string salt = base::hex_decode(user["salt"].get<std::string>()).value_or("");
  if (!base::constant_time_equal(base::hex_encode(slow_hash(salt, password)),
                                 user["hash"].get<std::string>()))
    throw LogicalError(400, "invalid username or password");
  TokenEntry entry;
  entry.path = request.path;
  entry.display_name = request.mount.substr(5, request.mount.size() - 6) + "-" + name;
  entry.policies = token_policies(user["policies"].get<std::vector<std::string>>(), true);
  entry.meta = {{"username", name}};
  entry.entity_id = co_await entity_of(name);
  entry.renewable = true;
  entry.num_uses = user["num_uses"];
  const std::int64_t ttl = user["ttl"], max_ttl = user["max_ttl"];
  entry.explicit_max_ttl_s = 0;
  entry.ttl_s = ttl != 0 ? ttl : default_lease_ttl_s;
  entry.ttl_s = std::min(entry.ttl_s, max_ttl != 0 ? max_ttl : max_lease_ttl_s);
  entry.creation_ttl_s = entry.ttl_s;
  const TokenEntry created = co_await tokens_.create(entry);
  Answer answer;
  answer.auth = auth_of(created);
  co_return answer;
}

}  // namespace squall::vault
