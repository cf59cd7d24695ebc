// Finds the service and the operation of a request, from what clients put there: the host name, X-Amz-Target,
// the signature's credential scope, Action and Version of a form body.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "emulator/http/message.hpp"
#include "emulator/wire/schema.hpp"

namespace squall::gateway {

// The scope of a signature: AKID/20240131/us-east-1/kms/aws4_request, from the Authorization header or, in a
// signed URL, X-Amz-Credential.
struct CredentialScope {
  std::string access_key_id, date, region, service;
  static std::optional<CredentialScope> of(const http::Request& request);
};

struct Route {
  const wire::Service* service = nullptr;
  std::string operation;    // its name, known or not; empty if the request names none
  std::string version;      // of a query request
  std::string host_region;  // "us-east-1" of "kms.us-east-1.amazonaws.com"; empty if the host names none
};

// Nothing if the request does not tell, or names a service that is not among `services`. `scope` is the
// request's.
std::optional<Route> find_route(std::span<const wire::Service* const> services, const http::Request& request,
                                const std::optional<CredentialScope>& scope);

}  // namespace squall::gateway
