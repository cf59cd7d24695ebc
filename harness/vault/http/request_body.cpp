#include "harness/vault/http/request_body.hpp"

#include "emulator/base/encoding.hpp"
#include "harness/vault/http/respond.hpp"

namespace squall::vault {

bool is_write(const http::Request& request) { return request.method == "PUT" || request.method == "POST"; }

Json decoded_body(const http::Request& request, const std::string& go_type) {
  const std::string problem = go_json_problem(request.body);
  if (problem == "EOF") throw LogicalError(400, "EOF");
  if (!problem.empty()) throw LogicalError(400, "failed to parse JSON input: " + problem);
  // Go's decoder takes the first value and leaves the rest.
  Json body = Json::parse(request.body, nullptr, false);
  if (body.is_discarded()) throw LogicalError(400, "failed to parse JSON input: unexpected EOF");
  if (!body.is_object())
    throw LogicalError(400, "failed to parse JSON input: json: cannot unmarshal " +
                                std::string(body.type_name()) + " into Go value of type http." + go_type);
  return body;
}

int number_member(const Json& body, const char* name, const std::string& go_type) {
  const auto it = body.find(name);
  if (it == body.end() || it->is_null()) return 0;
  if (!it->is_number_integer())
    throw LogicalError(400, "failed to parse JSON input: json: cannot unmarshal " +
                                std::string(it->type_name()) + " into Go struct field " + go_type + "." +
                                name + " of type int");
  return it->get<int>();
}

std::string text_member(const Json& body, const char* name) {
  const auto it = body.find(name);
  return it != body.end() && it->is_string() ? it->get<std::string>() : std::string();
}

std::vector<std::string> encoded_keys(const std::vector<std::string>& keys, bool hex) {
  std::vector<std::string> result;
  for (const std::string& key : keys)
    result.push_back(hex ? base::hex_encode(key) : base::base64_encode(key));
  return result;
}

}  // namespace squall::vault
