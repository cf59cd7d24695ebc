#include "harness/vault/core/wrapping.hpp"

#include "harness/vault/core/core.hpp"
#include "harness/vault/logical/envelope.hpp"
#include "harness/vault/logical/fields.hpp"

namespace squall::vault {
namespace {

constexpr std::string_view kept_at = "/response";  // below the token's cubbyhole

bool takes_wrapping_token(const std::string& path) {
  return path == "sys/wrapping/unwrap" || path == "sys/wrapping/lookup" || path == "sys/wrapping/rewrap";
}

// The one in the body, else the request's own.
std::string named_token(const Request& request) {
  const std::string named = text_field(request.data, "token").value_or("");
  return named.empty() ? request.client_token : named;
}

}  // namespace

world::Task<> Wrapping::check_token(const Request& request) {
  if (!takes_wrapping_token(request.path)) co_return;
  const std::string id = named_token(request);
  const std::optional<TokenEntry> token = co_await core_.tokens().find(id);
  const std::vector<std::string> wanted{std::string(wrapping_policy_name)};
  if (!token || token->policies != wanted)
    throw LogicalError(400, "wrapping token is not valid or does not exist");
}

world::Task<Answer> Wrapping::wrap(Request request, Answer answer) {
  Kept kept;
  kept.answer = answer.whole_text.empty() ? answer_json(answer, request.id, false) + "\n" : answer.whole_text;
  kept.creation_path = request.path;
  kept.ttl_s = request.wrap_ttl_s;
  Answer wrapped = co_await keep(std::move(kept));
  if (answer.auth) wrapped.wrap->wrapped_accessor = answer.auth->accessor;
  co_return wrapped;
}

world::Task<Answer> Wrapping::keep(Kept kept) {
  TokenEntry entry;
  entry.path = kept.creation_path;
  entry.policies = {std::string(wrapping_policy_name)};
  entry.num_uses = 1;
  entry.ttl_s = entry.creation_ttl_s = entry.explicit_max_ttl_s = kept.ttl_s;
  const TokenEntry token = co_await core_.tokens().create(entry);
  const Json stored = {{"response", kept.answer},
                       {"creation_path", kept.creation_path},
                       {"creation_ttl", kept.ttl_s},
                       {"created", token.created.time_since_epoch().count()}};
  const std::string key = core_.tokens().storage_name(token.id) + std::string(kept_at);
  co_await core_.cubbyhole().put(key, stored.dump());
  Answer answer;
  answer.wrap = WrapInfo{token.id, token.accessor, kept.creation_path, {}, token.created, kept.ttl_s};
  co_return answer;
}

world::Task<Wrapping::Kept> Wrapping::kept(std::string token) {
  const std::string key = core_.tokens().storage_name(token) + std::string(kept_at);
  const std::optional<std::string> stored = co_await core_.cubbyhole().get(key);
  if (!stored)
    throw LogicalError(400, "no information found; wrapping token may be from a previous Vault version");
  const Json json = Json::parse(*stored);
  co_return Kept{json.at("response"), json.at("creation_path"), json.at("creation_ttl"),
                 Time{Duration{json.at("created").get<std::int64_t>()}}};
}

world::Task<Answer> Wrapping::handle(Request request, std::string operation) {
  if (!request.writes() && !(operation == "lookup" && request.operation == Operation::read))
    throw unsupported_operation();
  Answer answer;
  if (operation == "wrap") {
    if (request.wrap_ttl_s == 0) throw LogicalError(400, "endpoint requires response wrapping to be used");
    answer.data = request.data;
    co_return answer;
  }
  const std::string token = named_token(request);
  Kept found = co_await kept(token);
  if (operation == "lookup") {
    answer.data = {{"creation_path", found.creation_path},
                   {"creation_time", base::rfc3339_nano(found.created)},
                   {"creation_ttl", found.ttl_s}};
    co_return answer;
  }
  // A token of its own is used up by the request; another's must be ended here.
  if (token != request.client_token) co_await core_.tokens().revoke(token);
  if (operation == "rewrap") co_return co_await keep(std::move(found));
  answer.whole_text = found.answer;
  co_return answer;
}

}  // namespace squall::vault
