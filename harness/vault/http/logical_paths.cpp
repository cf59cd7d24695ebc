// Requests to mounts (vault/http/logical.go): verbs to operations, bodies and queries to data.
#include "emulator/base/encoding.hpp"
#include "harness/vault/go/json_decode.hpp"
#include "harness/vault/http/api.hpp"
#include "harness/vault/http/request_body.hpp"
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

// A parameter that comes several times is a list (parseQuery).
void read_query(const http::Request& http_request, Request& request) {
  for (const auto& [name, value] : base::parse_query(http_request.query())) {
    const auto found = request.data.find(name);
    if (found == request.data.end()) {
      request.data[name] = value;
    } else {
      if (!found->is_array()) *found = Json::array({*found});
      found->push_back(value);
    }
  }
}

// ?list=true makes a read a list; any other boolean is one parameter more.
void read_list_parameter(Request& request) {
  const auto found = request.data.find("list");
  if (found == request.data.end()) return;
  const Json& first = found->is_array() ? found->front() : *found;
  const std::string text = first.get<std::string>();
  if (text.empty()) return;
  const std::optional<bool> list = parse_boolean(text);
  if (!list) throw LogicalError(400, "");
  if (!*list) return;
  request.operation = Operation::list;
  request.data.erase("list");
}

std::string media_type(const http::Request& request) {
  const std::string_view type = request.headers.get("Content-Type");
  return std::string(type.substr(0, type.find(';')));
}

// A form unless it begins as JSON does, which is what curl -d sends under a form's name.
bool is_form(const http::Request& request) {
  if (media_type(request) != "application/x-www-form-urlencoded") return false;
  const std::size_t first = request.body.find_first_not_of(" \t\r\n");
  return first == std::string::npos || first >= 512 ||
         (request.body[first] != '{' && request.body[first] != '[');
}

constexpr std::size_t most_form_bytes = 10 << 20;  // Go reads no longer ones

void read_form(const http::Request& http_request, std::size_t limit, Request& request) {
  if (std::min(limit, http_request.body.size()) > most_form_bytes)
    throw LogicalError(400, "error parsing form data");
  for (const auto& [name, value] : base::parse_query(std::string_view(http_request.body).substr(0, limit))) {
    const auto found = request.data.find(name);
    if (found == request.data.end()) {
      request.data[name] = value;
    } else {
      *found = found->get<std::string>() + "," + value;
    }
    request.body_given = true;
  }
}

void read_body(const http::Request& http_request, std::size_t limit, Request& request) {
  const std::string text = http_request.body.substr(0, limit);
  const std::string problem = go_json_problem(text);
  if (text.size() < http_request.body.size() && (problem == "EOF" || problem == "unexpected EOF"))
    throw LogicalError(413, "error parsing JSON");
  if (problem == "EOF") return;
  if (!problem.empty()) throw LogicalError(400, "error parsing JSON");
  Json body = go_json_value(text);
  if (body.is_null()) return;  // what `vault write -f` sends
  if (!body.is_object()) throw LogicalError(400, "error parsing JSON");
  request.data = std::move(body);
  request.body_given = true;
}

void check_patch(const http::Request& http_request) {
  const std::string media = media_type(http_request);
  if (media.empty()) throw LogicalError(400, "mime: no media type");
  if (media != "application/merge-patch+json")
    throw LogicalError(415, "PATCH requires Content-Type of application/merge-patch+json, provided " + media);
}

void read_method(const http::Request& http_request, std::size_t limit, Request& request) {
  const std::string& method = http_request.method;
  if (method == "GET" || method == "HEAD" || method == "LIST" || method == "DELETE") {
    read_query(http_request, request);
    if (method == "GET") read_list_parameter(request);
    if (method == "HEAD") request.operation = Operation::head;
    if (method == "LIST") request.operation = Operation::list;
    if (method == "DELETE") request.operation = Operation::remove;
  } else if (method == "PUT" || method == "POST") {
    request.operation = Operation::update;
    is_form(http_request) ? read_form(http_request, limit, request) : read_body(http_request, limit, request);
  } else if (method == "PATCH") {
    check_patch(http_request);
    request.operation = Operation::patch;
    read_body(http_request, limit, request);
  } else if (method == "OPTIONS") {
    throw unsupported_operation();
  } else {
    throw LogicalError(405, "");
  }
}

Request to_request(std::string path, const http::Request& http_request, std::size_t limit) {
  Request request;
  request.path = std::move(path);
  request.client_token = client_token(http_request);
  read_method(http_request, limit, request);
  if (request.operation == Operation::list && !request.path.ends_with('/')) request.path += '/';
  return request;
}

// Headers by which a client asks for what this node does not do (requestPolicyOverride,
// forwardBasedOnHeaders).
void check_headers(const http::Request& request) {
  const auto disabled = [](const std::string& header) {
    return LogicalError(400, "forwarding via header " + header + " disabled in configuration");
  };
  if (!request.headers.get("X-Vault-Forward").empty()) throw disabled("X-Vault-Forward");
  if (request.headers.get("X-Vault-Inconsistent") == "forward-active-node")
    throw disabled("X-Vault-Inconsistent=forward-active-node");
  const std::string override(request.headers.get("X-Vault-Policy-Override"));
  if (!override.empty() && !parse_boolean(override))
    throw LogicalError(400,
                       "failed to parse X-Vault-Policy-Override header: cannot parse '' as bool: "
                       "strconv.ParseBool: parsing \"" +
                           override + "\": invalid syntax");
}

void read_wrapping(const http::Request& http_request, Request& request) {
  const std::string wrap(http_request.headers.get("X-Vault-Wrap-TTL"));
  if (wrap.empty()) return;
  const std::string what = "error parsing X-Vault-Wrap-TTL header: ";
  const std::optional<std::int64_t> seconds = parse_seconds(wrap);
  if (!seconds) throw LogicalError(400, what + "time: invalid duration \"" + wrap + "\"");
  if (*seconds < 0) throw LogicalError(400, what + "requested wrap ttl cannot be negative");
  if (*seconds != 0 && http_request.headers.get("X-Vault-Wrap-Format") == "jwt")
    throw LogicalError(400, "the Squall stand-in does not serve the wrap format \"jwt\"");
  request.wrap_ttl_s = *seconds;
}

}  // namespace

world::Task<http::Response> Api::logical(std::string path, http::Request http_request) {
  if (core_.sealed()) throw LogicalError(503, "Vault is sealed");
  check_headers(http_request);
  Request request = to_request(path, http_request, options_.max_request_bytes);
  request.id = core_.world().entropy.uuid();
  request.remote_address = http_request.peer_address;
  read_wrapping(http_request, request);
  const std::string id = request.id;
  const Answer answer = co_await core_.handle(std::move(request));
  co_return answer_response(answer, id, flat_path(path));
}

}  // namespace squall::vault
