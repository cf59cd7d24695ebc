#include "emulator/gateway/router.hpp"

#include <vector>

#include "emulator/base/encoding.hpp"
#include "emulator/wire/form.hpp"

namespace squall::gateway {
namespace {

using wire::Protocol;
using wire::Service;

// The text up to the separator, which is taken off `rest` with it.
std::string_view cut(std::string_view& rest, char separator) {
  std::string_view part = rest.substr(0, rest.find(separator));
  rest.remove_prefix(std::min(rest.size(), part.size() + 1));
  return part;
}

struct Endpoint {
  std::string_view prefix, region;
};

// "kms.us-east-1.amazonaws.com:443" -> kms, us-east-1; "sts.amazonaws.com" -> sts, none.
std::optional<Endpoint> endpoint_of(std::string_view host) {
  std::string_view name = cut(host, ':');
  constexpr std::string_view domain = ".amazonaws.com";
  if (!name.ends_with(domain)) return std::nullopt;
  name.remove_suffix(domain.size());
  std::string_view prefix = cut(name, '.');
  return Endpoint{prefix, name};
}

template <class Condition>
const Service* first(std::span<const Service* const> services, Condition condition) {
  for (const Service* service : services)
    if (condition(*service)) return service;
  return nullptr;
}

// Without host, target or signature: the one service that has this Action in this Version.
const Service* by_action(std::span<const Service* const> services, const std::string& action,
                         const std::string& version) {
  return first(services, [&](const Service& service) {
    bool form = service.protocol == Protocol::query || service.protocol == Protocol::ec2;
    return form && service.api_version == version && service.find(action) != nullptr;
  });
}

}  // namespace

std::optional<CredentialScope> CredentialScope::of(const http::Request& request) {
  std::string decoded;
  std::string_view credential;
  std::string_view authorization = request.headers.get("Authorization");
  constexpr std::string_view marker = "Credential=";
  if (std::size_t at = authorization.find(marker); at != std::string_view::npos) {
    credential = authorization.substr(at + marker.size());
    credential = credential.substr(0, credential.find_first_of(", "));
  } else if (auto value = wire::form_value({.target = request.target}, "X-Amz-Credential")) {
    decoded = std::move(*value);
    credential = decoded;
  }
  if (credential.empty()) return std::nullopt;
  CredentialScope scope;
  scope.access_key_id = cut(credential, '/');
  scope.date = cut(credential, '/');
  scope.region = cut(credential, '/');
  scope.service = cut(credential, '/');
  return scope;
}

std::optional<Route> find_route(std::span<const Service* const> services, const http::Request& request,
                                const std::optional<CredentialScope>& scope) {
  Route route;
  if (auto endpoint = endpoint_of(request.headers.get("Host"))) {
    route.service = first(services, [&](const Service& s) { return s.endpoint_prefix == endpoint->prefix; });
    route.host_region = endpoint->region;
    if (!route.service) return std::nullopt;
  }
  std::string_view target = request.headers.get("X-Amz-Target");
  std::string_view operation = target;
  std::string_view prefix = operation.empty() ? operation : cut(operation, '.');
  if (!route.service && !target.empty())
    route.service = first(services, [&](const Service& s) { return s.target_prefix == prefix; });
  if (!route.service && scope)
    route.service = first(services, [&](const Service& s) { return s.signing_name == scope->service; });

  if (route.service && route.service->protocol == Protocol::json) {
    if (prefix == route.service->target_prefix) route.operation = operation;
    return route;
  }
  route.operation = wire::form_value(request, "Action").value_or("");
  route.version = wire::form_value(request, "Version").value_or("");
  if (!route.service && !scope) route.service = by_action(services, route.operation, route.version);
  if (!route.service) return std::nullopt;
  return route;
}

}  // namespace squall::gateway
