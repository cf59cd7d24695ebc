// A request's way (vault/request_handling.go): its mount, its token, the token's policies, the audit devices,
// the mount's answer, which may be wrapped, and the audit devices again.
#include "harness/vault/core/core.hpp"

namespace squall::vault {
namespace {

LogicalError denied() { return one_error(403, "permission denied"); }

LogicalError no_route(const std::string& path) {
  return {404, "no handler for route \"" + path + "\". route entry not found."};
}

}  // namespace

world::Task<Answer> Core::handle(Request request) {
  const Mutex::Guard guard = co_await state_lock_.lock();
  if (sealed_) throw LogicalError(503, "Vault is sealed");
  co_return co_await route_request(std::move(request));
}

world::Task<Answer> Core::route_request(Request request) {
  Admission admission;
  Answer answer;
  std::optional<LogicalError> failure;
  if (request.path.ends_with('/') && (request.writes() || request.operation == Operation::patch))
    throw LogicalError(400, "cannot write to a path ending in '/'");
  try {
    co_await admit(request, admission);
  } catch (const LogicalError& error) {
    failure = error;
  }
  // A request that is denied counts as a use too.
  if (failure && admission.token) co_await tokens_.use(*admission.token);
  if (failure && admission.token && admission.token->num_uses == 1)
    co_await tokens_.revoke(admission.token->id);
  if (audit_.any()) {
    AuditEvent event = audit_event(request, admission);
    if (failure) event.error = failure->what();
    audit_.log_request(event);
  }
  if (!failure) {
    try {
      answer = co_await serve(request, admission);
    } catch (const LogicalError& error) {
      failure = error;
    }
  }
  // A device that the request itself enabled has its first line here.
  if (audit_.any()) {
    AuditEvent event = audit_event(request, admission);
    if (failure) event.error = failure->what();
    if (!failure) event.answer = &answer;
    audit_.log_response(event);
  }
  if (failure) throw *failure;
  co_return answer;
}

// Finds the mount and the token; throws LogicalError unless the token may do that there.
world::Task<> Core::admit(Request& request, Admission& admission) {
  const Route found = route(request.path);
  request.mount = found.prefix;
  admission.backend = found.backend;
  co_await wrapping_.check_token(request);
  if (found.backend == nullptr || !found.backend->unauthenticated(request)) {
    admission.token = co_await tokens_.find(request.client_token);
    if (!admission.token) throw LogicalError(403, "permission denied");
    request.token = &*admission.token;
  }
  if (found.backend == nullptr && admission.token->root()) throw no_route(request.path);
  if (found.backend != nullptr && request.operation == Operation::update) {
    const bool exists = co_await look_first(*found.backend, request);
    if (!exists) request.operation = Operation::create;
  }
  if (!admission.token) co_return;
  const TokenEntry& token = *admission.token;
  const Acl acl = policies_.acl(token.policies);
  const Capabilities capabilities = acl.on(request.path, request.operation);
  if (!acl.permits(request)) throw denied();
  if (found.backend == nullptr) throw no_route(request.path);
  if (found.backend->needs_sudo(request) && !capabilities.has(Capabilities::sudo)) throw denied();
  admission.allowed = true;
}

// Whether a write changes what is there: for a path that looks first, with what such a look may complain of.
world::Task<bool> Core::look_first(Backend& backend, Request request) {
  const std::optional<Schema> schema = backend.schema(request);
  if (schema && schema->looks_first) check_fields(request.data, *schema, true);
  std::optional<bool> exists;
  bool failed = false;
  try {
    exists = co_await backend.exists(std::move(request));
  } catch (const StorageError&) {
    failed = true;
  }
  if (failed) throw one_error(500, "internal error");
  co_return exists.value_or(true);
}

// The backend's answer to a request whose members are of the types that its path knows.
world::Task<Answer> Core::checked_answer(Backend& backend, Request request) {
  const std::optional<Schema> schema = backend.schema(request);
  if (schema) check_fields(request.data, *schema, false);
  Json data = schema ? request.data : Json();
  Answer answer = co_await backend.handle(std::move(request));
  if (schema && !answer.empty() && answer.status == 200)
    if (const std::string warning = unknown_fields(data, *schema); !warning.empty())
      answer.warnings.insert(answer.warnings.begin(), warning);
  co_return answer;
}

world::Task<Answer> Core::serve(Request request, Admission& admission) {
  const bool last_use = admission.token && admission.token->num_uses == 1;
  if (admission.token) co_await tokens_.use(*admission.token);
  Answer answer;
  std::exception_ptr failure;
  try {
    answer = co_await checked_answer(*admission.backend, request);
    const bool tells = !answer.whole_text.empty() || (!answer.empty() && !answer.raw_empty);
    if (request.wrap_ttl_s != 0 && tells && !answer.wrap)
      answer = co_await wrapping_.wrap(request, std::move(answer));
  } catch (const LogicalError&) {
    failure = std::current_exception();
  }
  if (last_use) co_await tokens_.revoke(admission.token->id);
  if (failure) std::rethrow_exception(failure);
  co_return answer;
}

AuditEvent Core::audit_event(const Request& request, const Admission& admission) const {
  AuditEvent event{request};
  if (admission.token) event.token = &*admission.token;
  event.allowed = admission.allowed;
  for (const std::string& name : event.allowed ? event.token->policies : std::vector<std::string>()) {
    const std::vector<std::string> alone{name};
    if (policies_.acl(alone).permits(request)) event.granting_policies.push_back(name);
  }
  const bool auth = request.mount.starts_with("auth/");
  const MountEntry* mount = auth ? auth_mounts_.find(request.mount.substr(5)) : mounts_.find(request.mount);
  if (mount == nullptr) return event;
  event.mount_type = mount->type;
  event.mount_accessor = mount->accessor;
  event.mount_version = mount->running_version();
  event.mount_class = auth ? "auth" : "secret";
  event.clear_request = mount->lists.value("audit_non_hmac_request_keys", std::vector<std::string>());
  event.clear_response = mount->lists.value("audit_non_hmac_response_keys", std::vector<std::string>());
  return event;
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
