#include "harness/vault/http/respond.hpp"

#include "harness/vault/logical/envelope.hpp"

namespace squall::vault {

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
  if (answer.empty() && answer.whole_text.empty() && answer.status == 200) return empty_response();
  if (!answer.whole_text.empty()) {
    http::Response kept = bare_response(answer.status);
    kept.body = answer.whole_text;
    return kept;
  }
  const std::string body = answer_json(answer, answer.wrap ? "" : request_id, flat && !answer.wrap);
  http::Response response = bare_response(answer.status);
  // Answers that carry data with an error's code are written without the encoder's newline.
  response.body = body + (answer.status == 200 ? "\n" : "");
  return response;
}

}  // namespace squall::vault
