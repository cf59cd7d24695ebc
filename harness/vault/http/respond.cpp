#include "harness/vault/http/respond.hpp"

namespace squall::vault {
namespace {

OrderedJson auth_json(const Auth& auth) {
  return {{"client_token", auth.client_token}, {"accessor", auth.accessor},
          {"policies", auth.policies},         {"token_policies", auth.policies},
          {"metadata", auth.metadata},         {"lease_duration", auth.lease_seconds},
          {"renewable", auth.renewable},       {"entity_id", auth.entity_id},
          {"token_type", auth.token_type},     {"orphan", auth.orphan},
          {"mfa_requirement", nullptr},        {"num_uses", auth.num_uses}};
}

}  // namespace

std::string escape_html(std::string text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "\\u003c";
        break;
      case '>':
        out += "\\u003e";
        break;
      case '&':
        out += "\\u0026";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string go_json(const Json& json) {
  return escape_html(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}
std::string go_json(const OrderedJson& json) {
  return escape_html(json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
}

http::Response bare_response(int status, const std::string& content_type) {
  http::Response response;
  response.status = status;
  response.headers.add("Cache-Control", "no-store");
  if (!content_type.empty()) response.headers.add("Content-Type", content_type);
  response.headers.add("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
  if (http::reason_phrase(status).empty()) response.reason = "status code " + std::to_string(status);
  return response;
}

http::Response json_response(int status, const OrderedJson& json) {
  http::Response response = bare_response(status);
  response.body = go_json(json) + "\n";
  return response;
}

http::Response empty_response(int status) { return bare_response(status); }

http::Response error_response(int status, const std::string& message) {
  OrderedJson errors = OrderedJson::array();
  if (!message.empty()) errors.push_back(message);
  return json_response(status, {{"errors", errors}});
}

http::Response plain_not_found() {
  http::Response response = bare_response(404, "text/plain; charset=utf-8");
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.body = "404 page not found\n";
  return response;
}

http::Response answer_response(const Answer& answer, const std::string& request_id, bool flat) {
  if (answer.empty() && answer.raw_empty) return bare_response(answer.status);
  if (answer.empty() && answer.status == 200) return empty_response();
  const std::string data = answer.data_text.empty() ? go_json(answer.data) : escape_html(answer.data_text);
  OrderedJson warnings;
  if (!answer.warnings.empty()) warnings = answer.warnings;
  OrderedJson auth;
  if (answer.auth) auth = auth_json(*answer.auth);
  std::string body = "{";
  if (flat && answer.data.is_object() && !answer.data.empty()) body += data.substr(1, data.size() - 2) + ",";
  body += "\"request_id\":\"" + request_id + "\",\"lease_id\":\"\",\"renewable\":false,\"lease_duration\":" +
          std::to_string(answer.lease_seconds) + ",\"data\":" + data +
          ",\"wrap_info\":null,\"warnings\":" + go_json(warnings) + ",\"auth\":" + go_json(auth) + "}";
  http::Response response = bare_response(answer.status);
  // Answers that carry data with an error's code are written without the encoder's newline.
  response.body = body + (answer.status == 200 ? "\n" : "");
  return response;
}

}  // namespace squall::vault
