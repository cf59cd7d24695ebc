#include "harness/vault/logical/token_backend.hpp"

#include <algorithm>

#include "emulator/base/ascii.hpp"
#include "harness/vault/logical/fields.hpp"

namespace squall::vault {
namespace {

Schema creation_schema() {
  using enum FieldType;
  return {{{"display_name", text},
           {"explicit_max_ttl", text},
           {"entity_alias", text},
           {"num_uses", integer},
           {"period", text},
           {"renewable", boolean},
           {"ttl", text},
           {"lease", text},
           {"type", text},
           {"no_default_policy", boolean},
           {"id", text},
           {"meta", pairs},
           {"no_parent", boolean},
           {"policies", texts}}};
}

}  // namespace

std::vector<std::string> token_policies(std::vector<std::string> names, bool add_default) {
  for (std::string& name : names) {
    name = base::ascii_lower(name);
    name.erase(0, name.find_first_not_of(" \t\r\n"));
    name.erase(name.find_last_not_of(" \t\r\n") + 1);
  }
  std::erase(names, "");
  const bool root = std::find(names.begin(), names.end(), "root") != names.end();
  if (root) return {"root"};
  if (add_default) names.push_back("default");
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Auth auth_of(const TokenEntry& entry) {
  Auth auth;
  auth.client_token = entry.id;
  auth.accessor = entry.accessor;
  auth.entity_id = entry.entity_id;
  auth.policies = entry.policies;
  auth.metadata = entry.meta;
  auth.lease_seconds = entry.ttl_s;
  auth.renewable = entry.renewable;
  auth.orphan = entry.parent.empty();
  auth.num_uses = entry.num_uses;
  auth.token_type = entry.batch ? "batch" : "service";
  return auth;
}

bool TokenBackend::needs_sudo(const Request& request) const {
  const std::string path = request.relative();
  return path == "revoke-orphan" || path.starts_with("revoke-orphan/") || path == "accessors/" ||
         path == "create-orphan";
}

std::optional<Schema> TokenBackend::schema(const Request& request) const {
  const std::string path = request.relative();
  using enum FieldType;
  if (path.starts_with("create")) return creation_schema();
  if (path == "renew-accessor") return Schema{{{"accessor", text}, {"increment", seconds}}};
  if (path.ends_with("-accessor")) return Schema{{{"accessor", text}}};
  if (path.starts_with("renew")) return Schema{{{"token", text}, {"increment", seconds}}};
  if (path == "revoke-self") return Schema{};
  return Schema{{{"token", text}}};
}

world::Task<Answer> TokenBackend::handle(Request request) {
  const std::string path = request.relative();
  Answer answer;
  if (path == "create" || path == "create-orphan") {
    if (!request.writes()) throw unsupported_operation();
    const bool orphan = path == "create-orphan";
    co_return co_await create(std::move(request), orphan);
  }
  // There are no roles here, and none can be made.
  if (path.starts_with("create/")) throw LogicalError(400, "unknown role " + path.substr(7));
  if (path.starts_with("roles/")) {
    if (request.writes()) throw LogicalError(400, "the Squall stand-in does not serve token roles");
    if (request.operation == Operation::remove) co_return answer;
    throw LogicalError(404, "");
  }
  if (path == "lookup-self") {
    if (request.operation != Operation::read && !request.writes()) throw unsupported_operation();
    answer.data = lookup_data(*request.token, true);
    co_return answer;
  }
  if (path == "accessors/" && request.operation == Operation::list) {
    const std::vector<std::string> accessors = co_await tokens_.accessors();
    answer.data = {{"keys", accessors}};
    co_return answer;
  }
  if (path == "lookup" && text_field(request.data, "token").value_or("").empty())
    request.data["token"] = request.client_token;
  const bool known = path == "lookup" || path == "lookup-accessor" || path == "renew" ||
                     path == "renew-accessor" || path == "renew-self" || path == "revoke" ||
                     path == "revoke-accessor" || path == "revoke-self" || path == "revoke-orphan";
  if (!known) throw unsupported_path();
  if (!request.writes() && !(path == "lookup" && request.operation == Operation::read))
    throw unsupported_operation();
  if (path == "renew-self") co_return co_await renew(*request.token, request.data);
  if (path == "revoke-self") {
    if (request.token->batch) throw LogicalError(400, "batch tokens cannot be revoked");
    co_await revoke(*request.token);
    co_return answer;
  }
  const bool by_accessor = path.ends_with("-accessor");
  if (path.starts_with("revoke")) {
    if (!by_accessor) {
      const std::string id = text_field(request.data, "token").value_or("");
      if (id.empty()) throw LogicalError(400, "missing token ID");
      const std::optional<TokenEntry> found = co_await tokens_.find(id);
      if (!found && path == "revoke-orphan") throw LogicalError(400, "token to revoke not found");
      if (found && found->batch) throw LogicalError(400, "batch tokens cannot be revoked");
      if (found && path == "revoke-orphan") co_await tokens_.revoke(id, false);
      if (found && path != "revoke-orphan") co_await revoke(*found);
      co_return answer;
    }
    const std::string accessor = text_field(request.data, "accessor").value_or("");
    if (accessor.empty()) throw one_error(400, "missing accessor");
    const std::optional<TokenEntry> found = co_await tokens_.find_accessor(accessor);
    if (!found) answer.warnings = {"No token found with this accessor"};
    if (found) co_await revoke(*found);
    co_return answer;
  }
  const TokenEntry entry = co_await named(request, by_accessor);
  if (path.starts_with("renew")) {
    answer = co_await renew(entry, request.data);
    if (by_accessor) answer.auth->client_token.clear();
    co_return answer;
  }
  answer.data = lookup_data(entry, !by_accessor);
  co_return answer;
}

world::Task<> TokenBackend::revoke(TokenEntry entry) {
  const std::string lease = entry.path + "/" + tokens_.storage_name(entry.id);
  co_await tokens_.revoke(entry.id);
  expiration_.info("revoked lease", {{"lease_id", lease, {}}});
}

world::Task<std::string> TokenBackend::chosen_id(Json data, bool sudo) {
  const std::string id = text_field(data, "id").value_or("");
  if (id.empty()) co_return id;
  if (!sudo) throw LogicalError(400, "root or sudo privileges required to specify token id");
  for (const char* prefix : {"hvs.", "s."})
    if (id.starts_with(prefix))
      throw LogicalError(400, std::string("custom token ID cannot have the '") + prefix + "' prefix");
  if (id.find('.') != std::string::npos)
    throw LogicalError(400, "custom token ID cannot have a '.' in the value");
  const std::optional<TokenEntry> taken = co_await tokens_.find(id);
  if (taken) throw LogicalError(400, "cannot create a token with a duplicate ID");
  co_return id;
}

world::Task<TokenEntry> TokenBackend::named(Request request, bool by_accessor) {
  const std::string name = text_field(request.data, by_accessor ? "accessor" : "token").value_or("");
  if (name.empty())
    throw by_accessor ? one_error(400, "missing accessor") : LogicalError(400, "missing token ID");
  std::optional<TokenEntry> entry;
  if (by_accessor) {
    entry = co_await tokens_.find_accessor(name);
    if (!entry) throw one_error(400, "invalid accessor");
  } else {
    entry = co_await tokens_.find(name);
    const bool renewed = request.relative() == "renew";
    if (!entry) throw renewed ? LogicalError(400, "token not found") : LogicalError(403, "bad token");
  }
  co_return *entry;
}

Json TokenBackend::lookup_data(const TokenEntry& entry, bool with_id) const {
  const std::optional<Time> expires = entry.expires();
  Json data = {{"accessor", entry.accessor},
               {"creation_time", base::unix_seconds(entry.created)},
               {"creation_ttl", entry.creation_ttl_s},
               {"display_name", entry.display_name},
               {"entity_id", entry.entity_id},
               {"expire_time", nullptr},
               {"explicit_max_ttl", entry.explicit_max_ttl_s},
               {"id", with_id ? entry.id : ""},
               {"meta", entry.meta},
               {"num_uses", entry.num_uses},
               {"orphan", entry.parent.empty()},
               {"path", entry.path},
               {"policies", entry.policies},
               {"ttl", 0},
               {"type", entry.batch ? "batch" : "service"}};
  if (entry.period_s != 0) data["period"] = entry.period_s;
  if (expires) {
    data["expire_time"] = base::rfc3339_nano(*expires);
    data["issue_time"] = base::rfc3339_nano(entry.issued);
    data["renewable"] = entry.renewable;
    data["ttl"] = std::chrono::ceil<std::chrono::seconds>(*expires - world_.scheduler.now()).count();
  }
  if (entry.last_renewal) {
    data["last_renewal"] = base::rfc3339_nano(*entry.last_renewal);
    data["last_renewal_time"] = base::unix_seconds(*entry.last_renewal);
  }
  return data;
}

world::Task<Answer> TokenBackend::renew(TokenEntry entry, Json data) {
  if (entry.batch) throw LogicalError(400, "batch tokens cannot be renewed");
  if (!entry.expires()) throw LogicalError(400, "invalid lease ID");
  if (!entry.renewable) throw LogicalError(400, "lease is not renewable");
  const Time now = world_.scheduler.now();
  const std::int64_t increment = seconds_field(data, "increment").value_or(0);
  Answer answer;
  const TtlRequest asked{increment, entry.ttl_s, entry.period_s, 0, entry.explicit_max_ttl_s, entry.issued};
  entry.ttl_s = lease_ttl_s(asked, world_.leases, now, answer.warnings);
  entry.last_renewal = now;
  co_await tokens_.store(entry);
  answer.auth = auth_of(entry);
  co_return answer;
}

}  // namespace squall::vault
