#include "harness/vault/logical/kv1.hpp"

#include "harness/vault/logical/fields.hpp"

namespace squall::vault {
namespace {

// A "ttl" or "lease" within the data tells how long readers may keep it.
std::int64_t lease_of(const Json& data, std::int64_t general_s) {
  const auto ttl = data.find("ttl"), lease = data.find("lease");
  const auto given = ttl != data.end() ? ttl : lease;
  if (given == data.end() || !field_problem(*given, FieldType::signed_seconds).empty()) return general_s;
  return seconds_field({{"ttl", *given}}, "ttl").value_or(general_s);
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
    if (key.empty()) throw LogicalError(400, "missing path");
    if (request.data.empty()) throw LogicalError(400, "missing data fields");
    co_await view_.put(key, request.data.dump());
    co_return answer;
  }
  if (request.operation != Operation::remove) throw unsupported_operation();
  co_await view_.remove(key);
  co_return answer;
}

}  // namespace squall::vault
