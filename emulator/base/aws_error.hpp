// The one error that AWS operations throw; gateway/ renders it in the protocol's own shape.
#pragma once
#include <map>
#include <stdexcept>
#include <string>

namespace squall::base {

enum class Fault { sender, receiver };  // "Sender" is a client error (4xx), "Receiver" a service error (5xx)

struct AwsError : std::runtime_error {
  AwsError(std::string error_code, int http_status, const std::string& message)
      : std::runtime_error(message),
        code(std::move(error_code)),
        status(http_status),
        fault(http_status >= 500 ? Fault::receiver : Fault::sender) {}

  std::string code;  // as clients see it: "NotFoundException", "InvalidInstanceID.NotFound"
  int status;        // HTTP status
  Fault fault;
  std::map<std::string, std::string> extra;  // further members of the error shape

  static AwsError validation(const std::string& message) { return {"ValidationException", 400, message}; }
};

}  // namespace squall::base
