#include "harness/vault/logical/token_backend.hpp"

#include <algorithm>
#include <cctype>

#include "harness/vault/logical/fields.hpp"

namespace squall::vault {
namespace {

// A duration without its final zero units: "768h".
std::string short_duration(std::int64_t seconds) {
  std::string text = base::go_duration(std::chrono::seconds{seconds});
  if (text.ends_with("m0s")) text.resize(text.size() - 2);
  if (text.ends_with("h0m")) text.resize(text.size() - 2);
  return text;
}

std::string capped(std::int64_t asked_s, std::int64_t limit_s) {
  return "TTL of \"" + short_duration(asked_s) + "\" exceeded the effective max_ttl of \"" +
         short_duration(limit_s) + "\"; TTL value is capped accordingly";
}

void check_batch(const TokenEntry& entry) {
  const auto refuse = [](const char* field) {
    throw LogicalError(400, std::string("batch tokens cannot have \"") + field + "\" set");
  };
  if (entry.root()) throw LogicalError(400, "batch tokens cannot be root tokens");
  if (entry.explicit_max_ttl_s != 0) refuse("explicit_max_ttl");
  if (entry.num_uses != 0) refuse("num_uses");
  if (entry.period_s != 0) refuse("period");
}

}  // namespace

std::vector<std::string> token_policies(std::vector<std::string> names, bool add_default) {
  for (std::string& name : names)
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
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

world::Task<Answer> TokenBackend::handle(Request request) {
  const std::string path = request.relative();
  Answer answer;
  if (path == "create" || path == "create-orphan") {
    if (!request.writes()) throw unsupported_operation();
    const bool orphan = path == "create-orphan";
    co_return co_await create(std::move(request), orphan);
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
  if (path == "lookup" && request.operation == Operation::read && !request.data.contains("token"))
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
      if (found && found->batch) throw LogicalError(400, "batch tokens cannot be revoked");
      if (found && path == "revoke-orphan") co_await tokens_.revoke(id, false);
      if (found && path != "revoke-orphan") co_await revoke(*found);
      co_return answer;
    }
    const std::string accessor = text_field(request.data, "accessor").value_or("");
    if (accessor.empty()) throw LogicalError(400, "missing accessor");
    const std::optional<TokenEntry> found = co_await tokens_.find_accessor(accessor);
    if (found) co_await revoke(*found);
    co_return answer;
  }
  const TokenEntry entry = co_await named(request, by_accessor);
  if (path.starts_with("renew")) co_return co_await renew(entry, request.data);
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
  if (name.empty()) throw LogicalError(400, by_accessor ? "missing accessor" : "missing token ID");
  std::optional<TokenEntry> entry;
  if (by_accessor) {
    entry = co_await tokens_.find_accessor(name);
    if (!entry) throw LogicalError(403, "invalid accessor");
  } else {
    entry = co_await tokens_.find(name);
    if (!entry) throw LogicalError(403, "bad token");
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

world::Task<Answer> TokenBackend::create(Request request, bool orphan) {
  const TokenEntry& parent = *request.token;
  const Json& data = request.data;
  refuse_fields(data, {"entity_alias", "lease"});
  const std::string type = text_field(data, "type").value_or("");
  if (type != "" && type != "service" && type != "batch")
    throw LogicalError(400, "invalid 'token_type' value");
  if (parent.batch) throw LogicalError(400, "batch tokens cannot create more tokens");
  const Acl rights = policies_.acl(parent.policies);
  const bool sudo = rights.on(request.path, Operation::update).has(Capabilities::sudo);
  TokenEntry entry;
  entry.batch = type == "batch";
  entry.path = orphan ? "auth/token/create-orphan" : "auth/token/create";
  const std::string display = text_field(data, "display_name").value_or("");
  entry.display_name = display.empty() ? "token" : "token-" + display;
  if (boolean_field(data, "no_parent").value_or(false)) {
    if (!sudo) throw LogicalError(400, "root or sudo privileges required to create orphan token");
    orphan = true;
  }
  if (!orphan) entry.parent = parent.id;
  const bool add_default = !boolean_field(data, "no_default_policy").value_or(false);
  const auto asked = list_field(data, "policies");
  entry.policies = token_policies(asked && !asked->empty() ? *asked : parent.policies, add_default);
  if (!parent.root()) {
    const std::vector<std::string> allowed = token_policies(parent.policies, true);
    for (const std::string& policy : entry.policies)
      if (std::find(allowed.begin(), allowed.end(), policy) == allowed.end())
        throw LogicalError(400, "child policies must be subset of parent");
  }
  if (const auto meta = data.find("meta"); meta != data.end() && meta->is_object() && !meta->empty())
    entry.meta = *meta;
  entry.num_uses = integer_field(data, "num_uses").value_or(0);
  if (entry.num_uses < 0) throw LogicalError(400, "number of uses cannot be negative");
  entry.renewable = boolean_field(data, "renewable").value_or(true);
  entry.period_s = seconds_field(data, "period").value_or(0);
  entry.explicit_max_ttl_s = seconds_field(data, "explicit_max_ttl").value_or(0);
  if (entry.batch) check_batch(entry);
  std::int64_t ttl = seconds_field(data, "ttl").value_or(0);
  if (ttl < 0) throw LogicalError(400, "ttl must be positive");
  const bool root = entry.root();
  Answer answer;
  if (!root || ttl != 0) {
    if (entry.period_s != 0) ttl = entry.period_s;
    if (ttl == 0) ttl = default_lease_ttl_s;
    if (entry.explicit_max_ttl_s != 0) ttl = std::min(ttl, entry.explicit_max_ttl_s);
    if (ttl > max_lease_ttl_s) {
      answer.warnings.push_back(capped(ttl, max_lease_ttl_s));
      ttl = max_lease_ttl_s;
    }
  } else {
    entry.renewable = false;
  }
  entry.ttl_s = entry.creation_ttl_s = ttl;
  for (const std::string& policy : entry.policies)
    if (policy != "root" && policies_.find(policy) == nullptr)
      answer.warnings.push_back("Policy \"" + policy + "\" does not exist");
  if (entry.batch) {
    entry.renewable = false;
    answer.auth = auth_of(tokens_.create_batch(entry));
    co_return answer;
  }
  entry.id = co_await chosen_id(data, sudo);
  const TokenEntry created = co_await tokens_.create(entry);
  answer.auth = auth_of(created);
  co_return answer;
}

world::Task<Answer> TokenBackend::renew(TokenEntry entry, Json data) {
  if (entry.batch) throw LogicalError(400, "batch tokens cannot be renewed");
  if (!entry.renewable || !entry.expires()) throw LogicalError(400, "lease is not renewable");
  const Time now = world_.scheduler.now();
  std::int64_t ttl = seconds_field(data, "increment").value_or(0);
  if (entry.period_s != 0) ttl = entry.period_s;
  if (ttl == 0) ttl = entry.creation_ttl_s;
  Answer answer;
  if (entry.period_s == 0) {
    std::int64_t limit = max_lease_ttl_s;
    if (entry.explicit_max_ttl_s != 0) limit = std::min(limit, entry.explicit_max_ttl_s);
    const std::int64_t left =
        std::chrono::floor<std::chrono::seconds>(entry.issued + std::chrono::seconds{limit} - now).count();
    if (ttl > left) {
      answer.warnings.push_back(capped(ttl, left));
      ttl = left;
    }
  }
  entry.ttl_s = ttl;
  entry.last_renewal = now;
  co_await tokens_.store(entry);
  answer.auth = auth_of(entry);
  co_return answer;
}

}  // namespace squall::vault
