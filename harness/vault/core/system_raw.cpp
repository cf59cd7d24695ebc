// sys/raw: the barrier's entries themselves, where raw_storage_endpoint is on (vault/logical_raw.go).
#include "emulator/base/encoding.hpp"
#include "harness/vault/core/core.hpp"
#include "harness/vault/core/system_backend.hpp"
#include "harness/vault/go/base64_problem.hpp"
#include "harness/vault/logical/fields.hpp"

namespace squall::vault {
namespace {

LogicalError refused(const std::string& why) { return {400, why}; }

void protect(const std::string& path, const std::string& action) {
  for (const char* prefix : {"core/keyring", "core/cluster/local/info"})
    if (path.starts_with(prefix)) throw refused("cannot " + action + " \"" + path + "\"");
}

// Whether values come and go in base64.
bool in_base64(const Json& data) {
  const std::string encoding = text_field(data, "encoding").value_or("");
  if (encoding.empty() || encoding == "base64") return encoding == "base64";
  throw refused("invalid encoding \"" + encoding + "\"");
}

// Nothing that the stand-in stores is compressed.
void check_compression(const Json& data) {
  const std::string type = text_field(data, "compression_type").value_or("");
  if (type.empty()) return;
  if (type == "lz4" || type == "lzw" || type == "gzip" || type == "snappy")
    throw refused("the Squall stand-in does not serve the compression_type \"" + type + "\"");
  throw refused("invalid compression type \"" + type + "\"");
}

}  // namespace

std::optional<std::string> SystemBackend::raw_path(const Request& request) const {
  const std::string path = request.relative();
  if (!core_.config().raw_endpoint) return std::nullopt;
  if (path == "raw") return "";
  if (!path.starts_with("raw/")) return std::nullopt;
  return path.substr(4);
}

world::Task<std::optional<bool>> SystemBackend::exists(Request request) {
  const std::optional<std::string> path = raw_path(request);
  if (!path) co_return std::nullopt;
  bool exists = false;
  try {
    const std::optional<std::string> value = co_await core_.barrier().get(*path);
    exists = value.has_value();
  } catch (const BarrierError& error) {
    core_.world().log.named("core").error("failed to run existence check", {{"error", error.what(), {}}});
    throw one_error(500, "internal error");
  }
  co_return exists;
}

world::Task<std::optional<std::string>> SystemBackend::raw_value(std::string path) {
  std::optional<std::string> value;
  try {
    value = co_await core_.barrier().get(path);
  } catch (const BarrierError& error) {
    throw one_error(500, error.what());
  }
  co_return value;
}

world::Task<Answer> SystemBackend::handle_raw(Request request, std::string path) {
  Answer answer;
  Barrier& barrier = core_.barrier();
  if (request.operation == Operation::list) {
    if (!path.empty() && !path.ends_with('/')) path += '/';
    protect(path, "list");
    const std::vector<std::string> keys = co_await barrier.list(path);
    if (keys.empty()) throw LogicalError(404, "");
    answer.data = {{"keys", keys}};
    co_return answer;
  }
  if (request.operation == Operation::remove) {
    protect(path, "delete");
    co_await barrier.remove(path);
    co_return answer;
  }
  const bool encoded = in_base64(request.data);
  if (request.operation == Operation::read) {
    protect(path, "read");
    const std::optional<std::string> value = co_await raw_value(path);
    if (!value) throw LogicalError(404, "");
    answer.data = {{"value", encoded ? base::base64_encode(*value) : *value}};
    co_return answer;
  }
  if (!request.writes()) throw unsupported_operation();
  protect(path, "write");
  check_compression(request.data);
  std::string value = text_field(request.data, "value").value_or("");
  if (encoded) {
    const std::optional<std::string> bytes = base::base64_decode(value);
    if (!bytes) throw refused(go_base64_problem(value));
    value = *bytes;
  }
  co_await barrier.put(path, value);
  co_return answer;
}

}  // namespace squall::vault
