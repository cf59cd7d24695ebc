// sys/audit and sys/audit-hash (vault/logical_system.go, handleAuditTable and its kin).
#include "harness/vault/core/core.hpp"
#include "harness/vault/core/system_backend.hpp"
#include "harness/vault/logical/fields.hpp"

namespace squall::vault {
world::Task<Answer> SystemBackend::handle_audit(Request request, std::string path) {
  Answer answer;
  if (path.empty()) {
    if (request.operation != Operation::read) throw unsupported_operation();
    answer.data = core_.audit().list_json();
    co_return answer;
  }
  if (request.operation == Operation::remove) {
    std::string device = with_slash(path);
    co_await core_.audit().disable(std::move(device));
    co_return answer;
  }
  if (!request.writes()) throw unsupported_operation();
  AuditDevice device;
  device.path = with_slash(path);
  device.type = text_field(request.data, "type").value_or("");
  device.description = text_field(request.data, "description").value_or("");
  device.local = boolean_field(request.data, "local").value_or(false);
  const Json options = pairs_field(request.data, "options").value_or(Json::object());
  for (const auto& [name, value] : options.items()) device.options[name] = value.get<std::string>();
  co_await core_.audit().enable(std::move(device));
  co_return answer;
}

Answer SystemBackend::audit_hash(const Request& request, const std::string& path) const {
  if (!request.writes()) throw unsupported_operation();
  const std::string input = text_field(request.data, "input").value_or("");
  if (input.empty()) throw LogicalError(400, "the \"input\" parameter is empty");
  const std::optional<std::string> hash = core_.audit().hash(with_slash(path), input);
  if (!hash) throw LogicalError(400, "unknown audit backend \"" + with_slash(path) + "\"");
  Answer answer;
  answer.data = {{"hash", *hash}};
  return answer;
}

}  // namespace squall::vault
