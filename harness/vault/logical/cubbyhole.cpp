#include "harness/vault/logical/cubbyhole.hpp"

namespace squall::vault {

world::Task<std::optional<bool>> CubbyholeBackend::exists(Request request) {
  if (request.client_token.empty()) co_return std::nullopt;
  const std::string key = tokens_.storage_name(request.client_token) + "/" + request.relative();
  const std::optional<std::string> stored = co_await view_.get(key);
  co_return stored.has_value();
}

world::Task<Answer> CubbyholeBackend::handle(Request request) {
  if (request.token == nullptr || request.token->batch)
    throw LogicalError(400, "cubbyhole operations are only supported by \"service\" type tokens");
  const std::string path = request.relative();
  const std::string key = tokens_.storage_name(request.client_token) + "/" + path;
  Answer answer;
  switch (request.operation) {
    case Operation::list: {
      const std::vector<std::string> names = co_await view_.list(key);
      if (names.empty()) throw LogicalError(404, "");
      answer.data = {{"keys", names}};
      co_return answer;
    }
    case Operation::read: {
      if (path.empty()) throw one_error(500, "missing path");
      const std::optional<std::string> stored = co_await view_.get(key);
      if (!stored) throw LogicalError(404, "");
      answer.data = Json::parse(*stored);
      co_return answer;
    }
    case Operation::create:
    case Operation::update:
      if (path.empty()) throw one_error(500, "missing path");
      if (request.data.empty()) throw one_error(500, "missing data fields");
      co_await view_.put(key, request.data.dump());
      co_return answer;
    case Operation::remove:
      co_await view_.remove(key);
      co_return answer;
    default:
      throw unsupported_operation();
  }
}

}  // namespace squall::vault
