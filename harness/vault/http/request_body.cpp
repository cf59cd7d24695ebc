#include "harness/vault/http/request_body.hpp"

#include "emulator/base/encoding.hpp"
#include "harness/vault/go/json_decode.hpp"

namespace squall::vault {

bool is_write(const http::Request& request) { return request.method == "PUT" || request.method == "POST"; }

std::string client_token(const http::Request& request) {
  std::string token(request.headers.get("X-Vault-Token"));
  const std::string_view bearer = request.headers.get("Authorization");
  if (token.empty() && bearer.starts_with("Bearer ")) token = bearer.substr(7);
  return token;
}

StructBody::StructBody(const http::Request& request, std::string go_type) : go_type_(std::move(go_type)) {
  const std::string problem = go_json_problem(request.body);
  if (problem == "EOF") throw LogicalError(400, "EOF");
  if (!problem.empty()) throw LogicalError(400, "failed to parse JSON input: " + problem);
  body_ = go_json_value(request.body);
  if (body_.is_null()) body_ = Json::object();
  if (!body_.is_object())
    throw LogicalError(400, "failed to parse JSON input: json: cannot unmarshal " + go_json_kind(body_) +
                                " into Go value of type http." + go_type_);
}

const Json* StructBody::member(const std::string& name) const {
  const Json* found = nullptr;
  for (const auto& [key, value] : body_.items()) {
    if (key == name) return value.is_null() ? nullptr : &value;
    if (found == nullptr && !value.is_null() && http::equal_ignoring_case(key, name)) found = &value;
  }
  return found;
}

void StructBody::mismatch(const std::string& name, const Json& value, const std::string& type) const {
  const bool fraction = value.is_number() && type == "int";
  throw LogicalError(400, "failed to parse JSON input: json: cannot unmarshal " + go_json_kind(value) +
                              (fraction ? " " + value.dump() : "") + " into Go struct field " + go_type_ +
                              "." + name + " of type " + type);
}

int StructBody::number(const std::string& name) const {
  const Json* value = member(name);
  if (value == nullptr) return 0;
  if (!value->is_number_integer()) mismatch(name, *value, "int");
  return value->get<int>();
}

bool StructBody::boolean(const std::string& name) const {
  const Json* value = member(name);
  if (value == nullptr) return false;
  if (!value->is_boolean()) mismatch(name, *value, "bool");
  return value->get<bool>();
}

std::string StructBody::text(const std::string& name) const {
  const Json* value = member(name);
  if (value == nullptr) return {};
  if (!value->is_string()) mismatch(name, *value, "string");
  return value->get<std::string>();
}

std::vector<std::string> encoded_keys(const std::vector<std::string>& keys, bool hex) {
  std::vector<std::string> result;
  for (const std::string& key : keys)
    result.push_back(hex ? base::hex_encode(key) : base::base64_encode(key));
  return result;
}

}  // namespace squall::vault
