// A request's way (vault/request_handling.go): its mount, its token, the token's policies, the mount's
// answer.
#include "harness/vault/core/core.hpp"

namespace squall::vault {
namespace {

LogicalError denied() { return one_error(403, "permission denied"); }

}  // namespace

world::Task<Answer> Core::handle(Request request) {
  const Mutex::Guard guard = co_await state_lock_.lock();
  if (sealed_) throw LogicalError(503, "Vault is sealed");
  co_return co_await route_request(std::move(request));
}

world::Task<Answer> Core::route_request(Request request) {
  const Route found = route(request.path);
  request.mount = found.prefix;
  std::optional<TokenEntry> token;
  if (found.backend == nullptr || !found.backend->unauthenticated(request)) {
    token = co_await tokens_.find(request.client_token);
    if (!token) throw LogicalError(403, "permission denied");
    request.token = &*token;
  }
  if (found.backend == nullptr && token->root())
    throw LogicalError(404, "no handler for route \"" + request.path + "\". route entry not found.");
  if (found.backend != nullptr && request.operation == Operation::update) {
    const std::optional<bool> exists = co_await found.backend->exists(request);
    if (exists && !*exists) request.operation = Operation::create;
  }
  if (token) {
    const Acl acl = policies_.acl(token->policies);
    const Capabilities capabilities = acl.on(request.path, request.operation);
    if (!capabilities.allows(request.operation)) throw denied();
    if (found.backend == nullptr)
      throw LogicalError(404, "no handler for route \"" + request.path + "\". route entry not found.");
    if (found.backend->needs_sudo(request) && !capabilities.has(Capabilities::sudo)) throw denied();
    if (token->num_uses != 0) co_await tokens_.use(*token);
  }
  co_return co_await found.backend->handle(std::move(request));
}

world::Task<> Core::authorize(std::string token_id, std::string path, Operation operation, bool sudo) {
  const Mutex::Guard guard = co_await state_lock_.lock();
  if (sealed_) throw LogicalError(503, "Vault is sealed");
  const std::optional<TokenEntry> token = co_await tokens_.find(token_id);
  if (!token) throw LogicalError(403, "permission denied");
  const Acl acl = policies_.acl(token->policies);
  const Capabilities capabilities = acl.on(path, operation);
  if (!capabilities.allows(operation) || (sudo && !capabilities.has(Capabilities::sudo))) throw denied();
}

}  // namespace squall::vault
