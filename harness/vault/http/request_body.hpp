// Bodies of the requests that are no mount's (vault/http/handler.go parseJSONRequest), with the errors of
// Go's decoder.
#pragma once
#include "emulator/http/message.hpp"
#include "harness/vault/logical/request.hpp"

namespace squall::vault {

bool is_write(const http::Request& request);  // PUT or POST
// The body as an object. `go_type` names the Go struct for messages. Throws LogicalError 400.
Json decoded_body(const http::Request& request, const std::string& go_type);
// A member; 0 when absent. Throws LogicalError 400.
int number_member(const Json& body, const char* name, const std::string& go_type);
// The text of a member; empty when absent or no text.
std::string text_member(const Json& body, const char* name);
// Key shares as an answer holds them.
std::vector<std::string> encoded_keys(const std::vector<std::string>& keys, bool hex);

}  // namespace squall::vault
