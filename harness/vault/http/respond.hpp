// Answers in the shapes that Vault gives them: JSON as Go's encoder writes it, with a newline at its end.
#pragma once
#include <nlohmann/json.hpp>

#include "emulator/http/message.hpp"
#include "harness/vault/go/json_text.hpp"
#include "harness/vault/logical/request.hpp"

namespace squall::vault {

using OrderedJson = nlohmann::ordered_json;

// JSON text with <, > and & escaped, as Go's encoder does for the sake of HTML.
std::string go_json(const Json& json);
std::string go_json(const OrderedJson& json);

// The headers that every answer has; the content type unless it is empty.
http::Response bare_response(int status, const std::string& content_type = "application/json");
http::Response json_response(int status, const OrderedJson& json);
http::Response empty_response(int status = 204);
// {"errors":["message"]}; no message: {"errors":[]}.
http::Response error_response(int status, const std::string& message);
// Go's http.NotFound.
http::Response plain_not_found();

// An answer of a mount in its envelope; `flat` repeats its data on the top level (old sys/ paths).
http::Response answer_response(const Answer& answer, const std::string& request_id, bool flat);

}  // namespace squall::vault
