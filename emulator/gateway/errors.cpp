#include "emulator/gateway/errors.hpp"

#include <algorithm>

namespace squall::gateway {

using wire::Protocol;

base::AwsError access_denied(Protocol protocol, const std::string& denial) {
  switch (protocol) {
    case Protocol::ec2:
      return {"UnauthorizedOperation", 403, "You are not authorized to perform this operation. " + denial};
    case Protocol::query:
    case Protocol::rest_xml:
      return {"AccessDenied", 403, denial};
    case Protocol::json:
      return {"AccessDeniedException", 400, denial};
    case Protocol::rest_json:
      break;
  }
  return {"AccessDeniedException", 403, denial};
}

base::AwsError unknown_operation(const wire::Service& service, std::string_view operation,
                                 std::string_view version) {
  std::string name(operation);
  if (std::binary_search(service.unserved.begin(), service.unserved.end(), operation))
    return {"NotImplemented", 501, "Squall does not serve " + std::string(service.name) + ":" + name + "."};
  if (service.protocol == Protocol::json) return {"UnknownOperationException", 400, ""};
  if (service.protocol == Protocol::ec2) {
    // EC2 checks the version first.
    if (version != service.api_version)
      return {"NoSuchVersion", 400,
              "The requested version (" + std::string(version) + ") of service AmazonEC2 does not exist"};
    return {"InvalidAction", 400, "The action " + name + " is not valid for this web service."};
  }
  return {"InvalidAction", 400,
          "Could not find operation " + name + " for version " +
              (version.empty() ? "NO_VERSION_SPECIFIED" : std::string(version))};
}

base::AwsError wrong_method() { return {"UnknownOperationException", 404, ""}; }

base::AwsError missing_action(Protocol protocol) {
  if (protocol == Protocol::ec2)
    return {"MissingParameter", 400, "The request must contain the parameter Action"};
  return {"MissingAction", 400, "The request is missing an action or a required parameter."};
}

base::AwsError refused_member(const wire::Service& service, std::string_view operation,
                              std::string_view member) {
  return {"NotImplemented", 501,
          "Squall does not implement the parameter " + std::string(member) + " of " +
              std::string(service.name) + ":" + std::string(operation) + "."};
}

base::AwsError internal_failure() {
  return {"InternalFailure", 500,
          "The request processing has failed because of an unknown error, exception or failure."};
}

}  // namespace squall::gateway
