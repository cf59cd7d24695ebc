// Bodies of the requests that are no mount's (vault/http/handler.go parseJSONRequest), with the errors of
// Go's decoder.
#pragma once
#include "emulator/http/message.hpp"
#include "harness/vault/logical/request.hpp"

namespace squall::vault {

bool is_write(const http::Request& request);  // PUT or POST
// X-Vault-Token, or what "Authorization: Bearer" carries.
std::string client_token(const http::Request& request);

// A body that Go decodes into a struct: members are found whatever their case, and each has one type. Every
// function throws LogicalError 400.
class StructBody {
 public:
  // `go_type` names the Go struct for messages.
  StructBody(const http::Request& request, std::string go_type);
  explicit StructBody(std::string go_type) : go_type_(std::move(go_type)) {}  // of no body
  int number(const std::string& name) const;                                  // 0 when absent
  bool boolean(const std::string& name) const;                                // false when absent
  std::string text(const std::string& name) const;                            // empty when absent
  const Json* member(const std::string& name) const;                          // null when absent

 private:
  [[noreturn]] void mismatch(const std::string& name, const Json& value, const std::string& type) const;

  Json body_ = Json::object();
  std::string go_type_;
};

// Key shares as an answer holds them.
std::vector<std::string> encoded_keys(const std::vector<std::string>& keys, bool hex);

}  // namespace squall::vault
