#include "harness/vault/audit/entry.hpp"

#include <algorithm>

#include "emulator/base/crypto.hpp"
#include "emulator/base/encoding.hpp"
#include "harness/vault/go/json_text.hpp"

namespace squall::vault {
namespace {

using OrderedJson = nlohmann::ordered_json;

const char* operation_name(Operation operation) {
  switch (operation) {
    case Operation::create:
      return "create";
    case Operation::read:
      return "read";
    case Operation::update:
      return "update";
    case Operation::patch:
      return "patch";
    case Operation::remove:
      return "delete";
    case Operation::list:
      return "list";
    case Operation::head:
      return "header";
  }
  return "";
}

// Every text within is hashed; names, numbers and booleans stay, and the members named in `clear`.
Json hashed(const Json& data, const AuditHashing& hashing, const std::vector<std::string>& clear = {}) {
  if (data.is_string()) return hashing.value(data.get<std::string>());
  Json result = data;
  if (data.is_array())
    for (Json& item : result) item = hashed(item, hashing);
  if (data.is_object())
    for (const auto& [name, item] : data.items())
      if (std::find(clear.begin(), clear.end(), name) == clear.end()) result[name] = hashed(item, hashing);
  return result;
}

// Go leaves out what is empty (omitempty).
void set(OrderedJson& json, const char* name, const std::string& text) {
  if (!text.empty()) json[name] = text;
}
void set(OrderedJson& json, const char* name, std::int64_t number) {
  if (number != 0) json[name] = number;
}

OrderedJson auth_of(const AuditEvent& event, const AuditHashing& hashing) {
  OrderedJson auth = OrderedJson::object();
  const TokenEntry* token = event.token;
  if (token != nullptr) {
    auth["client_token"] = hashing.value(token->id);
    if (!token->accessor.empty()) auth["accessor"] = hashing.accessor(token->accessor);
    set(auth, "display_name", token->display_name);
    auth["policies"] = token->policies;
    auth["token_policies"] = token->policies;
  }
  if (token != nullptr) {
    OrderedJson granting = OrderedJson::array();
    for (const std::string& name : event.granting_policies)
      granting.push_back({{"name", name}, {"namespace_id", "root"}, {"type", "acl"}});
    auth["policy_results"] = {{"allowed", event.allowed}};
    if (!granting.empty()) auth["policy_results"]["granting_policies"] = granting;
  }
  if (token == nullptr) {
    auth["token_type"] = "default";
    return auth;
  }
  if (token->meta.is_object() && !token->meta.empty()) auth["metadata"] = token->meta;
  set(auth, "remaining_uses", token->num_uses);
  set(auth, "entity_id", token->entity_id);
  auth["token_type"] = token->batch ? "batch" : "service";
  set(auth, "token_ttl", token->ttl_s);
  auth["token_issue_time"] = base::iso8601(token->issued);
  return auth;
}

// Who a token stands for where usage is counted: its entity, else whoever has these policies (TokenEntry's
// CreateClientID).
std::string client_id(const TokenEntry& token) {
  if (!token.entity_id.empty()) return token.entity_id;
  std::vector<std::string> policies = token.policies;
  std::sort(policies.begin(), policies.end());
  std::string text;
  for (const std::string& policy : policies) text += (text.empty() ? "" : "\x7f") + policy;
  return base::base64_encode(base::sha256(text + std::string(1, '\0') + "root"));
}

OrderedJson request_of(const AuditEvent& event, const AuditHashing& hashing) {
  const Request& request = event.request;
  OrderedJson json = OrderedJson::object();
  set(json, "id", request.id);
  if (event.token != nullptr) json["client_id"] = client_id(*event.token);
  json["operation"] = operation_name(request.operation);
  set(json, "mount_point", request.mount);
  set(json, "mount_type", event.mount_type);
  set(json, "mount_accessor", event.mount_accessor);
  set(json, "mount_running_version", event.mount_version);
  set(json, "mount_class", event.mount_class);
  if (!request.client_token.empty()) json["client_token"] = hashing.value(request.client_token);
  if (event.token != nullptr && !event.token->accessor.empty())
    json["client_token_accessor"] = hashing.accessor(event.token->accessor);
  json["namespace"] = {{"id", "root"}};
  json["path"] = request.path;
  if (!request.data.empty()) json["data"] = hashed(request.data, hashing, event.clear_request);
  set(json, "remote_address", request.remote_address);
  set(json, "wrap_ttl", request.wrap_ttl_s);
  return json;
}

OrderedJson answered_auth(const Auth& auth, const AuditHashing& hashing) {
  OrderedJson json = OrderedJson::object();
  json["client_token"] = hashing.value(auth.client_token);
  if (!auth.accessor.empty()) json["accessor"] = hashing.accessor(auth.accessor);
  json["policies"] = auth.policies;
  json["token_policies"] = auth.policies;
  if (auth.metadata.is_object() && !auth.metadata.empty()) json["metadata"] = auth.metadata;
  set(json, "num_uses", auth.num_uses);
  set(json, "entity_id", auth.entity_id);
  set(json, "token_type", auth.token_type);
  set(json, "token_ttl", auth.lease_seconds);
  return json;
}

OrderedJson answer_of(const AuditEvent& event, const AuditHashing& hashing) {
  OrderedJson json = OrderedJson::object();
  const Answer* answer = event.answer;
  if (answer != nullptr && answer->auth) json["auth"] = answered_auth(*answer->auth, hashing);
  set(json, "mount_point", event.request.mount);
  set(json, "mount_type", event.mount_type);
  set(json, "mount_accessor", event.mount_accessor);
  set(json, "mount_running_plugin_version", event.mount_version);
  set(json, "mount_class", event.mount_class);
  if (answer == nullptr) {
    // What the mount refused is its answer; a request that did not reach it has none.
    if (event.allowed && !event.error.empty()) json["data"] = {{"error", hashing.value(event.error)}};
    return json;
  }
  Json data = answer->data;
  if (hashing.elides_lists && event.request.operation == Operation::list && data.is_object())
    for (const char* name : {"keys", "key_info"})
      if (const auto member = data.find(name); member != data.end() && member->is_structured())
        *member = member->size();
  if (data.is_object() && !data.empty()) json["data"] = hashed(data, hashing, event.clear_response);
  if (!answer->warnings.empty()) json["warnings"] = answer->warnings;
  if (answer->wrap)
    json["wrap_info"] = {{"ttl", answer->wrap->ttl_s},
                         {"token", hashing.value(answer->wrap->token)},
                         {"accessor", hashing.accessor(answer->wrap->accessor)},
                         {"creation_time", base::rfc3339_nano(answer->wrap->created)},
                         {"creation_path", answer->wrap->creation_path}};
  return json;
}

std::string line(OrderedJson entry) {
  return escape_html(entry.dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
}

OrderedJson head(const char* type, const AuditEvent& event, const AuditHashing& hashing, Time now) {
  return {{"time", base::rfc3339_nano(now)},
          {"type", type},
          {"auth", auth_of(event, hashing)},
          {"request", request_of(event, hashing)}};
}

}  // namespace

std::string audit_request_line(const AuditEvent& event, const AuditHashing& hashing, Time now) {
  OrderedJson entry = head("request", event, hashing, now);
  set(entry, "error", event.error);
  return line(std::move(entry));
}

std::string audit_response_line(const AuditEvent& event, const AuditHashing& hashing, Time now) {
  OrderedJson entry = head("response", event, hashing, now);
  entry["response"] = answer_of(event, hashing);
  set(entry, "error", event.error);
  return line(std::move(entry));
}

}  // namespace squall::vault
