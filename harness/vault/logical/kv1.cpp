#include "harness/vault/logical/kv1.hpp"

#include "harness/vault/logical/fields.hpp"

namespace squall::vault {
namespace {

// A "ttl" or "lease" within the data tells how long readers may keep it.
std::int64_t lease_of(const Json& data, std::int64_t general_s) {
  for (const char* name : {"ttl", "lease"})
    if (const auto it = data.find(name); it != data.end() && it->is_string())
      if (const auto seconds = parse_seconds(it->get<std::string>())) return *seconds;
  return general_s;
}

}  // namespace

world::Task<std::optional<bool>> Kv1Backend::exists(Request request) {
  const std::optional<std::string> stored = co_await view_.get(request.relative());
  co_return stored.has_value();
}

world::Task<Answer> Kv1Backend::handle(Request request) {
  const std::string key = request.relative();
  Answer answer;
  if (request.operation == Operation::list) {
    const std::vector<std::string> names = co_await view_.list(key);
    if (names.empty()) throw LogicalError(404, "");
    answer.data = {{"keys", names}};
    co_return answer;
  }
  if (request.operation == Operation::read) {
    if (key.empty()) throw LogicalError(404, "");
    const std::optional<std::string> stored = co_await view_.get(key);
    if (!stored) throw LogicalError(404, "");
    answer.data = Json::parse(*stored);
    answer.lease_seconds = lease_of(answer.data, lease_s_);
    co_return answer;
  }
  if (request.operation == Operation::create || request.operation == Operation::update) {
    if (key.empty()) throw unsupported_operation();
    if (key.ends_with('/')) throw LogicalError(400, "cannot write to a path ending in '/'");
    if (request.data.empty()) throw LogicalError(400, "missing data fields");
    co_await view_.put(key, request.data.dump());
    co_return answer;
  }
  if (request.operation != Operation::remove) throw unsupported_operation();
  co_await view_.remove(key);
  co_return answer;
}

}  // namespace squall::vault
