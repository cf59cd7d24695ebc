// Requests to mounts (vault/http/logical.go): verbs to operations, bodies and queries to data.
#include "emulator/base/encoding.hpp"
#include "harness/vault/http/api.hpp"
#include "harness/vault/http/respond.hpp"
#include "harness/vault/logical/fields.hpp"

namespace squall::vault {
namespace {

// Old sys/ paths repeat their data on the top level of the answer (injectDataIntoTopRoutes).
bool flat_path(const std::string& path) {
  for (const std::string area : {"sys/audit", "sys/auth", "sys/mounts", "sys/policy"})
    if (path == area || path.starts_with(area + "/")) return true;
  for (const char* exact :
       {"sys/capabilities", "sys/capabilities-accessor", "sys/capabilities-self", "sys/ha-status",
        "sys/key-status", "sys/remount", "sys/rotate", "sys/wrapping/wrap"})
    if (path == exact) return true;
  return false;
}

bool true_value(const std::string& value) {
  return value == "true" || value == "1" || value == "t" || value == "T" || value == "TRUE" ||
         value == "True";
}

void read_query(const http::Request& http_request, Request& request) {
  for (const auto& [name, value] : base::parse_query(http_request.query())) {
    if (name == "list") {
      if (true_value(value)) request.operation = Operation::list;
      continue;
    }
    request.data[name] = value;
  }
}

void read_body(const http::Request& http_request, Request& request) {
  if (http_request.body.empty()) return;
  Json body = Json::parse(http_request.body, nullptr, false);
  if (body.is_null()) return;  // what `vault write -f` sends
  if (!body.is_object()) throw LogicalError(400, "error parsing JSON");
  request.data = std::move(body);
  request.body_given = true;
}

void check_patch(const http::Request& http_request) {
  const std::string_view type = http_request.headers.get("Content-Type");
  if (type.empty()) throw LogicalError(400, "mime: no media type");
  const std::string_view media = type.substr(0, type.find(';'));
  if (media != "application/merge-patch+json")
    throw LogicalError(
        415, "PATCH requires Content-Type of application/merge-patch+json, provided " + std::string(media));
}

Request to_request(std::string path, const http::Request& http_request) {
  Request request;
  request.path = std::move(path);
  request.client_token = http_request.headers.get("X-Vault-Token");
  const std::string_view bearer = http_request.headers.get("Authorization");
  if (request.client_token.empty() && bearer.starts_with("Bearer ")) request.client_token = bearer.substr(7);
  const std::string& method = http_request.method;
  if (method == "GET" || method == "HEAD") {
    request.operation = Operation::read;
    read_query(http_request, request);
  } else if (method == "LIST") {
    request.operation = Operation::list;
  } else if (method == "PUT" || method == "POST") {
    request.operation = Operation::update;
    read_body(http_request, request);
  } else if (method == "DELETE") {
    request.operation = Operation::remove;
    for (const auto& [name, value] : base::parse_query(http_request.query())) request.data[name] = value;
  } else if (method == "PATCH") {
    check_patch(http_request);
    request.operation = Operation::patch;
    read_body(http_request, request);
  } else if (method == "OPTIONS") {
    throw unsupported_operation();
  } else {
    throw LogicalError(405, "");
  }
  if (request.operation == Operation::list && !request.path.ends_with('/')) request.path += '/';
  return request;
}

}  // namespace

world::Task<http::Response> Api::logical(std::string path, http::Request http_request) {
  if (core_.sealed()) throw LogicalError(503, "Vault is sealed");
  Request request = to_request(path, http_request);
  request.id = core_.world().entropy.uuid();
  request.remote_address = http_request.peer_address;
  if (const std::string wrap(http_request.headers.get("X-Vault-Wrap-TTL")); !wrap.empty()) {
    const std::optional<std::int64_t> seconds = parse_seconds(wrap);
    if (!seconds)
      throw LogicalError(400,
                         "error parsing X-Vault-Wrap-TTL header: time: invalid duration \"" + wrap + "\"");
    if (*seconds < 0) throw LogicalError(400, "requested wrap ttl cannot be negative");
    request.wrap_ttl_s = *seconds;
  }
  const std::string id = request.id;
  const Answer answer = co_await core_.handle(std::move(request));
  co_return answer_response(answer, id, flat_path(path));
}

}  // namespace squall::vault
