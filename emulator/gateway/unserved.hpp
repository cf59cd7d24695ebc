// The answer to a request for a service that Squall does not have, in a form that the service's clients read.
#pragma once
#include <optional>
#include <span>

#include "emulator/gateway/router.hpp"
#include "emulator/http/message.hpp"
#include "emulator/wire/schema.hpp"

namespace squall::gateway {

// 501 NotImplemented with the service's name, where the request tells it; else 404 UnknownService. XML for
// forms and the REST services that speak it, JSON for everybody else.
http::Response unserved_service(const http::Request& request, const std::optional<CredentialScope>& scope,
                                std::span<const wire::Service* const> served);

}  // namespace squall::gateway
